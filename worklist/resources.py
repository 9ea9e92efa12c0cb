"""The catalogue as files: which columns, and by which codes rows are known."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export.fields import Field

from common.exchange import CatalogueResource, Code, Codes
from worklist.models import (
    ContrastAgent,
    ExpectedView,
    ProcedureText,
    ProcedureType,
    Question,
    Questionnaire,
)

# What a question may still change once somebody has answered it.
STILL_OPEN = frozenset({"position", "is_active"})


class ProcedureTypeResource(CatalogueResource):
    questionnaires = Field("questionnaires", "questionnaires", Codes(Questionnaire, field="code"))

    class Meta(CatalogueResource.Meta):
        model = ProcedureType
        import_id_fields = ("code",)
        fields = (
            *("code", "scheme", "meaning", "modality", "body_part", "needs_side", "minutes"),
            *("expected_images", "preparation", "positioning", "contrast", "questionnaires"),
            "is_active",
        )


class ExpectedViewResource(CatalogueResource):
    """Known by their procedure and their name."""

    procedure_type = Field("procedure_type", "procedure_type", Code(ProcedureType, field="code"))

    class Meta(CatalogueResource.Meta):
        model = ExpectedView
        import_id_fields = ("procedure_type", "name")
        fields = (
            *("procedure_type", "position", "name", "view_position", "laterality", "images"),
            "positioning",
        )


class ProcedureTextResource(CatalogueResource):
    """The guide in further languages, and what patients are told."""

    procedure_type = Field("procedure_type", "procedure_type", Code(ProcedureType, field="code"))

    class Meta(CatalogueResource.Meta):
        model = ProcedureText
        import_id_fields = ("procedure_type", "language")
        fields = ("procedure_type", "language", "preparation", "positioning", "instructions")


class ContrastAgentResource(CatalogueResource):
    class Meta(CatalogueResource.Meta):
        model = ContrastAgent
        import_id_fields = ("name",)
        fields = ("name", "kind", "concentration", "most_ml", "is_active")


class QuestionnaireResource(CatalogueResource):
    class Meta(CatalogueResource.Meta):
        model = Questionnaire
        import_id_fields = ("code",)
        fields = ("code", "title", "is_active")


class QuestionResource(CatalogueResource):
    """Known by their questionnaire and their words: other words are another question."""

    questionnaire = Field("questionnaire", "questionnaire", Code(Questionnaire, field="code"))

    class Meta(CatalogueResource.Meta):
        model = Question
        import_id_fields = ("questionnaire", "text")
        fields = (
            *("questionnaire", "position", "text", "help", "kind", "unit", "concern"),
            *("worrying_answer", "amber_below", "red_below", "explanation", "only_sex"),
            *("from_age", "to_age", "valid_days", "alert_kind", "alert_text", "is_active"),
        )

    def validate_instance(self, instance: Question, *args: Any, **kwargs: Any) -> None:
        """The same rule as on the page: what was answered stays as it was asked."""
        super().validate_instance(instance, *args, **kwargs)
        before = Question.objects.filter(pk=instance.pk, answers__isnull=False).first()
        if before is None:
            return
        names = set(self.Meta.fields) - STILL_OPEN
        changed = {name for name in names if getattr(before, name) != getattr(instance, name)}
        if changed:
            why = _("This question was answered before. Retire it and write a new one.")
            raise ValidationError(dict.fromkeys(sorted(changed), why))
