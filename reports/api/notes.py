"""Preliminary notes for programs."""

from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import status, viewsets
from rest_framework.response import Response

from reports import services
from reports.api import shapes
from reports.models import PreliminaryNote, PreliminaryNoteQuerySet
from staff.access import StaffApiRequest
from worklist.models import ScheduledProcedure

SEE = ("reports.view_report", "reports.write_note")


class PreliminaryNoteFilter(filters.FilterSet):  # type: ignore[misc]
    """By procedure and verdict."""

    procedure = filters.NumberFilter(min_value=1, max_value=shapes.LARGEST_KEY)

    class Meta:
        model = PreliminaryNote
        fields = ("verdict",)


class PreliminaryNoteViewSet(viewsets.ReadOnlyModelViewSet[PreliminaryNote]):
    """What technicians noticed. Written once; a correction is another note."""

    request: StaffApiRequest
    queryset = PreliminaryNote.objects.none()
    serializer_class = shapes.PreliminaryNoteSerializer
    filterset_class = PreliminaryNoteFilter
    action_permissions = {"list": SEE, "retrieve": SEE, "create": "reports.write_note"}

    def get_queryset(self) -> PreliminaryNoteQuerySet:
        notes: PreliminaryNoteQuerySet = PreliminaryNote.objects.all()
        return notes.newest_first().prefetch_related("key_images")

    @extend_schema(
        request=shapes.NotingSerializer, responses={201: shapes.PreliminaryNoteSerializer}
    )
    def create(self, request: StaffApiRequest) -> Response:
        """Note what was noticed, with the key images as they are marked now."""
        given = shapes.NotingSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        visible = ScheduledProcedure.objects.visible_to(request.user)
        procedure = get_object_or_404(visible, pk=given.validated_data.pop("procedure"))
        note = services.write_note(procedure, by=request.user, **given.validated_data)
        answer = shapes.PreliminaryNoteSerializer(self.get_queryset().get(pk=note.pk)).data
        return Response(answer, status=status.HTTP_201_CREATED)
