"""Orders for programs: asked for, looked at, taken back."""

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED

from equipment.models import Modality
from staff.access import StaffApiRequest
from worklist import services
from worklist.api.listening import told
from worklist.api.shapes import DiscontinuationSerializer, OrderSerializer, PlacingSerializer
from worklist.models import Order
from worklist.models.order import OrderQuerySet

SEE_ORDERS = ("worklist.view_scheduledprocedure", "worklist.view_own_order")


class OrderFilter(filters.FilterSet):  # type: ignore[misc]
    """By patient, identifiers, urgency and how far it is."""

    status = filters.MultipleChoiceFilter(choices=Order.Status.choices)
    priority = filters.MultipleChoiceFilter(choices=Order.Priority.choices)
    modality = filters.ChoiceFilter(field_name="procedure_type__modality", choices=Modality.choices)
    patient = filters.NumberFilter(field_name="patient")

    class Meta:
        model = Order
        fields = ("accession_number", "study_instance_uid")


class OrderViewSet(viewsets.ReadOnlyModelViewSet[Order]):
    """Orders. A referrer sees their own."""

    request: StaffApiRequest
    queryset = Order.objects.none()
    serializer_class = OrderSerializer
    filterset_class = OrderFilter
    action_permissions = {
        "list": SEE_ORDERS,
        "retrieve": SEE_ORDERS,
        "create": "worklist.place_order",
        "cancel": "worklist.cancel_procedure",
    }

    def get_queryset(self) -> OrderQuerySet:
        return Order.objects.visible_to(self.request.user).with_type().newest_first()

    @extend_schema(request=PlacingSerializer, responses={201: OrderSerializer})
    def create(self, request: StaffApiRequest) -> Response:
        """Ask for an examination. Its identifiers are minted here."""
        given = told(PlacingSerializer, request)
        patient, kind = given.pop("patient"), given.pop("procedure_type")
        order = services.place_order(patient, kind, by=request.user, **given)
        return Response(OrderSerializer(order).data, status=HTTP_201_CREATED)

    @extend_schema(request=DiscontinuationSerializer, responses=OrderSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def cancel(self, request: StaffApiRequest, pk: str) -> Response:
        """Take the whole request back; its steps that have not begun are cancelled with it."""
        given = told(DiscontinuationSerializer, request)
        order = services.cancel_order(self.get_object(), by=request.user, **given)
        return Response(OrderSerializer(order).data)
