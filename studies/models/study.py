"""Study, series, instance: what was made of the received objects."""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from common.states import Stateful
from patients.models import Alert, Fold, Patient
from studies.models.queries import InstanceQuerySet, ModalityList, SeriesQuerySet, seen_by
from worklist.models import Order, ScheduledProcedure

if TYPE_CHECKING:
    from staff.models import User

LONG_PAUSE = dt.timedelta(minutes=2)  # after this without an image nobody waits for more
SHORT_PAUSE = dt.timedelta(seconds=10)  # enough when the procedure is over and all is here


class StudyQuerySet(models.QuerySet["Study"]):
    def visible_to(self, user: "User") -> Self:
        """Rows this person may see: one policy for pages, DICOMweb, thumbnails and frames."""
        return self.filter(seen_by(user))

    def of_patient(self, patient_pk: int) -> Self:
        return self.filter(patient=patient_pk)

    def newest_first(self) -> Self:
        return self.order_by("-study_date", "-pk")

    def fed_by(self, upload_pk: int) -> Self:
        """Studies that this upload brought something for."""
        return self.filter(incoming_files__upload=upload_pk).distinct()

    def ready_to_read(self) -> Self:
        return self.filter(status=Study.Status.READY)

    def with_patient(self) -> Self:
        return self.select_related("patient", "order")

    def with_reading_details(self) -> Self:
        """All that a row of the reading list says."""
        return self.select_related("patient", "order__procedure_type").prefetch_related(
            models.Prefetch("patient__alerts", queryset=Alert.objects.active()),
            "order__procedures",
        )

    def most_urgent_first(self) -> Self:
        """Stat, urgent, the rest; within these, whoever has waited longest for a reading."""
        urgency = models.Case(
            models.When(order__priority=Order.Priority.STAT, then=models.Value(0)),
            models.When(order__priority=Order.Priority.HIGH, then=models.Value(1)),
            default=models.Value(2),
            output_field=models.IntegerField(),
        )
        return self.order_by(urgency, "last_image_at", "pk")

    def since(self, day: dt.date) -> Self:
        """Made on `day` or later; undated ones count from when they came."""
        undated = Q(study_date__isnull=True, created_at__date__gte=day)
        return self.filter(Q(study_date__gte=day) | undated)

    def on(self, day: dt.date) -> Self:
        return self.filter(Q(study_date=day) | Q(study_date__isnull=True, created_at__date=day))

    def of_modality(self, modality: str) -> Self:
        """With a series of this modality; `modalities` is joined by backslashes."""
        alone, first = Q(modalities=modality), Q(modalities__startswith=f"{modality}\\")
        within = Q(modalities__contains=f"\\{modality}\\")
        return self.filter(alone | first | within | Q(modalities__endswith=f"\\{modality}"))

    def matching(self, words: str) -> Self:
        """Patient's name or number, or accession number."""
        patients = Patient.objects.all().matching(words)
        return self.filter(Q(patient__in=patients) | Q(accession_number__istartswith=words))

    def dated(self) -> Self:
        return self.filter(study_date__isnull=False)

    def undated(self) -> Self:
        return self.filter(study_date__isnull=True)

    def following(self, study: "Study") -> Self:
        """What stands below `study` in a list with the newest first, among those like it: dated
        ones or undated ones."""
        if study.study_date is None:
            return self.filter(pk__lt=study.pk)
        lower = Q(study_date=study.study_date, pk__lt=study.pk)
        return self.filter(lower | Q(study_date__lt=study.study_date))

    def unmatched(self) -> Self:
        """Of which nobody knows the procedure."""
        return self.filter(matches__isnull=True)

    def made_for(self, procedure_pk: int) -> Self:
        return self.filter(matches__procedure=procedure_pk)

    def with_list_details(self) -> Self:
        """All that a row of a list says: patient with alerts, and one telling picture."""
        # Any will do: with an order PostgreSQL would look at every picture of every study.
        drawn = Instance.objects.clinical().filter(
            series__study=models.OuterRef("pk"), thumbnail__status="MADE"
        )
        return (
            self.with_patient()
            .prefetch_related(models.Prefetch("patient__alerts", queryset=Alert.objects.active()))
            .annotate(picture=models.Subquery(drawn.values("pk")[:1]))
        )

    def clinical(self) -> Self:
        """With something for readers: not those of which everything was rejected."""
        return self.filter(Q(rejected_count=0) | Q(clinical_count__gt=0))

    def besides(self, study: "Study") -> Self:
        """The same patient's other studies."""
        return self.filter(patient=study.patient_id).exclude(pk=study.pk)

    def arriving(self) -> Self:
        return self.filter(status=Study.Status.ARRIVING)

    def quiet_since(self, moment: dt.datetime) -> Self:
        return self.filter(last_image_at__lte=moment)

    def by_uid(self, uids: Iterable[str]) -> dict[str, "Study"]:
        """Those of these studies that are here, with their patients."""
        rows = self.filter(study_instance_uid__in=set(uids)).select_related("patient")
        return {study.study_instance_uid: study for study in rows}

    def locked(self, pk: int) -> "Study":
        """The study as it stands now; nobody else changes it until this transaction ends."""
        return self.select_for_update(of=("self",)).select_related("patient").get(pk=pk)

    def locked_by_uid(self, uid: str) -> "Study | None":
        rows = self.select_for_update(of=("self",)).select_related("patient")
        return rows.filter(study_instance_uid=uid).first()

    def locked_if_free(self, pk: int) -> "Study | None":
        """The same without waiting: None when it is gone from here or somebody works on it."""
        rows = self.select_for_update(of=("self",), skip_locked=True).select_related("patient")
        return rows.filter(pk=pk).first()


class Study(Stateful):
    """All images of one visit for one order (PS3.3 A.1.2)."""

    class Status(models.TextChoices):
        ARRIVING = "ARRIVING", _("Arriving")
        READY = "READY", _("Ready")

    MOVES = {
        Status.ARRIVING: frozenset({Status.READY}),
        Status.READY: frozenset({Status.ARRIVING}),
    }

    study_instance_uid = models.CharField(max_length=64, unique=True)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="studies")
    order = models.ForeignKey(
        Order, null=True, blank=True, on_delete=models.PROTECT, related_name="studies"
    )
    accession_number = models.CharField(max_length=16, blank=True, default="")
    study_id = models.CharField(max_length=16, blank=True, default="")
    description = models.CharField(max_length=64, blank=True, default="")
    study_date = models.DateField(null=True, blank=True)
    study_time = models.TimeField(null=True, blank=True)
    timezone_offset = models.CharField(max_length=5, blank=True, default="")
    referring_physician = models.CharField(max_length=324, blank=True, default="")
    modalities = models.CharField(max_length=200, blank=True, default="")
    series_count = models.PositiveIntegerField(default=0)
    instance_count = models.PositiveIntegerField(default=0)
    rejected_count = models.PositiveIntegerField(
        default=0, help_text=_("How many of these somebody rejected: not shown to readers.")
    )
    rejected_series_count = models.PositiveIntegerField(
        default=0, db_default=0, help_text=_("Series of which nothing is left for readers.")
    )
    clinical_count = models.GeneratedField(
        expression=F("instance_count") - F("rejected_count"),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    clinical_series_count = models.GeneratedField(
        expression=F("series_count") - F("rejected_series_count"),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    clinical_version = models.PositiveIntegerField(
        default=0,
        db_default=0,
        help_text=_("Grows with every rejection and restoring: what was kept of before is old."),
    )
    status = models.CharField(max_length=8, choices=Status, default=Status.ARRIVING)
    last_image_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = StudyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "studies"
        permissions = [
            ("view_own_study", "Can view the studies of their own orders"),
            ("match_study", "Can match a study to a scheduled procedure"),
            ("read_study", "Can read studies and see what waits to be read"),
            ("review_image", "Can keep and reject images, and mark key images"),
        ]
        indexes = [
            models.Index(fields=["-study_date", "-id"], name="study_newest_first"),
            models.Index(fields=["patient", "-study_date"], name="study_of_patient"),
            # As patterns, so that the beginning of a value finds it in any locale.
            models.Index(
                OpClass("accession_number", name="text_pattern_ops"), name="study_by_accession"
            ),
            models.Index(OpClass("study_id", name="text_pattern_ops"), name="study_by_id"),
            models.Index(fields=["study_time"], name="study_by_time"),
            GinIndex(ModalityList("modalities"), name="study_by_modality"),
            GinIndex(
                OpClass(Fold("referring_physician"), name="gin_trgm_ops"),
                OpClass("accession_number", name="gin_trgm_ops"),
                OpClass("description", name="gin_trgm_ops"),
                name="study_by_parts_of_text",
            ),
            models.Index(
                fields=["last_image_at"],
                name="study_arriving",
                condition=models.Q(status="ARRIVING"),
            ),
        ]

    def __str__(self) -> str:
        return self.description or _("Study %(pk)s") % {"pk": self.pk}

    @property
    def modality_list(self) -> list[str]:
        return [modality for modality in self.modalities.split("\\") if modality]

    def is_quiet_on(self, now: dt.datetime) -> bool:
        """No more images are to be expected: a long pause, or a short one when all is done."""
        pause = now - (self.last_image_at or self.created_at)
        if pause >= LONG_PAUSE:
            return True
        procedures = [match.procedure for match in self.matches.select_related("procedure")]
        done = (p.is_final or (p.images_wanted and p.has_all_images) for p in procedures)
        return bool(procedures) and pause >= SHORT_PAUSE and all(done)


class Series(models.Model):
    """Images of one kind from one device (PS3.3 A.1.3)."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="series")
    series_instance_uid = models.CharField(max_length=64, unique=True)
    modality = models.CharField(max_length=16, blank=True, default="")
    number = models.BigIntegerField(null=True, blank=True)
    description = models.CharField(max_length=64, blank=True, default="")
    body_part = models.CharField(max_length=16, blank=True, default="")
    laterality = models.CharField(max_length=1, blank=True, default="")
    station_name = models.CharField(max_length=16, blank=True, default="")
    manufacturer = models.CharField(max_length=64, blank=True, default="")
    sender = models.CharField(max_length=64, blank=True, default="")
    procedure = models.ForeignKey(
        ScheduledProcedure, null=True, blank=True, on_delete=models.PROTECT, related_name="series"
    )
    performed_date = models.DateField(null=True, blank=True)
    performed_time = models.TimeField(null=True, blank=True)
    requests = models.JSONField(
        default=list,
        blank=True,
        db_default=Value([], output_field=models.JSONField()),
        help_text=_("What the images say they were made for: requested procedure and step."),
    )
    instance_count = models.PositiveIntegerField(default=0)
    rejected_count = models.PositiveIntegerField(default=0)
    clinical_count = models.GeneratedField(
        expression=F("instance_count") - F("rejected_count"),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "series"
        ordering = ["number", "pk"]
        indexes = [
            models.Index(fields=["modality"], name="series_by_modality"),
            models.Index(fields=["performed_date", "performed_time"], name="series_by_performance"),
            GinIndex(OpClass("requests", name="jsonb_path_ops"), name="series_by_request"),
        ]

    def __str__(self) -> str:
        return self.description or self.modality

    @property
    def is_all_rejected(self) -> bool:
        """Nothing is left for readers."""
        return 0 < self.rejected_count >= self.instance_count


class Instance(models.Model):
    """One object: an image, a report, a trace. Its bytes lie on disk exactly as they came."""

    class Kind(models.TextChoices):
        IMAGE = "IMAGE", _("Image")
        REPORT = "REPORT", _("Structured report")
        PDF = "PDF", _("Document")
        WAVEFORM = "WAVEFORM", _("Waveform")
        VIDEO = "VIDEO", _("Video")
        PRESENTATION = "PRESENTATION", _("Presentation state")
        KEY_OBJECTS = "KEY_OBJECTS", _("Key images")
        SEGMENTATION = "SEGMENTATION", _("Segmentation")
        PLAN = "PLAN", _("Radiotherapy")
        RAW = "RAW", _("Raw data")
        OTHER = "OTHER", _("Other object")

    NOT_ACQUIRED = (Kind.REPORT, Kind.PRESENTATION, Kind.KEY_OBJECTS, Kind.SEGMENTATION)

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="instances")
    sop_instance_uid = models.CharField(max_length=64, unique=True)
    sop_class_uid = models.CharField(max_length=64)
    transfer_syntax = models.CharField(max_length=64)
    path = models.CharField(max_length=200)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    number = models.BigIntegerField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0)
    columns = models.PositiveIntegerField(default=0)
    frames = models.PositiveIntegerField(default=1)
    photometric = models.CharField(max_length=16, blank=True, default="")
    bits_allocated = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.OTHER)
    has_pixels = models.BooleanField(default=False)
    pixel_layout = models.JSONField(
        null=True, blank=True, help_text=_("Where each frame's bytes lie in the file.")
    )
    view_position = models.CharField(max_length=16, blank=True, default="")
    laterality = models.CharField(max_length=1, blank=True, default="")
    is_rejected = models.BooleanField(
        default=False, help_text=_("The last review says so; the reviews say who and why.")
    )
    fault = models.CharField(
        max_length=300, blank=True, default="", help_text=_("What is odd about it, if anything.")
    )
    filed_at = models.DateTimeField(auto_now_add=True)

    objects = InstanceQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["series", "number"], name="instance_of_series"),
            models.Index(
                fields=["series"], name="instance_rejected", condition=Q(is_rejected=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number or self.pk}"


class InstanceHeader(models.Model):
    """The attributes of one instance as DICOM JSON (PS3.18 Annex F), kept as `studies.headers`
    packs them."""

    instance = models.OneToOneField(
        Instance, on_delete=models.CASCADE, primary_key=True, related_name="header"
    )
    json = models.BinaryField()

    def __str__(self) -> str:
        return f"header of {self.instance_id}"
