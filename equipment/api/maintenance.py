"""The maintenance log, and the verbs of each piece of work."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.reverse import reverse

from equipment import services
from equipment.api.answers import KEY, REFUSED, read
from equipment.models import (
    Attachment,
    Device,
    MaintenanceEntry,
    MaintenanceEntryQuerySet,
    MaintenanceKind,
    Part,
    WorkNote,
)
from equipment.services import Opening, UsedPart, Work
from staff.access import StaffApiRequest


class PartSerializer(serializers.ModelSerializer[Part]):
    """A part that was changed or used."""

    quantity = serializers.IntegerField(min_value=1, max_value=9999, default=1)

    class Meta:
        model = Part
        fields = ("name", "number", "quantity", "cost")


class WorkNoteSerializer(serializers.ModelSerializer[WorkNote]):
    """A line of the log."""

    by = serializers.StringRelatedField[Any]()

    class Meta:
        model = WorkNote
        fields = ("at", "by", "text")


class AttachmentSerializer(serializers.ModelSerializer[Attachment]):
    """A photo or a document; what is behind `url` is drawn anew when it is a photo."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = Attachment
        fields = ("id", "name", "content_type", "size", "sha256", "at", "url")

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, attachment: Attachment) -> str:
        return reverse(
            "equipment:attachment", args=[attachment.pk], request=self.context.get("request")
        )


class MaintenanceEntrySerializer(serializers.ModelSerializer[MaintenanceEntry]):
    """One piece of care: what is wrong or due, who does it, what was done, what it took."""

    device_name = serializers.CharField(source="device.name", read_only=True)
    opened_by = serializers.StringRelatedField[Any]()
    assigned_to = serializers.StringRelatedField[Any]()
    finished_by = serializers.StringRelatedField[Any]()
    is_overdue = serializers.BooleanField(read_only=True)
    parts = PartSerializer(many=True, read_only=True)
    notes = WorkNoteSerializer(many=True, read_only=True)
    attachments = AttachmentSerializer(many=True, read_only=True)

    class Meta:
        model = MaintenanceEntry
        fields = (
            *("id", "device", "device_name", "kind", "symptom", "effect", "title", "description"),
            *("status", "plan", "due_on", "is_overdue", "opened_at", "opened_by", "assigned_to"),
            *("company", "started_at", "finished_at", "finished_by", "work_done", "hours"),
            *("cost", "parts", "notes", "attachments"),
        )
        read_only_fields = fields


class OpeningSerializer(serializers.Serializer[None]):
    """Work that somebody has to do."""

    device = serializers.PrimaryKeyRelatedField(queryset=Device.objects.not_retired())
    kind = serializers.ChoiceField(choices=MaintenanceKind.choices)
    title = serializers.CharField(max_length=120)
    description = serializers.CharField(required=False, allow_blank=True, max_length=8000)
    due_on = serializers.DateField(required=False, allow_null=True)


class WorkNoteTextSerializer(serializers.Serializer[None]):
    """A line for the log."""

    text = serializers.CharField(max_length=4000)


class WorkSerializer(serializers.Serializer[None]):
    """What was done, what it took, and how the device stands afterwards."""

    work_done = serializers.CharField(max_length=8000)
    hours = serializers.DecimalField(
        required=False, allow_null=True, min_value=0, max_digits=6, decimal_places=2
    )
    cost = serializers.DecimalField(
        required=False, allow_null=True, min_value=0, max_digits=10, decimal_places=2
    )
    company = serializers.CharField(required=False, allow_blank=True, max_length=80)
    parts = PartSerializer(many=True, required=False)
    next_status = serializers.ChoiceField(
        choices=Device.Status.choices, required=False, allow_blank=True
    )

    def validate_parts(self, rows: list[dict[str, Any]]) -> list[UsedPart]:
        return [UsedPart(**row) for row in rows]


class MaintenanceFilesSerializer(serializers.Serializer[None]):
    """Photos and documents."""

    files = serializers.ListField(child=serializers.FileField(), max_length=8)


class MaintenanceEntryFilter(filters.FilterSet):  # type: ignore[misc]
    status = filters.MultipleChoiceFilter(choices=MaintenanceEntry.Status.choices)
    due_by = filters.DateFilter(field_name="due_on", lookup_expr="lte")

    class Meta:
        model = MaintenanceEntry
        fields = ("device", "kind", "effect", "plan")


def entry_said(request: StaffApiRequest, pk: int) -> dict[str, object]:
    """One entry as it is now."""
    shown = MaintenanceEntry.objects.visible_to(request.user).with_whole_log().get(pk=pk)
    return dict(MaintenanceEntrySerializer(shown, context={"request": request}).data)


class MaintenanceEntryViewSet(viewsets.ReadOnlyModelViewSet[MaintenanceEntry]):
    """Faults and maintenance, and the verbs that move them."""

    request: StaffApiRequest
    queryset = MaintenanceEntry.objects.none()
    serializer_class = MaintenanceEntrySerializer
    filterset_class = MaintenanceEntryFilter
    lookup_value_regex = KEY
    action_permissions = {
        "list": "equipment.view_device",
        "retrieve": "equipment.view_device",
    } | dict.fromkeys(
        ("create", "begin", "hand_back", "note", "attach", "finish"), "equipment.log_maintenance"
    )

    def get_queryset(self) -> MaintenanceEntryQuerySet:
        return MaintenanceEntry.objects.visible_to(self.request.user).with_whole_log()

    def said(self, entry: MaintenanceEntry, code: int = status.HTTP_200_OK) -> Response:
        return Response(entry_said(self.request, entry.pk), status=code)

    @extend_schema(request=OpeningSerializer, responses={201: serializer_class} | REFUSED)
    def create(self, request: StaffApiRequest) -> Response:
        """Write down work to be done."""
        given = read(OpeningSerializer, request)
        entry = services.open_entry(given.pop("device"), Opening(**given), by=request.user)
        return self.said(entry, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={200: serializer_class} | REFUSED)
    @action(detail=True, methods=["post"], filterset_class=None)
    def begin(self, request: StaffApiRequest, pk: str) -> Response:
        """Take the work on; a device that is down is in service from now on."""
        return self.said(services.begin_work(self.get_object(), by=request.user))

    @extend_schema(request=WorkNoteTextSerializer, responses={200: serializer_class} | REFUSED)
    @action(detail=True, methods=["post"], filterset_class=None)
    def hand_back(self, request: StaffApiRequest, pk: str) -> Response:
        """Leave the work to somebody else, and say how far it is."""
        entry, given = self.get_object(), read(WorkNoteTextSerializer, request)
        return self.said(services.hand_back(entry, by=request.user, note=given["text"]))

    @extend_schema(request=WorkNoteTextSerializer, responses={200: serializer_class} | REFUSED)
    @action(detail=True, methods=["post"], filterset_class=None)
    def note(self, request: StaffApiRequest, pk: str) -> Response:
        """A line in the log."""
        entry, given = self.get_object(), read(WorkNoteTextSerializer, request)
        services.note_work(entry, by=request.user, text=given["text"])
        return self.said(entry)

    @extend_schema(request=MaintenanceFilesSerializer, responses={200: serializer_class} | REFUSED)
    @action(detail=True, methods=["post"], filterset_class=None, parser_classes=[MultiPartParser])
    def attach(self, request: StaffApiRequest, pk: str) -> Response:
        """Photos (JPEG, PNG) and documents (PDF)."""
        entry = self.get_object()
        files: list[UploadedFile[bytes]] = read(MaintenanceFilesSerializer, request)["files"]
        services.attach(entry, files, by=request.user)
        return self.said(entry)

    @extend_schema(request=WorkSerializer, responses={200: serializer_class} | REFUSED)
    @action(detail=True, methods=["post"], filterset_class=None)
    def finish(self, request: StaffApiRequest, pk: str) -> Response:
        """The work is done, and what it took."""
        entry, given = self.get_object(), read(WorkSerializer, request)
        return self.said(services.finish_work(entry, Work(**given), by=request.user))
