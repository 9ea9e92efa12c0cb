"""Other machines that we call: pynetdicom's own server on a free loopback port."""

import contextlib
import datetime as dt
import ipaddress
import ssl
from collections.abc import Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pynetdicom import AE
from pynetdicom.transport import ThreadedAssociationServer

from gateway.calling.undisturbed import SteadySocket

ANYTHING = "1.2.840.10008.1.1"


@contextlib.contextmanager
def machine(
    contexts=(ANYTHING,), handlers=(), title="OTHER", tls: ssl.SSLContext | None = None, **facts
) -> Iterator[ThreadedAssociationServer]:
    """A server that runs until the block ends; `facts` are set on its application entity."""
    entity = AE(ae_title=title)
    for one in contexts:
        entity.add_supported_context(*((one,) if isinstance(one, str) else one))
    for name, value in facts.items():
        setattr(entity, name, value)
    server = entity.start_server(
        ("127.0.0.1", 0), block=False, evt_handlers=list(handlers), ssl_context=tls
    )
    assert server is not None
    try:
        yield server
    finally:
        server.shutdown()


def look_late(monkeypatch) -> None:
    """Whoever asks for an association looks for the answer only when all of it is over."""
    once = SteadySocket.__init__

    def waits_until_all_is_over(self, *args, **kwargs):
        once(self, *args, **kwargs)
        self._ready.wait = lambda: self.assoc.dul.join(10)

    monkeypatch.setattr(SteadySocket, "__init__", waits_until_all_is_over)


def port_of(server: ThreadedAssociationServer) -> int:
    return int(server.server_address[1])


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate that signed itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)  # noqa: TID251 - no setting of the clock reaches OpenSSL
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    certificate_path, key_path = folder / f"{name}.pem", folder / f"{name}.key"
    certificate_path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate_path, key_path


def server_tls(certificate_path: Path, key_path: Path, clients: Path | None = None):
    """What a server needs; with `clients` it asks callers for a certificate of that authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_path, key_path)
    if clients is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(clients)
    return context
