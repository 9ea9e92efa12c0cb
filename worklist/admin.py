"""The catalogue is kept here; orders and procedures are only looked at."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Exists, ManyToManyField, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common.admin import Exchanged, ExchangedPart, ReadOnlyAdmin
from worklist.models import (
    Answer,
    ContrastAgent,
    ExpectedView,
    Order,
    ProcedureText,
    ProcedureType,
    Question,
    Questionnaire,
    ScheduledProcedure,
)
from worklist.resources import (
    STILL_OPEN,
    ContrastAgentResource,
    ExpectedViewResource,
    ProcedureTextResource,
    ProcedureTypeResource,
    QuestionnaireResource,
    QuestionResource,
)


class ViewsOfProcedure(admin.StackedInline):  # type: ignore[type-arg]
    """What a complete examination has; without any, only the number of images is counted."""

    model = ExpectedView
    extra = 0
    fieldsets = (
        (None, {"fields": (("position", "name", "images"), ("view_position", "laterality"))}),
        (None, {"fields": ("positioning",)}),
    )
    verbose_name_plural = _("Expected views (they count before the number above)")


class TextsOfProcedure(admin.StackedInline):  # type: ignore[type-arg]
    """The guide in further languages, and what the patient is told."""

    model = ProcedureText
    extra = 0
    verbose_name_plural = _("Guide in further languages, and words for the patient")


@admin.register(ProcedureType)
class ProcedureTypeAdmin(Exchanged):
    resource_classes = (ProcedureTypeResource,)
    list_display = (
        "code",
        "meaning",
        "modality",
        "body_part",
        "minutes",
        "needs_side",
        "contrast",
        "is_active",
    )
    list_filter = ("modality", "is_active", "needs_side", "contrast", "questionnaires")
    search_fields = ("code", "meaning", "body_part")
    formfield_overrides = {ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}
    inlines = (ViewsOfProcedure, TextsOfProcedure)
    fieldsets = (
        (
            None,
            {
                "fields": ("code", "scheme", "meaning", "is_active"),
                "description": _(
                    "What is no longer offered stays in the records: take the tick away instead of "
                    "deleting it."
                ),
            },
        ),
        (
            _("How it is done"),
            {"fields": ("modality", "body_part", "needs_side", "minutes", "expected_images")},
        ),
        (
            _("Before the patient goes in"),
            {
                "fields": ("contrast", "questionnaires"),
                "description": _("Procedures booked from now on are screened with these."),
            },
        ),
        (
            _("Guide for the technician"),
            {
                "fields": ("preparation", "positioning"),
                "description": _("Shown on the page of every such procedure."),
            },
        ),
    )


@admin.register(ContrastAgent)
class ContrastAgentAdmin(Exchanged):
    resource_classes = (ContrastAgentResource,)
    list_display = ("name", "kind", "concentration", "most_ml", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("name", "concentration")


class QuestionForm(forms.ModelForm):  # type: ignore[type-arg]
    """A question that was answered stays as it was asked; it can be moved, and it can retire."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if getattr(self.instance, "was_answered", False):
            for name in self.fields.keys() - STILL_OPEN - {"id", "questionnaire", "DELETE"}:
                self.fields[name].disabled = True


class QuestionsOfQuestionnaire(admin.StackedInline):  # type: ignore[type-arg]
    model = Question
    form = QuestionForm
    extra = 0
    can_delete = False
    verbose_name_plural = _("Questions (one that was answered is no longer changed: retire it)")
    fieldsets = (
        (None, {"fields": (("position", "is_active"), "text", "help", ("kind", "unit"))}),
        (
            _("Which answer worries"),
            {
                "fields": (
                    ("worrying_answer", "concern"),
                    ("amber_below", "red_below"),
                    "explanation",
                    ("alert_kind", "alert_text"),
                )
            },
        ),
        (_("Whom it is asked"), {"fields": (("only_sex", "from_age", "to_age"), "valid_days")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        answers = Answer.objects.filter(question=OuterRef("pk"))
        rows: QuerySet[Question] = super().get_queryset(request)
        return rows.annotate(was_answered=Exists(answers))


@admin.register(Questionnaire)
class QuestionnaireAdmin(Exchanged):
    resource_classes = (QuestionnaireResource,)
    list_display = ("code", "title", "is_active")
    list_filter = ("is_active",)
    search_fields = ("code", "title", "questions__text")
    inlines = (QuestionsOfQuestionnaire,)


@admin.register(Question)
class QuestionAdmin(ExchangedPart):
    """Written on their questionnaire's page."""

    resource_classes = (QuestionResource,)
    list_display = ("text", "questionnaire", "kind", "concern", "valid_days", "is_active")
    list_filter = ("questionnaire", "kind", "concern", "is_active")
    list_select_related = ("questionnaire",)
    search_fields = ("text", "explanation", "questionnaire__code")


@admin.register(ExpectedView)
class ExpectedViewAdmin(ExchangedPart):
    """Written on their procedure's page."""

    resource_classes = (ExpectedViewResource,)
    list_display = ("procedure_type", "position", "name", "view_position", "laterality", "images")
    list_filter = ("procedure_type__modality",)
    list_select_related = ("procedure_type",)
    search_fields = ("name", "procedure_type__code", "procedure_type__meaning")
    ordering = ("procedure_type__code", "position", "pk")


@admin.register(ProcedureText)
class ProcedureTextAdmin(ExchangedPart):
    """Written on their procedure's page."""

    resource_classes = (ProcedureTextResource,)
    list_display = ("procedure_type", "language", "instructions")
    list_filter = ("language",)
    list_select_related = ("procedure_type",)
    search_fields = ("procedure_type__code", "procedure_type__meaning", "instructions")
    ordering = ("procedure_type__code", "language")


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ("accession_number", "procedure_type", "priority", "status", "ordered_at")
    list_filter = ("status", "priority")
    search_fields = ("accession_number",)


@admin.register(ScheduledProcedure)
class ScheduledProcedureAdmin(ReadOnlyAdmin):
    list_display = ("step_id", "procedure_type", "device", "scheduled_start", "status", "images")
    list_filter = ("status", "images", "device")
    search_fields = ("step_id", "order__accession_number")
