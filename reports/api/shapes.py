"""What the API says of reports and notes, and what it wants to be told."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reports.models import Acknowledgement, PreliminaryNote, Report, ReportVersion
from reports.results import Result
from reports.words import LONGEST, Words

LARGEST_KEY = 2**63 - 1
LARGEST_COUNT = 2**31 - 1


class AcknowledgementSerializer(serializers.ModelSerializer[Acknowledgement]):
    """Whoever asked has read it."""

    by = serializers.CharField(source="by.username", read_only=True)

    class Meta:
        model = Acknowledgement
        fields = ("by", "at", "comment")


class ReportVersionSerializer(serializers.ModelSerializer[ReportVersion]):
    """Words as they were signed; they never change."""

    signed_by = serializers.CharField(source="signed_by.username", read_only=True)
    acknowledgements = AcknowledgementSerializer(many=True, read_only=True)

    class Meta:
        model = ReportVersion
        fields = (
            *("number", "kind", "technique", "findings", "impression"),
            *("reason", "signed_by", "signed_at", "acknowledgements"),
        )
        read_only_fields = fields


class DraftSerializer(serializers.Serializer[Report]):
    """What is written and not signed."""

    number = serializers.IntegerField(source="draft_number", read_only=True)
    becomes = serializers.CharField(
        source="draft_kind", read_only=True, help_text="Empty for a first report."
    )
    technique = serializers.CharField(read_only=True)
    findings = serializers.CharField(read_only=True)
    impression = serializers.CharField(read_only=True)
    saved_at = serializers.DateTimeField(source="draft_saved_at", read_only=True, allow_null=True)


class ReportSerializer(serializers.ModelSerializer[Report]):
    """How far the report of a study is, and what is signed. Drafts are shown to readers alone."""

    study_instance_uid = serializers.CharField(source="study.study_instance_uid", read_only=True)
    accession_number = serializers.CharField(source="study.accession_number", read_only=True)
    patient = serializers.IntegerField(source="study.patient_id", read_only=True)
    claimed_by = serializers.CharField(source="claimed_by.username", read_only=True, default=None)
    version = serializers.SerializerMethodField(help_text="The version that counts, if any.")
    draft = serializers.SerializerMethodField(help_text="For readers; null for whoever asked.")

    class Meta:
        model = Report
        fields = (
            *("id", "study", "study_instance_uid", "accession_number", "patient", "status"),
            *("urgency", "is_flagged", "waiting_since", "due_at", "claimed_by", "claimed_until"),
            *("reason", "version", "draft"),
        )
        read_only_fields = fields

    @extend_schema_field(ReportVersionSerializer(allow_null=True))
    def get_version(self, report: Report) -> dict[str, Any] | None:
        versions = versions_for(report, self.context["request"].user)
        return dict(ReportVersionSerializer(versions[-1]).data) if versions else None

    @extend_schema_field(DraftSerializer(allow_null=True))
    def get_draft(self, report: Report) -> dict[str, Any] | None:
        may_see = self.context["request"].user.has_perm("reports.view_report")
        return dict(DraftSerializer(report).data) if may_see else None


def versions_for(report: Report, user: Any) -> list[ReportVersion]:
    """The versions this person may read: whoever asked sees what counts, and nothing else."""
    if user.has_perm("reports.view_report"):
        return list(report.versions.all())
    document = Result(report.study.order, report.study, report, user).document
    return [document.base, *document.addenda] if document else []


class WordsSerializer(serializers.Serializer[None]):
    """The three parts of a report."""

    technique = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=LONGEST, trim_whitespace=False
    )
    findings = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=LONGEST, trim_whitespace=False
    )
    impression = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=LONGEST, trim_whitespace=False
    )

    def words(self) -> Words:
        return Words.sent(self.validated_data)


class NumberedWordsSerializer(WordsSerializer):
    """The words, and the saving they are based on: an older one overwrites nothing."""

    number = serializers.IntegerField(min_value=0, max_value=LARGEST_COUNT)


class LaterWordsSerializer(WordsSerializer):
    """The words, and why the signed ones were not enough."""

    reason = serializers.CharField(max_length=200)


class WhySerializer(serializers.Serializer[None]):
    """Why."""

    reason = serializers.CharField(max_length=200)


class ClaimSerializer(serializers.Serializer[None]):
    """A reason is needed to take a study over from somebody who holds it."""

    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class AcknowledgingSerializer(serializers.Serializer[None]):
    """`number` is the version that was read; a newer one has to be read first."""

    comment = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    number = serializers.IntegerField(
        min_value=1, max_value=LARGEST_COUNT, required=False, allow_null=True, default=None
    )


class PreliminaryNoteSerializer(serializers.ModelSerializer[PreliminaryNote]):
    """What the technician noticed. Notes are never changed; the last one counts."""

    procedure = serializers.IntegerField(source="procedure_id", read_only=True)
    by = serializers.CharField(source="by.username", read_only=True)
    key_images = serializers.SlugRelatedField[Any](
        slug_field="sop_instance_uid", many=True, read_only=True
    )

    class Meta:
        model = PreliminaryNote
        fields = ("id", "procedure", "verdict", "words", "key_images", "at", "by")


class NotingSerializer(serializers.Serializer[None]):
    """A note about a procedure. Words are needed unless nothing was noticed."""

    procedure = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY)
    verdict = serializers.ChoiceField(choices=PreliminaryNote.Verdict.choices)
    words = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
