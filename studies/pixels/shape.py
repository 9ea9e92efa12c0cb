"""What the header says about pixels, checked before anything is allocated."""

import dataclasses
from typing import Any, Self

from studies.dicom import Header
from studies.dicom import values as v
from studies.dicom.encapsulation import frame_bits
from studies.dicom.object_facts import frame_count

MAX_PIXELS = 1 << 27  # a frame of 11,585 squared; larger ones come as tiles
FLOAT_BITS = {0x7FE00008: 32, 0x7FE00009: 64}


class NoPicture(Exception):
    """There are pixels, but no picture can be made of them; the text says why."""


@dataclasses.dataclass(frozen=True, slots=True)
class Shape:
    """The Image Pixel module (PS3.3 C.7.6.3), with sane values only."""

    rows: int
    columns: int
    samples: int
    frames: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    is_signed: bool
    is_float: bool
    photometric: str
    is_planar: bool

    @classmethod
    def of(cls, header: Header) -> Self:
        """Read and check. Raises NoPicture when no picture can have this shape."""
        if header.pixels is None:
            raise NoPicture("The object has no pixel data.")
        elements = header.elements
        is_float = header.pixels.tag in FLOAT_BITS
        allocated = FLOAT_BITS.get(header.pixels.tag) or _whole(elements, "00280100", 16)
        stored = allocated if is_float else min(_whole(elements, "00280101", allocated), allocated)
        shape = cls(
            rows=_whole(elements, "00280010", 0),
            columns=_whole(elements, "00280011", 0),
            samples=_whole(elements, "00280002", 1),
            frames=frame_count(elements),
            bits_allocated=allocated,
            bits_stored=stored,
            high_bit=max(_whole(elements, "00280102", stored - 1), stored - 1),
            is_signed=v.integer(elements, "00280103") == 1,
            is_float=is_float,
            photometric=v.text(elements, "00280004").upper() or "MONOCHROME2",
            is_planar=v.integer(elements, "00280006") == 1,
        )
        shape._check()
        return shape

    def _check(self) -> None:
        if not self.rows or not self.columns:
            raise NoPicture("The object does not say how many rows and columns it has.")
        if self.rows * self.columns > MAX_PIXELS:
            raise NoPicture(f"{self.rows:,} × {self.columns:,} pixels are too many.")
        if self.samples not in (1, 3):
            raise NoPicture(f"{self.samples} samples a pixel are not known.")
        if self.bits_allocated not in (1, 8, 16, 32, 64):
            raise NoPicture(f"{self.bits_allocated} bits a sample are not known.")

    @property
    def is_colour(self) -> bool:
        return self.samples == 3  # noqa: PLR2004

    @property
    def frame_bits(self) -> int:
        """Size of one native frame."""
        return frame_bits(
            self.rows, self.columns, self.samples, self.bits_allocated, self.photometric
        )

    @property
    def dtype(self) -> str:
        """The numpy type of stored samples, without byte order."""
        if self.is_float:
            return f"f{self.bits_allocated // 8}"
        is_whole = self.bits_stored == self.bits_allocated and self.bits_allocated > 1
        return f"{'i' if self.is_signed and is_whole else 'u'}{max(self.bits_allocated // 8, 1)}"


def _whole(elements: dict[str, Any], tag: str, default: int) -> int:
    number = v.integer(elements, tag)
    return default if number is None or number < 0 else number
