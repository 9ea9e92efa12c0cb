"""The demonstration lives through its past: the same verbs as everybody's, at other times."""

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from django.apps import apps
from django.db.models import Field
from django.utils import timezone

NOW = timezone.now


class Clock:
    """A clock that stands where it is put."""

    def __init__(self, moment: dt.datetime) -> None:
        self.moment = moment

    def now(self) -> dt.datetime:
        return self.moment


@contextmanager
def turned_back() -> Iterator[Clock]:
    """While this lasts, `timezone.now()` and the columns that begin with it say what we set.

    Only for loading: one process, one thread, before anybody is served.
    """
    clock = Clock(timezone.now())
    with ExitStack() as stack:
        stack.enter_context(patch.object(timezone, "now", clock.now))
        for field in _dated_fields():
            stack.enter_context(patch.object(field, "_get_default", clock.now))
        yield clock


def _dated_fields() -> list["Field[object, object]"]:
    """Columns whose default is the present: they keep the function, not its name."""
    models = (model for model in apps.get_models())
    fields = (field for model in models for field in model._meta.local_concrete_fields)
    return [field for field in fields if field.default is NOW]
