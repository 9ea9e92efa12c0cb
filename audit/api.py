"""The trail for programs: read only, newest first, page after page by a cursor."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from audit.models import Entry, EntryQuerySet
from audit.question import LATEST, OLDEST
from audit.verbs import Group
from staff.access import StaffApiRequest

LARGEST_KEY = 2**63 - 1


class EntrySerializer(serializers.ModelSerializer[Entry]):
    """Who did what to which record, in keys and codes."""

    group = serializers.ChoiceField(choices=Group.choices, read_only=True)
    person = serializers.IntegerField(source="actor_id", read_only=True, allow_null=True)
    username = serializers.SerializerMethodField()
    machine = serializers.CharField(source="actor_label", read_only=True)
    roles = serializers.ListField(child=serializers.CharField(), read_only=True)
    patient = serializers.IntegerField(source="patient_id", read_only=True, allow_null=True)
    details = serializers.DictField(read_only=True)

    class Meta:
        model = Entry
        fields = (
            *("id", "at", "verb", "group", "person", "username", "machine", "roles", "origin"),
            *("subject_type", "subject_id", "patient", "details"),
        )

    def get_username(self, entry: Entry) -> str:
        """How the person signs in; empty for a machine."""
        return entry.actor.get_username() if entry.actor else ""


class KeyFilter(filters.NumberFilter):  # type: ignore[misc]
    """A key; what could not be one is refused with a sentence."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=0, max_value=LARGEST_KEY, **kwargs)


class DayFilter(filters.DateFilter):  # type: ignore[misc]
    """A day that every time zone can hold."""

    class field_class(forms.DateField):  # noqa: N801 — django-filter's own name for it
        def clean(self, value: Any) -> dt.date | None:
            day: dt.date | None = super().clean(value)
            if day is not None and not OLDEST <= day <= LATEST:
                raise forms.ValidationError(_("This day is out of reach."))
            return day


class EntryFilter(filters.FilterSet):  # type: ignore[misc]
    """The filters of the trail's page, by the same names."""

    person = KeyFilter(method="ask_key", label="Key of the person who did it")
    role = filters.CharFilter(method="ask", max_length=80, label="Role held at the time")
    patient = KeyFilter(method="ask_key", label="Key of the patient whose trail it belongs to")
    verb = filters.CharFilter(method="ask", max_length=64, label="Such as study.viewed")
    group = filters.ChoiceFilter(method="ask", choices=Group.choices, label="Kind of deed")
    since = DayFilter(method="ask_day", label="First day, in the department's time zone")
    until = DayFilter(method="ask_day", label="Last day, which counts")
    subject_type = filters.CharFilter(max_length=80, label="Such as studies.study")
    subject_id = filters.CharFilter(max_length=80, label="Key of the record")

    class Meta:
        model = Entry
        fields: tuple[str, ...] = ()

    QUESTIONS: dict[str, Callable[..., EntryQuerySet]] = {
        "person": EntryQuerySet.by,
        "role": EntryQuerySet.in_role,
        "patient": EntryQuerySet.about_patient,
        "verb": EntryQuerySet.of_verb,
        "group": EntryQuerySet.of_group,
        "since": EntryQuerySet.since,
        "until": EntryQuerySet.until,
    }

    # Three, so that the description of the API can say what each takes.
    def ask(self, found: EntryQuerySet, name: str, value: str) -> QuerySet[Entry]:
        return self.QUESTIONS[name](found, value)

    def ask_key(self, found: EntryQuerySet, name: str, value: int) -> QuerySet[Entry]:
        return self.QUESTIONS[name](found, value)

    def ask_day(self, found: EntryQuerySet, name: str, value: dt.date) -> QuerySet[Entry]:
        return self.QUESTIONS[name](found, value)


class NewestFirst(CursorPagination):
    """By moment and key: a page is found as fast after a million entries as at the start."""

    ordering = ("-at", "-pk")
    page_size = 100
    max_page_size = 500
    page_size_query_param = "limit"

    def decode_cursor(self, request: Request) -> Cursor | None:
        """A cursor is ours or it is refused; the database is never asked for nonsense."""
        try:
            cursor = super().decode_cursor(request)
            if cursor and cursor.position:
                _moment(str(cursor.position))
        except (ValueError, OverflowError) as why:
            raise serializers.ValidationError({"cursor": [_("Not a cursor of ours.")]}) from why
        return cursor


def _moment(text: str) -> dt.datetime:
    """The moment a cursor stands at."""
    moment = parse_datetime(text)
    if moment is None or moment.tzinfo is None:
        raise ValueError(text)
    return moment


class EntryViewSet(viewsets.ReadOnlyModelViewSet[Entry]):
    """Who did what to which record. Nothing here can be changed, by anybody."""

    request: StaffApiRequest
    queryset = Entry.objects.none()
    serializer_class = EntrySerializer
    filterset_class = EntryFilter
    pagination_class = NewestFirst
    lookup_value_regex = "[0-9]{1,18}"
    action_permissions = {"list": "audit.view_entry", "retrieve": "audit.view_entry"}

    def get_queryset(self) -> EntryQuerySet:
        return Entry.objects.visible_to(self.request.user).newest_first()

    @extend_schema(parameters=[OpenApiParameter("id", OpenApiTypes.INT64, OpenApiParameter.PATH)])
    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        """One entry."""
        return super().retrieve(request, *args, **kwargs)
