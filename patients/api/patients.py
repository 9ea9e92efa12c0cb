"""Patients for programs. Opening one is recorded, as on the pages."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from patients import services
from patients.api.person import LOOKS_KNOWN, CorrectedSerializer, RegisteredSerializer
from patients.likeness import Likely, likely_known
from patients.models import Alert, Identifier, Patient, PatientQuerySet
from patients.search import PAGE, Search, words_of
from staff.access import StaffApiRequest


class MarkSerializer(serializers.ModelSerializer[Alert]):
    """Something to know before touching the patient, in brief; see /api/alerts/ for all of it."""

    class Meta:
        model = Alert
        fields = ("id", "kind", "severity", "text", "source", "noted_at")


class NumberSerializer(serializers.ModelSerializer[Identifier]):
    """Another number of the same person."""

    class Meta:
        model = Identifier
        fields = ("id", "kind", "value", "issuer")


class PatientSerializer(serializers.ModelSerializer[Patient]):
    """Who it is: names as DICOM component groups."""

    alerts = MarkSerializer(many=True, read_only=True)
    identifiers = NumberSerializer(many=True, read_only=True)

    class Meta:
        model = Patient
        fields = (
            "id",
            "patient_id",
            "issuer",
            "name_alphabetic",
            "name_ideographic",
            "name_phonetic",
            "birth_date",
            "sex",
            "language",
            "phone",
            "email",
            "address",
            "contact_person",
            "contact_phone",
            "weight_kg",
            "height_cm",
            "is_confidential",
            "is_provisional",
            "created_at",
            "identifiers",
            "alerts",
        )
        read_only_fields = fields


class LikelySerializer(serializers.Serializer[Likely]):
    """Somebody on record who may be the same person."""

    patient = serializers.IntegerField(source="patient.pk")
    patient_id = serializers.CharField(source="patient.patient_id")
    name_alphabetic = serializers.CharField(source="patient.name_alphabetic", allow_blank=True)
    birth_date = serializers.DateField(source="patient.birth_date", allow_null=True)
    last_visit = serializers.DateTimeField(allow_null=True)
    reasons = serializers.ListField(child=serializers.CharField())


class KnownAlreadySerializer(serializers.Serializer[None]):
    """Why nobody was registered, and whom to look at. `likely` is there when people look alike."""

    detail = serializers.CharField()
    likely = LikelySerializer(many=True, required=False)


class SearchSerializer(serializers.Serializer[None]):
    """What to look for: name in any script, record number, accession number, birth date."""

    search = serializers.CharField(max_length=200)


class FoundSerializer(serializers.Serializer[None]):
    """The likeliest first. `is_guess`: nobody is called exactly so, these nearly."""

    is_guess = serializers.BooleanField()
    has_more = serializers.BooleanField()
    results = PatientSerializer(many=True)


class PatientFilter(filters.FilterSet):  # type: ignore[misc]
    """`search` finds as the page does, spelling counting; the others match exactly.

    What stands in an address is kept by servers between: post to `search/` what names a person.
    """

    search = filters.CharFilter(
        method="by_words", label="Name, record number, accession or birth date"
    )

    class Meta:
        model = Patient
        fields = ("patient_id", "issuer", "birth_date", "is_provisional")

    def by_words(self, found: PatientQuerySet, _: str, words: str) -> QuerySet[Patient]:
        return found.matching(" ".join(words_of(words)))


class PatientViewSet(viewsets.ReadOnlyModelViewSet[Patient]):
    """Patients of the department, and the verbs of their identity."""

    request: StaffApiRequest
    queryset = Patient.objects.none()
    serializer_class = PatientSerializer
    filterset_class = PatientFilter
    action_permissions = {
        "list": "patients.view_patient",
        "retrieve": "patients.view_patient",
        "search": "patients.view_patient",
        "create": "patients.add_patient",
        "correct": "patients.correct_patient",
    }

    def get_queryset(self) -> PatientQuerySet:
        visible = Patient.objects.visible_to(self.request.user)
        return visible.with_alerts().with_identifiers().in_name_order()

    def said(self, patient: Patient, code: int = status.HTTP_200_OK) -> Response:
        shown = self.get_queryset().get(pk=patient.pk)
        return Response(PatientSerializer(shown).data, status=code)

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        """One patient. That it was opened is recorded."""
        patient = self.get_object()
        services.view_patient(patient, by=self.request.user, how="api")
        return Response(self.get_serializer(patient).data)

    @extend_schema(request=SearchSerializer, responses=FoundSerializer)
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def search(self, request: StaffApiRequest) -> Response:
        """The page's search, which forgives a slip of the finger; nothing stands in the address."""
        given = SearchSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        words = " ".join(words_of(given.validated_data["search"]))
        found = Search(request.user, words, most=PAGE)
        people = PatientSerializer(found.patients, many=True).data
        answer = {"is_guess": found.is_guess, "has_more": found.has_more, "results": people}
        return Response(answer)

    @extend_schema(
        request=RegisteredSerializer,
        responses={201: PatientSerializer, 409: KnownAlreadySerializer},
    )
    def create(self, request: StaffApiRequest) -> Response:
        """Register somebody. 409 with `likely` when they look like somebody on record: send their
        keys as `somebody_else` once a person has looked."""
        given = RegisteredSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        judged = set(given.validated_data.get("somebody_else", ()))
        likely = likely_known(given.stranger(), to=request.user)
        if any(one.patient.pk not in judged for one in likely):
            said = [LikelySerializer(one).data for one in likely]
            answer = {"detail": LOOKS_KNOWN, "likely": said}
            return Response(answer, status=status.HTTP_409_CONFLICT)
        registered = services.register_patient(
            given.validated_data.get("patient_id", ""),
            given.identity(),
            by=request.user,
            issuer=given.validated_data.get("issuer", ""),
            contact=given.contact(),
            somebody_else={one.patient.pk for one in likely},
        )
        return self.said(registered, status.HTTP_201_CREATED)

    @extend_schema(request=CorrectedSerializer, responses=PatientSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def correct(self, request: StaffApiRequest, pk: str) -> Response:
        """Write down who this really is. What is not sent stays as it is."""
        patient = self.get_object()
        given = CorrectedSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        corrected = services.correct_identity(
            patient,
            given.identity(patient),
            by=request.user,
            reason=given.validated_data["reason"],
            contact=given.contact(patient),
            number=given.number(),
        )
        return self.said(corrected)
