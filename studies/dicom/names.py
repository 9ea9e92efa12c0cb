"""What a tag is called, for people."""

from pydicom.datadict import dictionary_description


def name_of(tag: str) -> str:
    """The dictionary's name of eight hexadecimal digits; blank when it knows none."""
    try:
        return dictionary_description(int(tag, 16))
    except (KeyError, ValueError):
        return ""
