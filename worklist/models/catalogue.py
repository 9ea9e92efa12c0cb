"""The catalogue: what this department performs, and how."""

from dataclasses import dataclass
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from equipment.models import Modality


@dataclass(frozen=True, slots=True)
class Guide:
    """How a procedure is done: for the technician, and in words for the patient."""

    preparation: str
    positioning: str
    instructions: str


class ProcedureTypeQuerySet(models.QuerySet["ProcedureType"]):
    def offered(self) -> Self:
        return self.filter(is_active=True)

    def by_modality(self) -> Self:
        return self.order_by("modality", "meaning", "pk")

    def with_guides(self) -> Self:
        """All that the catalogue says of each, in four queries."""
        return self.by_modality().prefetch_related("texts", "views", "questionnaires")


class ProcedureType(models.Model):
    """One line of the catalogue: a procedure that this department performs."""

    class Contrast(models.TextChoices):
        NONE = "NONE", _("none")
        POSSIBLE = "POSSIBLE", _("if needed")
        ALWAYS = "ALWAYS", _("always")

    code = models.CharField(_("code"), max_length=16, unique=True)
    scheme = models.CharField(_("coding scheme"), max_length=16, default="99IMG")
    meaning = models.CharField(_("name"), max_length=64)
    modality = models.CharField(_("modality"), max_length=16, choices=Modality)
    body_part = models.CharField(_("body part"), max_length=16, blank=True, default="")
    needs_side = models.BooleanField(_("side must be given"), default=False)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=20)
    expected_images = models.PositiveIntegerField(
        _("images expected"), default=0, help_text=_("0: nobody can tell beforehand.")
    )
    preparation = models.TextField(_("preparation"), blank=True, default="")
    positioning = models.TextField(_("positioning"), blank=True, default="")
    contrast = models.CharField(
        _("contrast"), max_length=8, choices=Contrast, default=Contrast.NONE
    )
    questionnaires = models.ManyToManyField(
        "worklist.Questionnaire",
        verbose_name=_("screening"),
        blank=True,
        related_name="procedure_types",
        help_text=_("What is asked before the patient goes in."),
    )
    is_active = models.BooleanField(_("offered"), default=True)

    objects = ProcedureTypeQuerySet.as_manager()

    class Meta:
        ordering = ["modality", "meaning"]

    def __str__(self) -> str:
        return self.meaning

    @property
    def needs_screening(self) -> bool:
        """Is anything asked before the patient goes in?"""
        return self.questionnaires.filter(is_active=True).exists()

    def images_of(self, side: str) -> int:
        """How many images make it complete: those of the expected views of `side`, if any are
        listed. 0: nobody can tell."""
        views = self.views.exclude(laterality={"L": "R", "R": "L"}.get(side, "-"))
        listed = views.aggregate(images=models.Sum("images"))["images"]
        return int(listed or 0) or self.expected_images

    def guide_in(self, language: str) -> "Guide":
        """Preparation and positioning in `language`, or as the department wrote them first."""
        told = {text.language: text for text in self.texts.all()}
        text = told.get(language) or told.get(language.split("-", maxsplit=1)[0])
        if text is None:
            return Guide(self.preparation, self.positioning, "")
        return Guide(
            text.preparation or self.preparation,
            text.positioning or self.positioning,
            text.instructions,
        )


class ProcedureText(models.Model):
    """The guide of a procedure in one more language, and what the patient is told."""

    procedure_type = models.ForeignKey(
        ProcedureType, on_delete=models.CASCADE, related_name="texts"
    )
    language = models.CharField(
        _("language"), max_length=12, help_text=_("A language tag (BCP 47): de, fr, pt-br.")
    )
    preparation = models.TextField(_("preparation"), blank=True, default="")
    positioning = models.TextField(_("positioning"), blank=True, default="")
    instructions = models.TextField(
        _("told to the patient"), blank=True, default="", help_text=_("In the patient's language.")
    )

    class Meta:
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(
                name="one_text_per_procedure_and_language",
                fields=["procedure_type", "language"],
                violation_error_message=_("There is a text in this language already."),
            )
        ]

    def __str__(self) -> str:
        return self.language


class ExpectedView(models.Model):
    """One picture or series that a complete examination has."""

    procedure_type = models.ForeignKey(
        ProcedureType, on_delete=models.CASCADE, related_name="views"
    )
    position = models.PositiveSmallIntegerField(_("order"), default=1)
    name = models.CharField(_("view"), max_length=64)
    view_position = models.CharField(
        _("view position"),
        max_length=16,
        blank=True,
        default="",
        help_text=_("As images say it (0018,5101): AP, PA, LL, CC, MLO. Empty: not told apart."),
    )
    laterality = models.CharField(
        _("side of the image"), max_length=1, blank=True, default="", help_text=_("L or R.")
    )
    images = models.PositiveIntegerField(_("images"), default=1)
    positioning = models.TextField(_("positioning"), blank=True, default="")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="expected_view_has_known_side",
                condition=Q(laterality__in=["", "L", "R"]),
                violation_error_message=_("The side of an image is L or R."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class ContrastAgent(models.Model):
    """A contrast agent or drug that is given here."""

    class Kind(models.TextChoices):
        IODINATED = "IODINATED", _("iodinated")
        GADOLINIUM = "GADOLINIUM", _("gadolinium")
        ULTRASOUND = "ULTRASOUND", _("ultrasound")
        BARIUM = "BARIUM", _("barium")
        TRACER = "TRACER", _("radiopharmaceutical")
        DRUG = "DRUG", _("drug")

    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    concentration = models.CharField(_("concentration"), max_length=40, blank=True, default="")
    most_ml = models.DecimalField(
        _("most in ml"), max_digits=6, decimal_places=1, null=True, blank=True
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["kind", "name"]

    def __str__(self) -> str:
        return self.name
