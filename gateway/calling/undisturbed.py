"""Where the two threads of an association of pynetdicom's would disturb each other."""

import threading
from typing import Any

from pynetdicom import AE
from pynetdicom.association import Association
from pynetdicom.dimse import DIMSEServiceProvider
from pynetdicom.transport import AddressInformation, AssociationSocket


class SteadySocket(AssociationSocket):
    """A socket that was connected once says so for ever; afterwards `socket` is None.

    Who asks for an association looks whether the connection came about. When a refusal comes
    quickly, the other thread has read it and closed the connection by then, and the refusal would
    pass for nobody having answered.
    """

    _came_about = False

    @property
    def _is_connected(self) -> bool:
        return self._came_about

    @_is_connected.setter
    def _is_connected(self, is_connected: bool) -> None:
        self._came_about = self._came_about or is_connected


class Undisturbed(AE):
    """An application entity that asks for associations, whatever else the machine is doing."""

    kind_of_socket = SteadySocket

    def associate(self, *args: Any, **kwargs: Any) -> Association:
        return undisturbed(super().associate(*args, **kwargs))

    def _create_socket(
        self, assoc: Association, address: AddressInformation, tls_args: Any
    ) -> AssociationSocket:
        steady = self.kind_of_socket(assoc, address=address)
        steady.tls_args = tls_args
        return steady


def undisturbed(association: Association) -> Association:
    """Keep pynetdicom's own thread from taking an answer that another thread waits for.

    Its checkpoint lets that thread through once more if it had come to it just before it was
    closed. On a busy machine the answer is there by then, is taken away, and whoever asked waits
    until time is up.
    """
    gate = _Gate(association.dimse)
    association.dimse.get_msg = gate.get_msg  # type: ignore[method-assign]
    association._reactor_checkpoint = gate
    return association


class _Gate(threading.Event):
    """A checkpoint that is closed, when it is closed, also for whoever passed it already."""

    def __init__(self, dimse: DIMSEServiceProvider) -> None:
        super().__init__()
        self.set()
        self._one_at_a_time = threading.Lock()
        self._next_message = dimse.get_msg

    def clear(self) -> None:
        """From the return of this on, nothing is taken away."""
        with self._one_at_a_time:
            super().clear()

    def get_msg(self, block: bool = False) -> Any:
        """The next message; for the association's thread, which never blocks, while it is open."""
        if block:
            return self._next_message(block)
        with self._one_at_a_time:
            return self._next_message() if self.is_set() else (None, None)
