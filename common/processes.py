"""What a child process does about itself: die with its parent, be somebody else. Linux first."""

import ctypes
import os
import signal
import sys
from functools import cache
from pathlib import Path

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
NOBODY = 65534
INSIDE_UID = 1000  # what a program that refuses root believes it is

_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(with_signal: int = signal.SIGKILL, parent: int | None = None) -> None:
    """Ask the kernel for `with_signal` when the parent dies, so that kill -9 leaves no orphans.

    Call it in the child, after any change of user (that would cancel it). The parent is, to the
    kernel, the *thread* that made this process: make such children from a thread that lives on.
    `parent` is the process id to expect; if it is gone already, this process ends at once.
    """
    if sys.platform != "linux":
        return
    _libc.prctl(PR_SET_PDEATHSIG, with_signal)
    if parent is not None and os.getppid() != parent:
        os._exit(1)


def appear_unprivileged() -> None:
    """Enter a user namespace in which root is uid 1000, for programs that refuse root.

    Files still belong to root outside. OSError where namespaces are forbidden.
    """
    uid, gid = os.geteuid(), os.getegid()
    if _libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "user namespaces are not permitted")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{INSIDE_UID} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{INSIDE_UID} {gid} 1")


@cache
def may_appear_unprivileged() -> bool:
    """Whether this machine allows user namespaces: a throw-away child tries."""
    child = os.fork()
    if child == 0:
        try:
            appear_unprivileged()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def become(uid: int, gid: int) -> None:
    """Give up root for good. Only root can."""
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def announce_ready() -> None:
    """Tell the supervisor that this process answers: it waits for the file named in READY_FILE."""
    name = os.environ.get("READY_FILE")
    if name:
        Path(name).touch()
