"""Pictures of nobody: phantoms that look like anatomy, computed from shapes and a seed.

Each module draws one part of the body and returns plain arrays in the units of the modality;
`demo.objects` makes them DICOM. Coordinates are the patient's (LPS): x to the left, y to the
back, z to the head, in millimetres. `space` fills volumes with tissues, `shadow` casts the
shadows of a radiograph. The same seed always draws the same person.
"""
