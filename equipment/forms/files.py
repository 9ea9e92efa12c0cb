"""Photos from the telephone's camera, and documents."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

# Telephones send their HEIC photos as JPEG when a page asks for JPEG by name.
PHOTOS = "image/jpeg,image/png"
DOCUMENTS = f"{PHOTOS},application/pdf"


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once, as a list; none is an empty list."""

    widget = FilesInput

    def __init__(self, *, accept: str = PHOTOS, camera: bool = False, **kwargs: Any) -> None:
        hints = {"accept": accept} | ({"capture": "environment"} if camera else {})
        kwargs.setdefault("widget", FilesInput(attrs=hints))
        super().__init__(required=False, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        chosen = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in chosen if one]


def photos_field() -> FilesField:
    return FilesField(
        camera=True, label=_("Photo"), help_text=_("Without patients: everybody here sees it.")
    )
