"""Transfers that programs begin: a study to a node, or an earlier one from another archive."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from common.refusals import Refused
from equipment.models import Node
from gateway.calling import NoAnswer
from gateway.elsewhere import Found, ask_archive, chosen
from patients.models import Patient
from staff.access import StaffApiRequest
from studies import services
from studies.api_transfers import TransferSerializer, TransferViewSet
from studies.models import Series, Study
from worklist.api.listening import told
from worklist.api.shapes import KeyField, VisibleKeyField

SEND, FETCH = "studies.send_study", "studies.fetch_study"


class SendingSerializer(serializers.Serializer[None]):
    """A study, or one series of it, and the machine that it is sent to."""

    study = VisibleKeyField(queryset=Study.objects.all())
    series = serializers.CharField(
        required=False, max_length=64, help_text="Series Instance UID; the whole study without it."
    )
    node = KeyField(queryset=Node.objects.destinations())

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        uid = given.get("series")
        if uid is not None:
            series = given["study"].series.clinical().filter(series_instance_uid=uid).first()
            if series is None:
                raise serializers.ValidationError({"series": "This study has no such series."})
            given["series"] = series
        return given


class AskingSerializer(serializers.Serializer[None]):
    """A patient, and the archive that is asked."""

    patient = VisibleKeyField(queryset=Patient.objects.all())
    node = KeyField(queryset=Node.objects.archives())


class FetchingSerializer(AskingSerializer):
    """One of the studies that the archive told of."""

    ticket = serializers.CharField(max_length=1000, help_text="As `ask` has given it.")


class FoundThereSerializer(serializers.Serializer[Found]):
    """A study there, with who it says was examined: compare before you fetch."""

    ticket = serializers.CharField()
    is_here = serializers.BooleanField()
    study_uid = serializers.CharField(source="there.study_uid")
    patient_id = serializers.CharField(source="there.patient_id")
    issuer = serializers.CharField(source="there.issuer")
    name = serializers.CharField(source="there.name")
    birth_date = serializers.DateField(source="there.born", allow_null=True)
    sex = serializers.CharField(source="there.sex")
    study_date = serializers.DateField(source="there.day", allow_null=True)
    description = serializers.CharField(source="there.description")
    modalities = serializers.CharField(source="there.modalities")
    accession_number = serializers.CharField(source="there.accession_number")
    objects = serializers.IntegerField(source="there.objects", allow_null=True)


class CarriedTransferViewSet(TransferViewSet):
    """What travels to other machines and from them, the newest first."""

    action_permissions = {
        **TransferViewSet.action_permissions,
        "send": SEND,
        "ask": FETCH,
        "fetch": FETCH,
    }

    @extend_schema(request=SendingSerializer, responses={201: TransferSerializer})
    @action(detail=False, methods=["post"], filterset_fields=None, pagination_class=None)
    def send(self, request: StaffApiRequest) -> Response:
        """Have a study, or one series of it, sent to a node."""
        given = told(SendingSerializer, request)
        series: Series | None = given.get("series")
        begun = services.send_study(given["study"], given["node"], by=request.user, series=series)
        return Response(self.get_serializer(begun).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=AskingSerializer, responses=FoundThereSerializer(many=True))
    @action(detail=False, methods=["post"], filterset_fields=None, pagination_class=None)
    def ask(self, request: StaffApiRequest) -> Response:
        """What another archive has under the patient's record number."""
        given = told(AskingSerializer, request)
        try:
            found = ask_archive(given["patient"], given["node"], by=request.user)
        except NoAnswer as why:
            raise Refused(why.sentence) from why
        return Response(FoundThereSerializer(found, many=True).data)  # type: ignore[arg-type]

    @extend_schema(request=FetchingSerializer, responses={201: TransferSerializer})
    @action(detail=False, methods=["post"], filterset_fields=None, pagination_class=None)
    def fetch(self, request: StaffApiRequest) -> Response:
        """Have one of these studies sent to us."""
        given = told(FetchingSerializer, request)
        found = chosen(given["ticket"], given["node"], given["patient"])
        begun = services.fetch_study(given["patient"], given["node"], found, by=request.user)
        return Response(self.get_serializer(begun).data, status=status.HTTP_201_CREATED)
