"""The only part of this app that knows pydicom: bytes of received objects in, plain facts out.

It reads data sets with its own reader (`reader`), which is strict about lengths and fast; of
pydicom it uses the data dictionaries, and the tests compare the two element by element.
"""

from studies.dicom.object_facts import facts_of, facts_of_header
from studies.dicom.opening import Header, open_object

__all__ = ["Header", "facts_of", "facts_of_header", "open_object"]
