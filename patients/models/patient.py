"""Who lies on the table."""

import datetime as dt
from decimal import Decimal

from django.conf.locale import LANG_INFO
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Upper
from django.utils.translation import gettext_lazy as _

from patients.models.queries import IN_NAME_ORDER, Fold, PatientQuerySet, SearchKey

WHOLE_NAME = Concat(
    F("name_alphabetic"),
    Value("="),
    F("name_ideographic"),
    Value("="),
    F("name_phonetic"),
    output_field=models.TextField(),
)


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
        expression=Fold(WHOLE_NAME), output_field=models.TextField(), db_persist=True
    )
    search_key = models.GeneratedField(
        expression=SearchKey(WHOLE_NAME), output_field=models.TextField(), db_persist=True
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
            models.Index(
                OpClass(Upper("patient_id"), name="text_pattern_ops"), name="patient_by_id_start"
            ),
            GinIndex(OpClass(F("folded_name"), name="gin_trgm_ops"), name="patient_by_name"),
            GinIndex(OpClass("patient_id", name="gin_trgm_ops"), name="patient_by_part_of_id"),
            GinIndex(OpClass(F("search_key"), name="gin_trgm_ops"), name="patient_by_search_key"),
            models.Index(fields=["birth_date"], name="patient_by_birth"),
            models.Index(IN_NAME_ORDER, F("id"), name="patient_in_name_order"),
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
    def whole_name(self) -> str:
        """With titles: "Müller, Jürgen, Dr."."""
        titles = (self._part(position) for position in (3, 4))
        return ", ".join(part for part in (self.family_name, self.given_name, *titles) if part)

    @property
    def language_word(self) -> str:
        """What its speakers call it, or its code."""
        return str(LANG_INFO.get(self.language, {}).get("name_local", self.language))

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

    @property
    def height_m(self) -> Decimal | None:
        """Patient's Size (0010,1020) is in metres."""
        return Decimal(self.height_cm) / 100 if self.height_cm else None

    def age_on(self, day: dt.date) -> int | None:
        """Full years on `day`; None when the birth date is unknown."""
        if self.birth_date is None:
            return None
        born = self.birth_date
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
