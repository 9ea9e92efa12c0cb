"""Bodies as DICOMweb clients send them, and what the answer to them says."""

from collections.abc import Iterable
from typing import Any

BOUNDARY = "0f3cf5c0-70e0-41ef-baef-c6f9f65ec3e1"
RELATED = f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'
FAILED, STORED, OTHERS = "00081198", "00081199", "0008119A"


def body_of(
    objects: Iterable[bytes], headers: str = "Content-Type: application/dicom\r\n"
) -> bytes:
    """A multipart body with these parts."""
    parts = [
        b"--" + BOUNDARY.encode() + b"\r\n" + headers.encode() + b"\r\n" + one + b"\r\n"
        for one in objects
    ]
    return b"".join(parts) + b"--" + BOUNDARY.encode() + b"--\r\n"


def store(client: Any, *objects: bytes, to: str = "/dicom-web/studies", **more: Any) -> Any:
    """Post objects with Django's test client."""
    return client.post(to, data=body_of(objects), content_type=RELATED, **more)


def outcomes(answer: Any, tag: str) -> list[dict[str, Any]]:
    """The items of one sequence of the answer: keyword-less attributes and their first value."""
    items = answer.json().get(tag, {}).get("Value", [])
    return [{key: held["Value"][0] for key, held in item.items()} for item in items]
