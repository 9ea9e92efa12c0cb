"""Pictures of objects that have none: a drawn sign of their kind, real traces for waveforms."""

from collections.abc import Callable

from studies.dicom import Header
from studies.dicom import values as v
from studies.dicom.kinds import kind_of
from studies.facts import Kind, Picture
from studies.pictograms import glyphs
from studies.pictograms.canvas import Canvas
from studies.pictograms.traces import waveform
from studies.pixels.picture import PictureOrder, finished

_DEFAULT_SIDE = 256


def pictogram(header: Header, order: PictureOrder, fault: str) -> Picture:
    """A clear sign of what the object is. `fault` tells why its pixels are not shown."""
    canvas = Canvas(order.size or _DEFAULT_SIDE)
    _draw(canvas, header)
    made = finished(canvas.image(), order, 0, "PICTOGRAM")
    return Picture(made.data, made.width, made.height, 0, "PICTOGRAM", made.media_type, fault)


def _draw(canvas: Canvas, header: Header) -> None:
    elements = header.elements
    class_uid = v.text(elements, "00080016") or v.text(header.meta, "00020002")
    kind = kind_of(class_uid, header.transfer_syntax, has_pixels=header.pixels is not None)
    modality = v.text(elements, "00080060")
    title = v.text(v.item(elements, "0040A043"), "00080104") or v.text(elements, "00420010")
    signs: dict[Kind, Callable[[], None]] = {
        Kind.REPORT: lambda: glyphs.report(canvas, title),
        Kind.PDF: lambda: glyphs.document(canvas, "PDF", title or "Document"),
        Kind.WAVEFORM: lambda: waveform(canvas, header, modality or "Waveform"),
        Kind.VIDEO: lambda: glyphs.video(canvas),
        Kind.PRESENTATION: lambda: glyphs.presentation(canvas),
        Kind.KEY_OBJECTS: lambda: glyphs.key_objects(canvas),
        Kind.PLAN: lambda: glyphs.plan(canvas, modality or "Plan"),
        Kind.SEGMENTATION: lambda: glyphs.segmentation(canvas),
        Kind.RAW: lambda: glyphs.raw(canvas, "Raw data"),
        Kind.IMAGE: lambda: glyphs.empty_image(canvas, modality or "Image"),
    }
    is_image_class = "00280010" in elements or modality in {"CT", "MR", "CR", "DX", "US", "NM"}
    if kind is Kind.OTHER and is_image_class:
        kind = Kind.IMAGE
    signs.get(kind, lambda: glyphs.document(canvas, modality or "DICOM", "Data"))()
