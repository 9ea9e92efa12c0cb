"""What the API says of orders and procedures, and what it wants to be told."""

from typing import Any

from rest_framework import serializers

from equipment.models import Device
from patients.models import Patient
from worklist.models import (
    Discrepancy,
    ExpectedView,
    Order,
    ProcedureText,
    ProcedureType,
    Proposal,
    ScheduledProcedure,
)
from worklist.reasons import REASONS


class KeyField(serializers.PrimaryKeyRelatedField):  # type: ignore[type-arg]
    """The key of a record: a whole number, whatever else JSON can hold."""

    def to_internal_value(self, data: object) -> object:
        if not isinstance(data, int | str):
            self.fail("incorrect_type", data_type=type(data).__name__)
        return super().to_internal_value(data)


class VisibleKeyField(KeyField):
    """The same; a record that the person may not see is as if it were not there."""

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        request = self.context.get("request")
        return rows.visible_to(request.user) if request is not None else rows.none()


class PatientInBriefSerializer(serializers.ModelSerializer[Patient]):
    """Enough to know who is meant: two identifiers and the name."""

    class Meta:
        model = Patient
        fields = ("id", "patient_id", "issuer", "name_alphabetic", "birth_date", "sex")


class OrderSerializer(serializers.ModelSerializer[Order]):
    """What was asked for."""

    patient = PatientInBriefSerializer(read_only=True)
    procedure = serializers.CharField(source="procedure_type.meaning", read_only=True)
    procedure_code = serializers.CharField(source="procedure_type.code", read_only=True)

    class Meta:
        model = Order
        fields = (
            "id",
            "accession_number",
            "issuer",
            "requested_procedure_id",
            "study_instance_uid",
            "procedure",
            "procedure_code",
            "side",
            "priority",
            "clinical_question",
            "ordering_physician",
            "ward",
            "transport",
            "is_walk_in",
            "ordered_at",
            "status",
            "reason_code",
            "reason",
            "patient",
        )


class ScheduledProcedureSerializer(serializers.ModelSerializer[ScheduledProcedure]):
    """One examination, on one device, at one time."""

    order = OrderSerializer(read_only=True)
    procedure = serializers.CharField(source="procedure_type.meaning", read_only=True)
    procedure_code = serializers.CharField(source="procedure_type.code", read_only=True)
    device = serializers.CharField(source="device.ae_title", read_only=True)
    room = serializers.CharField(source="device.room.name", read_only=True)
    modality = serializers.CharField(source="device.modality", read_only=True)
    is_squeezed_in = serializers.BooleanField(read_only=True)
    images_wanted = serializers.IntegerField(
        read_only=True, help_text="How many there should be; 0: nobody knows."
    )
    images_line = serializers.CharField(
        read_only=True, help_text="How complete it is, in a few words."
    )

    class Meta:
        model = ScheduledProcedure
        fields = (
            "id",
            "step_id",
            "order",
            "procedure",
            "procedure_code",
            "device",
            "room",
            "modality",
            "side",
            "scheduled_start",
            "scheduled_end",
            "status",
            "arrived_at",
            "started_at",
            "ended_at",
            "reason_code",
            "reason",
            "comment",
            "images",
            "images_expected",
            "images_received",
            "images_told",
            "images_told_here",
            "images_wanted",
            "images_safe",
            "images_line",
            "last_image_at",
            "performed",
            "committed",
            "screening",
            "is_squeezed_in",
        )


class DiscontinuationSerializer(serializers.Serializer[None]):
    """A reason from CID 9301; code 110513 needs words too."""

    reason_code = serializers.ChoiceField(choices=list(REASONS))
    reason = serializers.CharField(required=False, allow_blank=True, max_length=200)


class HoldSerializer(serializers.Serializer[None]):
    """What the patient waits for."""

    reason = serializers.CharField(max_length=200)


class PlacingSerializer(serializers.ModelSerializer[Order]):
    """What is asked for, for whom."""

    patient = KeyField(queryset=Patient.objects.none())
    procedure_code = serializers.SlugRelatedField(
        source="procedure_type", slug_field="code", queryset=ProcedureType.objects.all()
    )

    class Meta:
        model = Order
        fields = (
            "patient",
            "procedure_code",
            "side",
            "priority",
            "clinical_question",
            "ordering_physician",
            "ward",
            "transport",
        )

    def get_fields(self) -> dict[str, serializers.Field]:  # type: ignore[type-arg]
        """Only patients that the caller may see can be ordered for."""
        fields = super().get_fields()
        request = self.context.get("request")
        if request is not None:
            visible = Patient.objects.visible_to(request.user)
            fields["patient"].queryset = visible  # type: ignore[attr-defined]
        return fields


class BookingSerializer(serializers.Serializer[None]):
    """An order gets a device, by its AE title, and a time; `squeeze` goes on the list even if the
    device is taken then."""

    order = KeyField(queryset=Order.objects.all())
    device = serializers.SlugRelatedField(slug_field="ae_title", queryset=Device.objects.all())
    start = serializers.DateTimeField()
    side = serializers.ChoiceField(
        choices=ScheduledProcedure.Side.choices, required=False, allow_blank=True
    )
    squeeze = serializers.BooleanField(required=False, default=False)


class SqueezingSerializer(serializers.Serializer[None]):
    """Another device or time, or both; and why, when the patient is here already."""

    device = serializers.SlugRelatedField(
        slug_field="ae_title", queryset=Device.objects.all(), required=False
    )
    start = serializers.DateTimeField(required=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=200)


class MovingSerializer(SqueezingSerializer):
    """The same; with `squeeze` it goes there even if the device is taken then."""

    squeeze = serializers.BooleanField(required=False, default=False)


class ProcedureTextSerializer(serializers.ModelSerializer[ProcedureText]):
    """The guide in one language."""

    class Meta:
        model = ProcedureText
        fields = ("language", "preparation", "positioning", "instructions")


class ExpectedViewSerializer(serializers.ModelSerializer[ExpectedView]):
    """One picture or series that a complete examination has."""

    class Meta:
        model = ExpectedView
        fields = ("position", "name", "view_position", "laterality", "images", "positioning")


class ProcedureTypeSerializer(serializers.ModelSerializer[ProcedureType]):
    """One line of the catalogue."""

    texts = ProcedureTextSerializer(many=True, read_only=True)
    views = ExpectedViewSerializer(many=True, read_only=True)
    questionnaires = serializers.SlugRelatedField(slug_field="code", many=True, read_only=True)  # type: ignore[var-annotated]

    class Meta:
        model = ProcedureType
        fields = (
            "id",
            "code",
            "scheme",
            "meaning",
            "modality",
            "body_part",
            "needs_side",
            "minutes",
            "expected_images",
            "contrast",
            "preparation",
            "positioning",
            "questionnaires",
            "texts",
            "views",
            "is_active",
        )


class FreeTimeSerializer(serializers.Serializer[None]):
    """A device, and a time at which it is free."""

    device = serializers.CharField(source="device.ae_title")
    room = serializers.CharField(source="device.room.name")
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()


class ProposalSerializer(serializers.ModelSerializer[Proposal]):
    """What the night proposes to do with a step that was left open."""

    step_id = serializers.CharField(source="procedure.step_id", read_only=True)

    class Meta:
        model = Proposal
        fields = (
            "id",
            "procedure",
            "step_id",
            "outcome",
            "because",
            "made_at",
            "decided_at",
            "decision",
        )


class AcceptanceSerializer(serializers.Serializer[None]):
    """Why, for a step that is cancelled or discontinued; otherwise the proposal's own words."""

    reason_code = serializers.ChoiceField(choices=list(REASONS), required=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=200)


class NotedDiscrepancySerializer(serializers.ModelSerializer[Discrepancy]):
    """Something about a procedure that did not go by the book."""

    step_id = serializers.CharField(source="procedure.step_id", read_only=True)

    class Meta:
        model = Discrepancy
        fields = (
            "id",
            "procedure",
            "step_id",
            "kind",
            "sentence",
            "noted_at",
            "settled_at",
            "settled_how",
        )


class SettlementSerializer(serializers.Serializer[None]):
    """What was done about it."""

    how = serializers.CharField(max_length=200)
