"""Who lies on the table."""

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from patients.models.alert import Alert

if TYPE_CHECKING:
    from staff.models import User


class Fold(Func):
    """The database's own `fold_text`: lower case, no accents. Immutable, so it can be indexed."""

    function = "fold_text"
    output_field = models.TextField()


DATE_FORMATS = ("%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y")


def days_meant_by(word: str) -> list[dt.date]:
    """The dates that `word` may be: 17.05.1980 is one, 04/05/1980 is two, "Smith" is none."""
    days = set()
    for style in DATE_FORMATS:
        try:
            days.add(dt.datetime.strptime(word, style).date())  # noqa: DTZ007 — a date has no zone
        except ValueError:
            continue
    return sorted(days)


class PatientQuerySet(models.QuerySet["Patient"]):
    def visible_to(self, user: "User") -> Self:
        """Rows this person may see. A referrer sees the patients they have ordered for."""
        if user.has_perm("patients.view_patient"):
            return self
        if user.has_perm("patients.view_own_patient"):
            return self.filter(orders__ordered_by=user).distinct()
        return self.none()

    def identified_by(self, patient_id: str, issuer: str) -> Self:
        return self.filter(patient_id=patient_id, issuer=issuer)

    def confirmed(self) -> Self:
        """Patients whom a person or an order has registered."""
        return self.filter(is_provisional=False)

    def matching(self, words: str) -> Self:
        """Every word is found: in a name (any script, any part), a record number, an accession
        number, or as a birth date however it is written."""
        found = self
        for word in words.split():
            of_order = Patient.objects.filter(orders__accession_number__iexact=word).values("pk")
            found = found.filter(
                Q(folded_name__contains=Fold(Value(word)))
                | Q(patient_id__istartswith=word)
                | Q(birth_date__in=days_meant_by(word))
                | Q(pk__in=of_order)
            )
        return found

    def in_name_order(self) -> Self:
        return self.order_by("folded_name", "pk")

    def following(self, patient: "Patient") -> Self:
        """Those after `patient` in name order: a page begins where the last one ended."""
        name = patient.folded_name
        return self.filter(Q(folded_name__gt=name) | Q(folded_name=name, pk__gt=patient.pk))

    def with_alerts(self) -> Self:
        return self.prefetch_related(models.Prefetch("alerts", queryset=Alert.objects.active()))


class Patient(models.Model):
    """A person who is examined. Identity is the ID plus its issuer (PS3.3 C.7.1.1)."""

    class Sex(models.TextChoices):
        FEMALE = "F", _("female")
        MALE = "M", _("male")
        OTHER = "O", _("other")

    patient_id = models.CharField(_("record number"), max_length=64)
    issuer = models.CharField(_("issuer of record number"), max_length=64)
    name_alphabetic = models.CharField(
        _("name"),
        max_length=324,
        blank=True,
        default="",
        help_text=_("Family^Given^Middle^Prefix^Suffix, as DICOM writes it (PS3.5 6.2.1)."),
    )
    name_ideographic = models.CharField(max_length=324, blank=True, default="")
    name_phonetic = models.CharField(max_length=324, blank=True, default="")
    birth_date = models.DateField(_("born"), null=True, blank=True)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex, blank=True, default="")
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    phone = models.CharField(_("telephone"), max_length=40, blank=True, default="")
    email = models.EmailField(_("e-mail"), blank=True, default="")
    address = models.CharField(_("address"), max_length=300, blank=True, default="")
    contact_person = models.CharField(_("contact person"), max_length=120, blank=True, default="")
    contact_phone = models.CharField(
        _("telephone of the contact person"), max_length=40, blank=True, default=""
    )
    weight_kg = models.DecimalField(
        _("weight in kg"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    height_cm = models.PositiveSmallIntegerField(_("height in cm"), null=True, blank=True)
    is_confidential = models.BooleanField(_("confidential"), default=False)
    is_provisional = models.BooleanField(
        _("known from images only"),
        default=False,
        help_text=_("Made from images that nobody ordered; a person should confirm who it is."),
    )
    created_at = models.DateTimeField(auto_now_add=True)
    folded_name = models.GeneratedField(
        expression=Fold(
            Concat(
                F("name_alphabetic"),
                Value("="),
                F("name_ideographic"),
                Value("="),
                F("name_phonetic"),
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = PatientQuerySet.as_manager()

    class Meta:
        permissions = [
            ("view_own_patient", "Can view the patients they have ordered for"),
            ("correct_patient", "Can correct who a patient is, with a reason"),
            ("note_alert", "Can write and end entries of the safety record"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="one_patient_per_id_and_issuer",
                fields=["patient_id", "issuer"],
                condition=Q(is_provisional=False),
                violation_error_message=_("There is already a patient with this record number."),
            ),
            models.CheckConstraint(
                name="patient_has_an_id",
                condition=~Q(patient_id=""),
                violation_error_message=_("A patient needs a record number."),
            ),
        ]
        indexes = [
            models.Index(fields=["patient_id"], name="patient_by_id"),
            GinIndex(OpClass(F("folded_name"), name="gin_trgm_ops"), name="patient_by_name"),
            models.Index(fields=["birth_date"], name="patient_by_birth"),
        ]

    def __str__(self) -> str:
        return self.display_name

    def _part(self, position: int) -> str:
        parts = (self.name_alphabetic or self.name_ideographic).split("^")
        return parts[position].strip() if len(parts) > position else ""

    @property
    def family_name(self) -> str:
        return self._part(0)

    @property
    def given_name(self) -> str:
        return " ".join(part for part in (self._part(1), self._part(2)) if part)

    @property
    def display_name(self) -> str:
        """ "Family, Given", or the record number when no name is known."""
        name = ", ".join(part for part in (self.family_name, self.given_name) if part)
        return name or self.patient_id

    @property
    def other_scripts(self) -> str:
        """The name as the patient writes it, when that is not the Latin one."""
        own = self.name_ideographic if self.name_alphabetic else ""
        return own.replace("^", " ").strip()

    @property
    def sex_word(self) -> str:
        """Lists ask for it hundreds of times; `get_sex_display` is ten times as slow."""
        return str(self.Sex(self.sex).label) if self.sex else ""

    @property
    def dicom_name(self) -> str:
        """All three groups as one PN value, without trailing empty groups (PS3.5 6.2.1.1)."""
        groups = [self.name_alphabetic, self.name_ideographic, self.name_phonetic]
        return "=".join(groups).rstrip("=")

    def age_on(self, day: dt.date) -> int | None:
        """Full years on `day`; None when the birth date is unknown."""
        if self.birth_date is None:
            return None
        born = self.birth_date
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
