"""How a catalogue becomes a file and comes back: rows by natural codes, bad ones by line."""

import re
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from import_export.fields import NOT_PROVIDED, Field
from import_export.resources import Diff, ModelResource
from import_export.tmp_storages import CacheStorage
from import_export.widgets import ForeignKeyWidget, ManyToManyWidget

from common.refusals import Refused


class Waiting(CacheStorage):  # type: ignore[misc]
    """A file that was looked at and waits for the word: where every web process finds it."""

    CACHE_LIFETIME = 3600

    def read(self) -> bytes:
        found: bytes | None = super().read()
        if found is None:
            raise Refused(_("The file has waited too long. Choose it once more."))
        return found


class Code(ForeignKeyWidget):  # type: ignore[misc]
    """Another record, by its code; one that is not there is named."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Model | None:
        try:
            found: Model | None = super().clean(value, row, **kwargs)
        except self.model.DoesNotExist:
            raise ValidationError(unknown(self.model, [str(value)])) from None
        return found


class Codes(ManyToManyWidget):  # type: ignore[misc]
    """Other records, by their codes with commas between, in the order of the alphabet."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> "QuerySet[Any]":
        found: QuerySet[Any] = super().clean(str(value or ""), row, **kwargs)
        known = set(found.values_list(self.field, flat=True))
        missing = {code.strip() for code in str(value or "").split(self.separator)} - known - {""}
        if missing:
            raise ValidationError(unknown(self.model, sorted(missing)))
        return found

    def render(self, value: Any, obj: Model | None = None, **kwargs: Any) -> str:
        rows = value.all() if value is not None else ()
        return str(self.separator).join(sorted(str(getattr(row, self.field)) for row in rows))


def unknown(model: type[Model], codes: Sequence[str]) -> str:
    return _("There is no %(kind)s %(codes)s.") % {
        "kind": model._meta.verbose_name,
        "codes": ", ".join(codes),
    }


class Marked(Diff):  # type: ignore[misc]
    """What a row would change, marked without inline styles: our policy lets none through."""

    def as_html(self) -> list[str]:
        marked = (
            re.sub(r"<(ins|del) style=[^>]*>", r"<\1>", str(text)) for text in super().as_html()
        )
        return [mark_safe(text) for text in marked]  # noqa: S308 - the library has escaped it


class CatalogueResource(ModelResource):  # type: ignore[misc]
    """One kind of row. Every row is checked as the form would check it."""

    @classmethod
    def get_diff_class(cls) -> type[Marked]:
        return Marked

    @classmethod
    def field_from_django_field(cls, *args: Any, **kwargs: Any) -> Field:
        """An empty cell means nothing, not what a new row begins with; a missing column does."""
        field = super().field_from_django_field(*args, **kwargs)
        field.default = NOT_PROVIDED
        return field

    def import_field(self, field: Field, instance: Model, row: Any, *args: Any, **kw: Any) -> None:
        """Letters where a number belongs are said in words, beside the column."""
        try:
            super().import_field(field, instance, row, *args, **kw)
        except ArithmeticError:
            raise ValueError(_("“%s” is not a number.") % row.get(field.column_name)) from None

    class Meta:
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
        use_transactions = True
