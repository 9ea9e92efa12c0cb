"""What devices ask the worklist for, for programs; and why a procedure is not in the answer."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from equipment.models import Device
from staff.access import StaffApiRequest
from worklist import services
from worklist.api.listening import told
from worklist.api.shapes import KeyField
from worklist.forms_asked import SAYABLE
from worklist.models import ScheduledProcedure, WorklistQuery
from worklist.why_not import Verdict, verdict_now

SEE = "worklist.view_worklistquery"
MOST_KEYS, LONGEST_VALUE = 120, 200


class WorklistQuerySerializer(serializers.ModelSerializer[WorklistQuery]):
    """One question of one device, and what it was answered."""

    device = serializers.CharField(source="device.ae_title", read_only=True)
    keys = serializers.DictField(child=serializers.CharField(allow_blank=True), read_only=True)
    ignored = serializers.ListField(child=serializers.CharField(), read_only=True)
    status = serializers.CharField(source="status_code", read_only=True)

    class Meta:
        model = WorklistQuery
        fields = (
            *("id", "device", "first_at", "last_at", "times", "keys", "ignored", "status"),
            *("error", "steps", "was_cut", "milliseconds"),
        )


class TrialSerializer(serializers.Serializer[None]):
    """A query as a device would ask it: keywords (those in a sequence with dots) and values."""

    device = serializers.SlugRelatedField(slug_field="ae_title", queryset=Device.objects.none())
    keys = serializers.DictField(
        child=serializers.CharField(
            allow_blank=True, max_length=LONGEST_VALUE, validators=[SAYABLE]
        ),
        help_text="For example PatientID, or ScheduledProcedureStepSequence.Modality.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None:
            self.fields["device"].queryset = Device.objects.visible_to(request.user)  # type: ignore[attr-defined]

    def validate_keys(self, keys: dict[str, str]) -> dict[str, str]:
        if len(keys) > MOST_KEYS or any(len(key) > LONGEST_VALUE for key in keys):
            raise serializers.ValidationError(f"At most {MOST_KEYS} keys.")
        return keys


class WhyNotListedSerializer(TrialSerializer):
    """Such a query, and the procedure that one misses in its answer."""

    procedure = KeyField(queryset=ScheduledProcedure.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None:
            visible = ScheduledProcedure.objects.visible_to(request.user)
            self.fields["procedure"].queryset = visible.with_worklist_details()  # type: ignore[attr-defined]


class WouldAnswerSerializer(serializers.Serializer[dict[str, object]]):
    """What the device would be answered: procedures by key, and the answers in DICOM JSON."""

    procedures = serializers.ListField(child=serializers.IntegerField())
    answers = serializers.ListField(child=serializers.DictField())
    ignored = serializers.ListField(child=serializers.CharField())
    was_cut = serializers.BooleanField()


class VerdictSerializer(serializers.Serializer[Verdict]):
    """Whether the procedure is in the answer, and in sentences what keeps it out."""

    is_listed = serializers.BooleanField()
    sentences = serializers.ListField(child=serializers.CharField())


class WorklistQueryFilter(filters.FilterSet):  # type: ignore[misc]
    """By the AE title of the device."""

    device = filters.CharFilter(field_name="device__ae_title")

    class Meta:
        model = WorklistQuery
        fields = ()


class WorklistQueryViewSet(viewsets.ReadOnlyModelViewSet[WorklistQuery]):
    """The last queries of each device; a trial as that device; why a procedure is missing."""

    request: StaffApiRequest
    queryset = WorklistQuery.objects.none()
    serializer_class = WorklistQuerySerializer
    filterset_class = WorklistQueryFilter
    action_permissions = {"list": SEE, "retrieve": SEE, "ask": SEE, "why": SEE}

    def get_queryset(self) -> QuerySet[WorklistQuery]:
        visible = WorklistQuery.objects.visible_to(self.request.user)
        return visible.select_related("device").latest_first()

    @extend_schema(request=TrialSerializer, responses=WouldAnswerSerializer)
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def ask(self, request: StaffApiRequest) -> Response:
        """What a device would be answered if it asked this now."""
        given = told(TrialSerializer, request)
        found = services.try_query(given["device"], given["keys"], by=request.user)
        said = {
            "procedures": [one.pk for one in found.procedures],
            "answers": [answer.to_json_dict() for _, answer in found],
            "ignored": found.understood.ignored_keys,
            "was_cut": found.was_cut,
        }
        return Response(WouldAnswerSerializer(said).data)

    @extend_schema(request=WhyNotListedSerializer, responses=VerdictSerializer)
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def why(self, request: StaffApiRequest) -> Response:
        """Whether a procedure is in such an answer, and if not, what keeps it out."""
        given = told(WhyNotListedSerializer, request)
        verdict = verdict_now(given["procedure"], given["device"], given["keys"])
        return Response(VerdictSerializer(verdict).data)
