"""Maintenance that comes round again, for programs."""

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from equipment import services
from equipment.api.answers import KEY, REFUSED, read
from equipment.models import Device, MaintenanceKind, MaintenancePlan, MaintenancePlanQuerySet
from equipment.recurrence import LONGEST_RULE, rule_of
from staff.access import StaffApiRequest


class MaintenancePlanSerializer(serializers.ModelSerializer[MaintenancePlan]):
    """A recurrence rule, and how early and late the work may be done."""

    device_name = serializers.CharField(source="device.name", read_only=True)
    rhythm = serializers.CharField(read_only=True)

    class Meta:
        model = MaintenancePlan
        fields = (
            *("id", "device", "device_name", "kind", "title", "instructions", "rrule", "rhythm"),
            *("starts_on", "window_before", "window_after", "minutes", "next_due_on", "is_active"),
        )
        read_only_fields = fields


class PlanChangeSerializer(serializers.Serializer[None]):
    """What may be changed about a plan; what is left out stays."""

    kind = serializers.ChoiceField(choices=MaintenanceKind.choices, required=False)
    title = serializers.CharField(max_length=120, required=False)
    instructions = serializers.CharField(required=False, allow_blank=True, max_length=8000)
    rrule = serializers.CharField(max_length=LONGEST_RULE, required=False)
    starts_on = serializers.DateField(required=False)
    window_before = serializers.IntegerField(min_value=0, max_value=365, required=False)
    window_after = serializers.IntegerField(min_value=0, max_value=365, required=False)
    minutes = serializers.IntegerField(min_value=1, max_value=10080, required=False)
    is_active = serializers.BooleanField(required=False)

    def validate_rrule(self, rule: str) -> str:
        try:
            rule_of(rule)
        except ValidationError as why:
            raise serializers.ValidationError(why.messages) from why
        return rule


class PlanSerializer(PlanChangeSerializer):
    """A plan for a device."""

    device = serializers.PrimaryKeyRelatedField(queryset=Device.objects.not_retired())
    title = serializers.CharField(max_length=120)
    rrule = serializers.CharField(max_length=LONGEST_RULE)
    starts_on = serializers.DateField()


class MaintenancePlanViewSet(viewsets.ReadOnlyModelViewSet[MaintenancePlan]):
    """Plans: what comes round, when next."""

    request: StaffApiRequest
    queryset = MaintenancePlan.objects.none()
    serializer_class = MaintenancePlanSerializer
    lookup_value_regex = KEY
    filterset_fields = ("device", "kind", "is_active")
    action_permissions = {
        "list": "equipment.view_device",
        "retrieve": "equipment.view_device",
        "create": "equipment.log_maintenance",
        "change": "equipment.log_maintenance",
    }

    def get_queryset(self) -> MaintenancePlanQuerySet:
        return MaintenancePlan.objects.visible_to(self.request.user).with_device()

    def said(self, plan: MaintenancePlan) -> dict[str, object]:
        return dict(MaintenancePlanSerializer(self.get_queryset().get(pk=plan.pk)).data)

    @extend_schema(request=PlanSerializer, responses={201: MaintenancePlanSerializer} | REFUSED)
    def create(self, request: StaffApiRequest) -> Response:
        """Let maintenance of a device come round again."""
        given = read(PlanSerializer, request)
        plan = services.make_plan(given.pop("device"), given, by=request.user)
        return Response(self.said(plan), status=status.HTTP_201_CREATED)

    @extend_schema(
        request=PlanChangeSerializer, responses={200: MaintenancePlanSerializer} | REFUSED
    )
    @action(detail=True, methods=["post"])
    def change(self, request: StaffApiRequest, pk: str) -> Response:
        """Change what is done, how often, or whether at all."""
        plan, given = self.get_object(), read(PlanChangeSerializer, request)
        return Response(self.said(services.change_plan(plan, given, by=request.user)))
