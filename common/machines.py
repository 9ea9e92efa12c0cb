"""Which addresses programs use: they are answered in JSON, and let in by a token.

Apart from `answers`, because REST framework loads our sign-in classes while its own views load.
"""

MACHINE_PREFIXES = ("/api/", "/dicom-web/", "/fhir/")
