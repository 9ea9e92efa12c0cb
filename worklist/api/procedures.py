"""Scheduled procedures for programs: the same lists and the same verbs as the pages."""

import datetime as dt

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.status import HTTP_200_OK

from equipment.models import Modality
from staff.access import StaffApiRequest
from worklist import services
from worklist.api.booking import PERMISSIONS as BOOKING
from worklist.api.booking import BookingActions
from worklist.api.listening import told
from worklist.api.shapes import DiscontinuationSerializer, ScheduledProcedureSerializer
from worklist.api_examination import PERMISSIONS as EXAMINATION
from worklist.api_examination import ExaminationActions
from worklist.models import ScheduledProcedure
from worklist.models.queries import ScheduledProcedureQuerySet


class ScheduledProcedureFilter(filters.FilterSet):  # type: ignore[misc]
    """The board's filters, by their own names."""

    day = filters.DateFilter(method="on_day", label="Scheduled on this day")
    modality = filters.ChoiceFilter(field_name="device__modality", choices=Modality.choices)
    status = filters.MultipleChoiceFilter(choices=ScheduledProcedure.Status.choices)
    accession_number = filters.CharFilter(field_name="order__accession_number")
    patient = filters.NumberFilter(field_name="order__patient")
    device = filters.CharFilter(field_name="device__ae_title")

    class Meta:
        model = ScheduledProcedure
        fields = ("step_id",)

    def on_day(
        self, found: ScheduledProcedureQuerySet, _: str, day: dt.date
    ) -> QuerySet[ScheduledProcedure]:
        return found.on(day)


class ScheduledProcedureViewSet(
    BookingActions, ExaminationActions, viewsets.ReadOnlyModelViewSet[ScheduledProcedure]
):
    """Scheduled procedures, and the verbs that move them."""

    request: StaffApiRequest
    queryset = ScheduledProcedure.objects.none()
    serializer_class = ScheduledProcedureSerializer
    filterset_class = ScheduledProcedureFilter
    action_permissions = {
        "list": "worklist.view_scheduledprocedure",
        "retrieve": "worklist.view_scheduledprocedure",
        "arrive": "worklist.register_arrival",
        **BOOKING,
        **EXAMINATION,
    }

    def get_queryset(self) -> ScheduledProcedureQuerySet:
        visible = ScheduledProcedure.objects.visible_to(self.request.user)
        return visible.with_worklist_details().in_time_order()

    def said(self, moved: ScheduledProcedure, status: int = HTTP_200_OK) -> Response:
        procedure = self.get_queryset().get(pk=moved.pk)
        return Response(ScheduledProcedureSerializer(procedure).data, status=status)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], filterset_class=None)
    def arrive(self, request: StaffApiRequest, pk: str) -> Response:
        """The patient is here."""
        return self.said(services.register_arrival(self.get_object(), by=request.user))

    @extend_schema(request=DiscontinuationSerializer, responses=ScheduledProcedureSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def discontinue(self, request: StaffApiRequest, pk: str) -> Response:
        """The examination was stopped, and why."""
        given = told(DiscontinuationSerializer, request)
        stopped = services.discontinue_procedure(self.get_object(), by=request.user, **given)
        return self.said(stopped)
