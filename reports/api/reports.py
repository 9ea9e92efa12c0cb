"""Reports for programs, with every verb of the desk."""

from typing import TypeVar

from django.db.models import Prefetch
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from equipment.models import Modality
from reports import services
from reports.api import shapes
from reports.models import Report, ReportQuerySet, ReportVersion
from staff.access import StaffApiRequest

SEE = ("reports.view_report", "reports.view_own_report")
WRITE, SIGN = "reports.write_report", "reports.sign_report"
Kind = ReportVersion.Kind
Shape = TypeVar("Shape", bound="serializers.Serializer[None]")


def told(shape: type[Shape], request: Request) -> Shape:
    """The body in this shape. Raises REST framework's 400 with the field and the reason."""
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return given


class ReportFilter(filters.FilterSet):  # type: ignore[misc]
    """The filters of the reading list, and by study, patient and accession number."""

    status = filters.MultipleChoiceFilter(choices=Report.Status.choices)
    modality = filters.ChoiceFilter(method="with_modality", choices=Modality.choices)
    patient = filters.NumberFilter(
        field_name="study__patient", min_value=1, max_value=shapes.LARGEST_KEY
    )
    study_instance_uid = filters.CharFilter(field_name="study__study_instance_uid")
    accession_number = filters.CharFilter(field_name="study__accession_number")

    class Meta:
        model = Report
        fields = ("is_flagged",)

    def with_modality(self, found: ReportQuerySet, _: str, modality: str) -> ReportQuerySet:
        return found.of_modality(modality)


class ReportViewSet(viewsets.ReadOnlyModelViewSet[Report]):
    """Reports. Whoever ordered sees their own, signed words only."""

    request: StaffApiRequest
    queryset = Report.objects.none()
    serializer_class = shapes.ReportSerializer
    filterset_class = ReportFilter
    action_permissions = {
        "list": SEE,
        "retrieve": SEE,
        "versions": SEE,
        "claim": WRITE,
        "release": WRITE,
        "draft": WRITE,
        "read_anyway": WRITE,
        "read_after_all": WRITE,
        "sign_preliminary": SIGN,
        "sign": SIGN,
        "addend": SIGN,
        "amend": SIGN,
        "correct": SIGN,
        "retract": SIGN,
        "no_read_required": SIGN,
        "acknowledge": "reports.acknowledge_report",
    }

    def get_queryset(self) -> ReportQuerySet:
        visible: ReportQuerySet = Report.objects.visible_to(self.request.user)
        versions = Prefetch("versions", queryset=ReportVersion.objects.with_people())
        rows = visible.select_related("study__order", "claimed_by").prefetch_related(versions)
        return rows.most_urgent_first()

    def said(self, report: Report) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=report.pk)).data)

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        """One report. Opening it is recorded."""
        report = self.get_object()
        services.view_report(report, by=self.request.user, how="api")
        return Response(self.get_serializer(report).data)

    @extend_schema(responses=shapes.ReportVersionSerializer(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def versions(self, request: StaffApiRequest, pk: str) -> Response:
        """Every version that was signed, first to last. Opening them is recorded."""
        report = self.get_object()
        services.view_report(report, by=request.user, how="api")
        seen = shapes.versions_for(report, request.user)
        return Response(shapes.ReportVersionSerializer(seen, many=True).data)

    @extend_schema(request=shapes.ClaimSerializer, responses=shapes.ReportSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def claim(self, request: StaffApiRequest, pk: str) -> Response:
        """Take a study to read, for half an hour that each saving renews."""
        given = told(shapes.ClaimSerializer, request).validated_data
        return self.said(services.claim_study(self.get_object(), by=request.user, **given))

    @extend_schema(request=None, responses=shapes.ReportSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def release(self, request: StaffApiRequest, pk: str) -> Response:
        """Put it back on the list; what was written stays."""
        return self.said(services.release_study(self.get_object(), by=request.user))

    @extend_schema(request=shapes.NumberedWordsSerializer, responses=shapes.ReportSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def draft(self, request: StaffApiRequest, pk: str) -> Response:
        """Keep what is written. 409 when something newer is kept already."""
        given = told(shapes.NumberedWordsSerializer, request)
        number = given.validated_data["number"]
        report = self.get_object()
        saved = services.save_draft(report, by=request.user, words=given.words(), number=number)
        return self.said(saved)

    @extend_schema(request=shapes.WhySerializer, responses=shapes.ReportSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def read_anyway(self, request: StaffApiRequest, pk: str) -> Response:
        """Read a study as it is, although images are missing or its examination is open."""
        given = told(shapes.WhySerializer, request).validated_data
        return self.said(services.read_anyway(self.get_object(), by=request.user, **given))

    @extend_schema(request=None, responses=shapes.ReportSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def read_after_all(self, request: StaffApiRequest, pk: str) -> Response:
        """A report is wanted although none was required."""
        return self.said(services.read_after_all(self.get_object(), by=request.user))

    @extend_schema(request=shapes.WordsSerializer, responses=shapes.ReportSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def sign_preliminary(self, request: StaffApiRequest, pk: str) -> Response:
        """Give out preliminary words, inside the department."""
        return self.first(request, Kind.PRELIMINARY)

    @extend_schema(request=shapes.WordsSerializer, responses=shapes.ReportSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def sign(self, request: StaffApiRequest, pk: str) -> Response:
        """Sign for good. From here on words are only added to, amended or corrected."""
        return self.first(request, Kind.FINAL)

    def first(self, request: StaffApiRequest, kind: str) -> Response:
        words = told(shapes.WordsSerializer, request).words()
        report = self.get_object()
        services.sign_report(report, by=request.user, words=words, kind=kind)
        return self.said(report)

    @extend_schema(request=shapes.LaterWordsSerializer, responses=shapes.ReportSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def addend(self, request: StaffApiRequest, pk: str) -> Response:
        """Add to what is signed."""
        return self.later(request, Kind.ADDENDUM)

    @extend_schema(request=shapes.LaterWordsSerializer, responses=shapes.ReportSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def amend(self, request: StaffApiRequest, pk: str) -> Response:
        """Say something else than what is signed."""
        return self.later(request, Kind.AMENDMENT)

    @extend_schema(request=shapes.LaterWordsSerializer, responses=shapes.ReportSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def correct(self, request: StaffApiRequest, pk: str) -> Response:
        """Mend what was written wrongly."""
        return self.later(request, Kind.CORRECTION)

    def later(self, request: StaffApiRequest, kind: str) -> Response:
        given = told(shapes.LaterWordsSerializer, request)
        report, reason = self.get_object(), given.validated_data["reason"]
        services.sign_later(report, kind=kind, by=request.user, words=given.words(), reason=reason)
        return self.said(report)

    @extend_schema(request=shapes.WhySerializer, responses=shapes.ReportSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def retract(self, request: StaffApiRequest, pk: str) -> Response:
        """Say that it was entered in error."""
        given = told(shapes.WhySerializer, request).validated_data
        report = self.get_object()
        services.retract(report, by=request.user, **given)
        return self.said(report)

    @extend_schema(request=shapes.WhySerializer, responses=shapes.ReportSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def no_read_required(self, request: StaffApiRequest, pk: str) -> Response:
        """Nobody has to report this study."""
        given = told(shapes.WhySerializer, request).validated_data
        return self.said(services.no_read_required(self.get_object(), by=request.user, **given))

    @extend_schema(request=shapes.AcknowledgingSerializer, responses=shapes.ReportSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def acknowledge(self, request: StaffApiRequest, pk: str) -> Response:
        """Whoever ordered has read the version that counts."""
        given = told(shapes.AcknowledgingSerializer, request).validated_data
        report = self.get_object()
        services.acknowledge(report, by=request.user, **given)
        return self.said(report)
