"""How we prove who we are, and check who answers, when we call by TLS (PS3.15 B.12)."""

import ssl

from django.conf import settings


def client_context() -> ssl.SSLContext:
    """TLS 1.2 or later; the other side's certificate must come from an authority we know.

    Host names are not compared: machines in an imaging department are known by address and AE
    title, and their certificates by the department's own authority.
    """
    authority = settings.DICOM_TLS_CA
    context = ssl.create_default_context(cafile=authority or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    certificate = settings.DICOM_TLS_CERTIFICATE
    if certificate:
        context.load_cert_chain(certificate, settings.DICOM_TLS_KEY or None)
    return context
