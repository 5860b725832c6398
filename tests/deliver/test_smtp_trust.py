"""TLS and passwords: whom the SMTP client trusts with what."""

import base64
import datetime as dt
import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from smtp_peer import DROP, STALL, Peer, run, smtp_peer, yes
from smtp_sending import MAIL, pool_for, send_one

from kikubari.deliver.providers.smtp import (
    Accepted,
    ConnectionLost,
    SmtpOutcome,
    TemporaryRefusal,
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "peer")])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "peer.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + built.public_bytes(Encoding.PEM))
    return path


OFFERS = ["250-peer\r\n250-STARTTLS\r\n250 PIPELINING", "250-peer\r\n250 AUTH PLAIN LOGIN"]


def send_tls(
    certificate: Path, script: dict[str, Any], *, is_implicit: bool = False, **changes: Any
) -> tuple[SmtpOutcome, Peer]:
    async def go() -> tuple[SmtpOutcome, Peer]:
        server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        server_side.load_cert_chain(certificate)
        async with smtp_peer(script, tls=server_side, is_implicit_tls=is_implicit) as peer:
            pool = pool_for(peer, is_implicit_tls=is_implicit, **changes)
            outcome = await pool.send("a@b.jp", "c@d.jp", MAIL, before_final_dot=yes)
            await pool.close()
        return outcome, peer

    result: tuple[SmtpOutcome, Peer] = run(go)
    return result


@pytest.mark.parametrize("starttls", ["required", "opportunistic"])
def test_starttls_and_a_password(certificate: Path, starttls: str) -> None:
    outcome, peer = send_tls(
        certificate,
        {"ehlo": list(OFFERS)},
        starttls=starttls,
        ca_file=str(certificate) if starttls == "required" else "",
        username="ü",
        password="p w",
    )
    assert isinstance(outcome, Accepted)
    token = base64.b64encode("\0ü\0p w".encode()).decode()
    assert [line.split()[0] for line in peer.commands][:4] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]
    assert peer.commands[3] == f"AUTH PLAIN {token}"


def test_tls_from_the_first_byte(certificate: Path) -> None:
    outcome, _ = send_tls(certificate, {}, is_implicit=True, ca_file=str(certificate))
    assert isinstance(outcome, Accepted)
    outcome, _ = send_tls(certificate, {}, is_implicit=True)
    assert isinstance(outcome, ConnectionLost)
    assert (outcome.phase, outcome.reason) == ("connect", "tls")


@pytest.mark.parametrize(
    ("script", "changes", "phase", "reason"),
    [
        ({}, {"starttls": "required"}, "starttls", "policy"),
        ({"ehlo": list(OFFERS)}, {"starttls": "required"}, "starttls", "tls"),
        (
            {"ehlo": list(OFFERS), "starttls": "220 go\r\n250 injected"},
            {"starttls": "opportunistic"}, "starttls", "protocol",
        ),
        (
            {"ehlo": list(OFFERS), "starttls": STALL},
            {"starttls": "required"}, "starttls", "timeout",
        ),
        ({"ehlo": list(OFFERS), "starttls": DROP}, {"starttls": "required"}, "starttls", "closed"),
        ({}, {"username": "u", "password": "p"}, "auth", "policy"),
        ({"ehlo": OFFERS[1], "auth": STALL}, {"username": "u", "password": "p"}, "auth", "timeout"),
    ],
)  # fmt: skip
def test_a_line_that_is_not_to_be_trusted(
    certificate: Path, script: dict[str, Any], changes: dict[str, Any], phase: str, reason: str
) -> None:
    outcome, peer = send_tls(certificate, script, **changes)
    assert isinstance(outcome, ConnectionLost)
    assert (outcome.phase, outcome.reason, outcome.is_after_dot) == (phase, reason, False)
    assert not any(line.startswith("MAIL") for line in peer.commands)


def test_a_wrong_password_is_no_fault_of_the_recipient() -> None:
    script = {"ehlo": "250-x\r\n250 AUTH=LOGIN", "auth": ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"]}
    script["auth"].append("535 5.7.8 wrong")  # type: ignore[attr-defined] # a list, see above
    outcome, peer, _ = send_one(script, username="user", password="pass")
    assert outcome == TemporaryRefusal("auth", 535, "5.7.8 wrong")
    assert [base64.b64decode(line) for line in peer.commands[2:4]] == [b"user", b"pass"]
