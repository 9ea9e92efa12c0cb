"""The machines' door: DIMSE listener and DICOMweb.

It has no tables: it translates, calls one service, replies.
"""
