"""Ports: taking them, finding them taken, and saying so in a sentence."""

import errno
import socket

from common.place import Unusable

BACKLOG = 512


def listen_on(host: str, port: int) -> socket.socket:
    """The web's listening socket. All web processes share it: one that dies refuses nobody."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        family, kind, protocol, _name, address = found
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Handed on to accepted connections by the kernel; uvicorn cannot know that it is TCP.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError as why:
        raise Unusable(sentence_about(why, host, port, "--port")) from why
    return listening


def check_free(host: str, port: int, flag: str) -> int:
    """A port that a program of ours will bind itself; 0 asks for any. Unusable if it is taken."""
    try:
        with socket.create_server((host, port)) as probe:
            return int(probe.getsockname()[1])
    except OSError as why:
        raise Unusable(sentence_about(why, host, port, flag)) from why


def answers(host: str, port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def sentence_about(why: OSError, host: str, port: int, flag: str) -> str:
    if why.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is taken by another program: stop that one, "
            f"or choose another port with {flag}."
        )
    if why.errno == errno.EACCES:
        return f"Port {port} needs rights that you do not have: choose one above 1023 with {flag}."
    return f"Nothing can listen on {host} port {port}: {why.strerror or why}."
