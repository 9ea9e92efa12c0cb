"""Phantoms as DICOM objects for one scheduled procedure, as its device would send them."""

from collections.abc import Iterator
from typing import Protocol

from demo.objects.ct import PROTOCOLS, ct_objects
from demo.objects.loops import LOOPS, us_objects, xa_objects
from demo.objects.mammography import mg_objects
from demo.objects.mr import SEQUENCES, mr_objects
from demo.objects.radiography import VIEWS, dx_objects
from worklist.models import ScheduledProcedure


class Maker(Protocol):
    def __call__(self, procedure: ScheduledProcedure, *, few: bool) -> Iterator[bytes]: ...


MAKERS: dict[str, Maker] = {
    **dict.fromkeys(PROTOCOLS, ct_objects),
    **dict.fromkeys(SEQUENCES, mr_objects),
    **dict.fromkeys(VIEWS, dx_objects),
    **dict.fromkeys(LOOPS, us_objects),
    "MG-SCREEN": mg_objects,
    "XA-CORO": xa_objects,
}


def objects_of(procedure: ScheduledProcedure, *, few: bool = False) -> Iterator[bytes]:
    """What the device sends for this procedure, chosen by the code of its type.

    With `few` a small part of it, for earlier examinations: a dozen slices or frames, one view.
    A procedure whose code has no phantom sends nothing.
    """
    maker = MAKERS.get(procedure.procedure_type.code)
    return maker(procedure, few=few) if maker else iter(())
