"""Whether this department can work, part by part. Each check is quick and never raises."""

import os
import shutil
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

import redis
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

OK = "ok"
SECONDS = 1.0


def database() -> str:
    """Does it answer a query?"""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        connection.close()
        return "does not answer"
    return OK


def broker() -> str:
    """Does Valkey answer, and take writes?"""
    try:
        with redis.Redis.from_url(settings.LIVE_URL, socket_timeout=SECONDS) as client:
            client.ping()
            client.set("readyz", "1", ex=60)
    except (RedisError, OSError):
        return "does not answer"
    return OK


def storage() -> str:
    """Can bytes be written and brought to the disk, and is there room for more?"""
    folder = Path(settings.DATA_DIR) / "tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix="readyz-") as probe:
            probe.write(b"?")
            probe.flush()
            os.fsync(probe.fileno())
        free = shutil.disk_usage(folder).free
    except OSError as why:
        return f"cannot be written: {why.strerror}"
    return OK if free >= settings.LEAST_FREE_BYTES else "nearly full"


def worker() -> str:
    """Does at least one worker answer over the broker? A busy one does, too."""
    try:
        with current_app.connection(connect_timeout=1, transport_options=IMPATIENT) as link:
            answers = current_app.control.ping(timeout=SECONDS, limit=1, connection=link)
    except (KombuError, RedisError, OSError):
        return "cannot be asked"
    return OK if answers else "does not answer"


IMPATIENT = {"socket_connect_timeout": SECONDS, "socket_timeout": 2 * SECONDS, "max_retries": 0}


def listener() -> str:
    """Does the DICOM port take connections?"""
    try:
        with socket.create_connection((settings.DICOM_HOST, settings.DICOM_PORT), timeout=SECONDS):
            return OK
    except OSError:
        return "does not answer"


CHECKS: dict[str, Callable[[], str]] = {
    "database": database,
    "broker": broker,
    "storage": storage,
    "worker": worker,
    "listener": listener,
}


def report() -> dict[str, str]:
    """Every part with "ok" or what ails it."""
    parts: dict[str, str] = {}
    for name, check in CHECKS.items():
        if name == "worker" and parts["broker"] != OK:
            parts[name] = "cannot be asked"
        else:
            parts[name] = check()
    return parts
