"""DICOM by TLS (PS3.15 B.12, the BCP 195 profile): on the same port, told by the first byte."""

import ssl

from django.conf import settings

# With TLS 1.2; TLS 1.3 has no others.
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM"


class NotUsable(Exception):
    """The certificate, its key or the authority cannot be read; the text is a sentence."""


def server_context() -> ssl.SSLContext | None:
    """How we prove who we are, and whether callers must; None when there is no certificate."""
    if not settings.DICOM_TLS_CERTIFICATE:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_RENEGOTIATION
    try:
        context.load_cert_chain(settings.DICOM_TLS_CERTIFICATE, settings.DICOM_TLS_KEY or None)
        if settings.DICOM_TLS_CA:
            context.load_verify_locations(settings.DICOM_TLS_CA)
            context.verify_mode = ssl.CERT_REQUIRED
    except OSError as why:
        raise NotUsable(
            "DICOM by TLS cannot begin: look at DICOM_TLS_CERTIFICATE, DICOM_TLS_KEY and "
            f"DICOM_TLS_CA ({why.strerror or why})."
        ) from why
    return context
