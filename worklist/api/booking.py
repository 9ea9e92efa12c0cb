"""Booking for programs: the verbs before an examination begins."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED

from staff.access import StaffApiRequest
from worklist import services
from worklist.api.listening import told
from worklist.api.shapes import (
    BookingSerializer,
    DiscontinuationSerializer,
    HoldSerializer,
    MovingSerializer,
    ScheduledProcedureSerializer,
    SqueezingSerializer,
)

PERMISSIONS = {
    "schedule": "worklist.book_procedure",
    "move": "worklist.book_procedure",
    "squeeze": "worklist.book_procedure",
    "hold": "worklist.perform_procedure",
    "resume": "worklist.perform_procedure",
    "cancel": "worklist.cancel_procedure",
    "no_show": "worklist.register_arrival",
}


class BookingActions:
    """The verbs before the start, mixed into the viewset of scheduled procedures."""

    get_object: Any
    said: Callable[..., Response]

    @extend_schema(request=BookingSerializer, responses={201: ScheduledProcedureSerializer})
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def schedule(self, request: StaffApiRequest) -> Response:
        """Put an order on the list of a device. 409 says what is there at that time."""
        given = told(BookingSerializer, request)
        booked = services.schedule_procedure(given.pop("order"), by=request.user, **given)
        return self.said(booked, HTTP_201_CREATED)

    @extend_schema(request=MovingSerializer, responses=ScheduledProcedureSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def move(self, request: StaffApiRequest, pk: str) -> Response:
        """Another device, another time, or both. 409 says what is there."""
        given = told(MovingSerializer, request)
        return self.said(services.move_procedure(self.get_object(), by=request.user, **given))

    @extend_schema(request=SqueezingSerializer, responses=ScheduledProcedureSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def squeeze(self, request: StaffApiRequest, pk: str) -> Response:
        """The same, even if the device is taken then: it goes in between."""
        given = told(SqueezingSerializer, request) | {"squeeze": True}
        return self.said(services.move_procedure(self.get_object(), by=request.user, **given))

    @extend_schema(request=HoldSerializer, responses=ScheduledProcedureSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def hold(self, request: StaffApiRequest, pk: str) -> Response:
        """Wait with it, and say for what."""
        given = told(HoldSerializer, request)
        return self.said(services.hold_procedure(self.get_object(), by=request.user, **given))

    @extend_schema(request=None, responses=ScheduledProcedureSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def resume(self, request: StaffApiRequest, pk: str) -> Response:
        """Go on from where it was put on hold."""
        return self.said(services.resume_procedure(self.get_object(), by=request.user))

    @extend_schema(request=DiscontinuationSerializer, responses=ScheduledProcedureSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def cancel(self, request: StaffApiRequest, pk: str) -> Response:
        """Take off the list what has not begun."""
        given = told(DiscontinuationSerializer, request)
        return self.said(services.cancel_procedure(self.get_object(), by=request.user, **given))

    @extend_schema(request=None, responses=ScheduledProcedureSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def no_show(self, request: StaffApiRequest, pk: str) -> Response:
        """Nobody came."""
        return self.said(services.mark_no_show(self.get_object(), by=request.user))
