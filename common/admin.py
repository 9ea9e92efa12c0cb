"""Manners of the admin: configuration is edited there, clinical records are only looked at."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _
from import_export.admin import ImportExportMixin
from import_export.forms import ExportForm

from common.refusals import Refused
from common.signals import configured


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A record that nobody changes without a verb: the admin shows it and nothing else."""

    actions = None
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Administrators configure; patients are seen on the pages, where it is noted."""
        return bool(request.user.is_superuser) and super().has_view_permission(request, obj)


class Recorded(admin.ModelAdmin):  # type: ignore[type-arg]
    """Configuration: whoever adds, changes or deletes some leaves a trace, by field names alone."""

    def _tell(self, request: HttpRequest, deed: str, subject: Model | None, **details: Any) -> None:
        details["kind"] = self.opts.label_lower
        configured.send(self.model, deed=deed, subject=subject, by=request.user, details=details)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        self._tell(request, "added", obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        if fields := fields_of(message):
            self._tell(request, "changed", obj, fields=fields)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for row in queryset:
            self._tell(request, "deleted", row)
        return super().log_deletions(request, queryset)


def fields_of(message: Any) -> list[str]:
    """The fields that Django says were changed, never their values; inlines by their model."""
    if not isinstance(message, list):
        return []
    parts = [part for step in message for part in step.values()]
    named = [part.get("fields") or [part.get("name", "")] for part in parts]
    return [str(name) for names in named for name in names if name]


class Exchanged(ImportExportMixin, Recorded):  # type: ignore[misc]
    """A catalogue that can be taken out as a file and put in again, after a look at what changes.

    A file is taken whole or not at all; its rows are known by their natural code, so that putting
    the same file in twice changes nothing.
    """

    export_form_class = ExportForm

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    @transaction.atomic
    def process_dataset(self, dataset: Any, form: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """What was looked at a moment ago may no longer fit: then nothing is taken."""
        kwargs["rollback_on_validation_errors"] = True
        result = super().process_dataset(dataset, form, request, **kwargs)
        if result.has_errors() or result.has_validation_errors():
            raise Refused(_("The file no longer fits. Nothing was imported; choose it once more."))
        self._tell(request, "imported", None, **changes_of(result))
        return result

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        rollback = kwargs.pop("rollback_on_validation_errors", True)
        given: dict[str, Any] = super().get_import_data_kwargs(**kwargs)
        return given | {"rollback_on_validation_errors": rollback}

    @transaction.atomic
    def _do_file_export(
        self, file_format: Any, request: HttpRequest, queryset: Any, export_form: Any = None
    ) -> Any:
        self._tell(request, "exported", None, format=file_format.get_extension())
        return super()._do_file_export(file_format, request, queryset, export_form)


def changes_of(result: Any) -> dict[str, int]:
    """How many rows of a file were new, and how many changed some."""
    return {deed: result.totals[deed] for deed in ("new", "update")}


class ExchangedPart(Exchanged):
    """Parts of other records, all in one list and as a file; they are written on the page of the
    record they belong to."""

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """One at a time they are changed with their neighbours; a file changes many."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
