"""The examination for programs: its verbs and what was noted, beside those of the procedure."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response

from staff.access import StaffApiRequest
from worklist import services
from worklist.models import (
    UNKNOWN,
    Administration,
    Check,
    ContrastAgent,
    Discrepancy,
    Exposure,
    PerformedProcedure,
    ScheduledProcedure,
)
from worklist.questions import asked_before
from worklist.services import Said
from worklist.services.checks import Compared

if TYPE_CHECKING:
    from rest_framework.serializers import Serializer

SEE = "patients.view_patient"
DO = "worklist.perform_procedure"
PERMISSIONS = {
    "examination": SEE,
    "performed_steps": SEE,
    "questions": SEE,
    "override_screening": "worklist.override_screening",
} | dict.fromkeys(
    (
        "start",
        "end_acquisition",
        "complete",
        "discontinue",
        "begin_again",
        "wrong_entry",
        "check_identity",
        "confirm_side",
        "answer",
        "give",
        "note_reaction",
        "expose",
        "withdraw",
    ),
    DO,
)


class StartSerializer(serializers.Serializer[None]):
    """Why to start although something is missing; refused without it when something is."""

    despite = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")


class CompletionSerializer(serializers.Serializer[None]):
    """What whoever reads the images should know, and why it is done although something is
    missing."""

    comment = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    despite = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")


class IdentityCheckSerializer(serializers.Serializer[None]):
    """Two identifiers at least; a scanned code counts as one when it is this patient's."""

    compared = serializers.MultipleChoiceField(choices=Compared.choices, required=False)
    scanned = serializers.CharField(required=False, allow_blank=True, max_length=64)


class SideSerializer(serializers.Serializer[None]):
    side = serializers.ChoiceField(choices=ScheduledProcedure.Side.choices)


class AnswerInSerializer(serializers.Serializer[None]):
    """One answer: YES, NO or UNKNOWN, a number, or words, as the question asks."""

    question = serializers.IntegerField(min_value=1)
    value = serializers.CharField(max_length=300, help_text=f"YES, NO, {UNKNOWN}, a number, words")
    comment = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")
    observed_on = serializers.DateField(required=False, allow_null=True, default=None)


class AnswersSerializer(serializers.Serializer[None]):
    """The answers of this visit, and who gave them."""

    answers = AnswerInSerializer(many=True, allow_empty=False)
    answered_by = serializers.CharField(required=False, allow_blank=True, max_length=80, default="")


class ReasonSerializer(serializers.Serializer[None]):
    reason = serializers.CharField(max_length=200)


class GivenSerializer(serializers.ModelSerializer[Administration]):
    """What was given. More than the agent's usual most needs `is_more_meant`."""

    agent = serializers.PrimaryKeyRelatedField(
        queryset=ContrastAgent.objects.filter(is_active=True)
    )
    is_more_meant = serializers.BooleanField(required=False, default=False, write_only=True)
    rate_ml_s = serializers.DecimalField(
        max_digits=4, decimal_places=1, min_value=0, required=False, allow_null=True
    )

    class Meta:
        model = Administration
        fields = (
            "id",
            "agent",
            "lot",
            "expires_on",
            "volume_ml",
            "rate_ml_s",
            "route",
            "site",
            "reaction",
            "reaction_details",
            "is_more_meant",
            "given_at",
            "withdrawn_at",
            "withdrawn_because",
        )
        read_only_fields = ("given_at", "withdrawn_at", "withdrawn_because")


class ReactionSerializer(serializers.Serializer[None]):
    given = serializers.IntegerField(min_value=1, help_text="What the patient reacts to: its id.")
    reaction = serializers.ChoiceField(choices=Administration.Reaction.choices)
    details = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")


class ExposedSerializer(serializers.ModelSerializer[Exposure]):
    """What was exposed, in the units of the console."""

    class Meta:
        model = Exposure
        fields = (
            "id",
            "view",
            "kv",
            "mas",
            "exposure_index",
            "dap",
            "ctdi_vol",
            "dlp",
            "glandular_dose",
            "fluoroscopy_s",
            "exposures",
            "is_shielded",
            "held_by",
            "at",
            "withdrawn_at",
            "withdrawn_because",
        )
        read_only_fields = ("at", "withdrawn_at", "withdrawn_because")
        extra_kwargs = {
            name: {"min_value": 0}
            for name in ("kv", "mas", "exposure_index", "dap", "ctdi_vol", "dlp", "glandular_dose")
        }


class WithdrawalSerializer(serializers.Serializer[None]):
    """What is taken back: something given or an exposure, by its id, and why."""

    kind = serializers.ChoiceField(choices=["GIVEN", "EXPOSED"])
    number = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(max_length=200)


class PerformedStepSerializer(serializers.ModelSerializer[PerformedProcedure]):
    """One performed step (PS3.4 Annex F)."""

    device = serializers.CharField(source="device.ae_title", read_only=True, allow_null=True)

    class Meta:
        model = PerformedProcedure
        fields = (
            "id",
            "uid",
            "device",
            "source",
            "status",
            "started_at",
            "ended_at",
            "reason_code",
        )


class CheckSerializer(serializers.ModelSerializer[Check]):
    by = serializers.CharField(source="by.username", read_only=True)

    class Meta:
        model = Check
        fields = ("kind", "said", "at", "by")


class DiscrepancySerializer(serializers.ModelSerializer[Discrepancy]):
    class Meta:
        model = Discrepancy
        fields = ("id", "kind", "sentence", "noted_at", "settled_at", "settled_how")


class AskedSerializer(serializers.Serializer[Any]):
    """A question that concerns this patient, with the answer of this visit and an earlier one."""

    question = serializers.IntegerField(source="question.pk")
    questionnaire = serializers.CharField(source="question.questionnaire.code")
    text = serializers.CharField(source="question.text")
    kind = serializers.CharField(source="question.kind")
    unit = serializers.CharField(source="question.unit")
    value = serializers.CharField(source="now.value", default=None, allow_null=True)
    concern = serializers.CharField(source="now.concern", default=None, allow_null=True)
    earlier_value = serializers.CharField(source="earlier.value", default=None, allow_null=True)
    earlier_at = serializers.DateTimeField(source="earlier.at", default=None, allow_null=True)
    holds = serializers.BooleanField()


class ExaminationSerializer(serializers.ModelSerializer[ScheduledProcedure]):
    """Everything that was noted during one examination."""

    checks = CheckSerializer(many=True, read_only=True)
    performed_steps = PerformedStepSerializer(many=True, read_only=True)
    given = GivenSerializer(source="administrations", many=True, read_only=True)
    exposed = ExposedSerializer(source="exposures", many=True, read_only=True)
    discrepancies = DiscrepancySerializer(many=True, read_only=True)

    class Meta:
        model = ScheduledProcedure
        fields = (
            "id",
            "status",
            "performed",
            "screening",
            "screening_reason",
            "checks",
            "performed_steps",
            "given",
            "exposed",
            "discrepancies",
        )


class ExaminationActions:
    """The verbs of an examination, mixed into the viewset of scheduled procedures."""

    request: StaffApiRequest
    get_object: Callable[[], ScheduledProcedure]
    said: Callable[[ScheduledProcedure], Response]

    def given_by_program(self, kind: "type[Serializer[Any]]") -> dict[str, Any]:
        given = kind(data=self.request.data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    @extend_schema(responses=ExaminationSerializer)
    @action(detail=True, filterset_class=None)
    def examination(self, request: StaffApiRequest, pk: str) -> Response:
        """Checks, performed steps, what was given and exposed, and what did not go by the book."""
        return Response(ExaminationSerializer(self.get_object()).data)

    @extend_schema(responses=PerformedStepSerializer(many=True))
    @action(detail=True, filterset_class=None, pagination_class=None)
    def performed_steps(self, request: StaffApiRequest, pk: str) -> Response:
        """What was really done, first to last."""
        steps = self.get_object().performed_steps.select_related("device")
        return Response(PerformedStepSerializer(steps, many=True).data)

    @extend_schema(responses=AskedSerializer(many=True))
    @action(detail=True, filterset_class=None, pagination_class=None)
    def questions(self, request: StaffApiRequest, pk: str) -> Response:
        """The safety questions that concern this patient, with what is known already."""
        return Response(AskedSerializer(asked_before(self.get_object()), many=True).data)

    @extend_schema(request=StartSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def start(self, request: StaffApiRequest, pk: str) -> Response:
        """The patient is on the table."""
        words = self.given_by_program(StartSerializer)
        return self.said(services.start_procedure(self.get_object(), by=request.user, **words))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], filterset_class=None)
    def end_acquisition(self, request: StaffApiRequest, pk: str) -> Response:
        """All images are taken; they are looked at next."""
        return self.said(services.end_acquisition(self.get_object(), by=request.user))

    @extend_schema(request=CompletionSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def complete(self, request: StaffApiRequest, pk: str) -> Response:
        """The examination is done."""
        words = self.given_by_program(CompletionSerializer)
        return self.said(services.complete_procedure(self.get_object(), by=request.user, **words))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], filterset_class=None)
    def begin_again(self, request: StaffApiRequest, pk: str) -> Response:
        """Another performed step of what was discontinued, or ended for now."""
        return self.said(services.begin_again(self.get_object(), by=request.user))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], filterset_class=None)
    def wrong_entry(self, request: StaffApiRequest, pk: str) -> Response:
        """This entry was chosen by mistake: it is put back (CID 9301, 110514)."""
        return self.said(services.report_wrong_entry(self.get_object(), by=request.user))

    @extend_schema(request=IdentityCheckSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def check_identity(self, request: StaffApiRequest, pk: str) -> Response:
        """Somebody has compared at least two identifiers."""
        words = {"compared": set(), **self.given_by_program(IdentityCheckSerializer)}
        procedure = self.get_object()
        services.check_identity(procedure, by=request.user, **words)
        return self.said(procedure)

    @extend_schema(request=SideSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def confirm_side(self, request: StaffApiRequest, pk: str) -> Response:
        """Somebody has made sure which side it is."""
        words, procedure = self.given_by_program(SideSerializer), self.get_object()
        services.confirm_side(procedure, by=request.user, **words)
        return self.said(procedure)

    @extend_schema(request=AnswersSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def answer(self, request: StaffApiRequest, pk: str) -> Response:
        """Answers to safety questions. Earlier ones stay in the record."""
        words, procedure = self.given_by_program(AnswersSerializer), self.get_object()
        answers = {
            one["question"]: Said(one["value"], one["comment"], one["observed_on"])
            for one in words["answers"]
        }
        source = words["answered_by"]
        services.answer_questions(procedure, answers, by=request.user, source=source)
        return self.said(procedure)

    @extend_schema(request=ReasonSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def override_screening(self, request: StaffApiRequest, pk: str) -> Response:
        """Go on although an answer worries, and why."""
        words = self.given_by_program(ReasonSerializer)
        return self.said(services.override_screening(self.get_object(), by=request.user, **words))

    @extend_schema(request=GivenSerializer, responses=GivenSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def give(self, request: StaffApiRequest, pk: str) -> Response:
        """Something was given to the patient."""
        words = self.given_by_program(GivenSerializer)
        made = services.give(self.get_object(), by=request.user, **words)
        return Response(GivenSerializer(made).data)

    @extend_schema(request=ReactionSerializer, responses=GivenSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def note_reaction(self, request: StaffApiRequest, pk: str) -> Response:
        """The patient reacts to what was given."""
        words = self.given_by_program(ReactionSerializer)
        given = get_object_or_404(self.get_object().administrations, pk=words.pop("given"))
        return Response(
            GivenSerializer(services.note_reaction(given, by=request.user, **words)).data
        )

    @extend_schema(request=ExposedSerializer, responses=ExposedSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def expose(self, request: StaffApiRequest, pk: str) -> Response:
        """Something was exposed."""
        words = self.given_by_program(ExposedSerializer)
        made = services.expose(self.get_object(), by=request.user, **words)
        return Response(ExposedSerializer(made).data)

    @extend_schema(request=WithdrawalSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def withdraw(self, request: StaffApiRequest, pk: str) -> Response:
        """Take back what was noted by mistake; it stays readable."""
        words, procedure = self.given_by_program(WithdrawalSerializer), self.get_object()
        fact: Administration | Exposure = (
            get_object_or_404(procedure.administrations, pk=words["number"])
            if words["kind"] == "GIVEN"
            else get_object_or_404(procedure.exposures, pk=words["number"])
        )
        services.withdraw(fact, by=request.user, reason=words["reason"])
        return self.said(procedure)
