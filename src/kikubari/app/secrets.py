"""The secrets of an installation, kept in a folder apart from its data."""

import os
from pathlib import Path

import msgspec

from kikubari.app.settings import Settings
from kikubari.deliver import DkimKey, DnsRecord, dns_record, generate_rsa_key
from kikubari.profiles import InstanceKey

SECOND_FACTORS = "second factors"
WRITE_KEYS = "write keys"
AUDIT_LOG = "audit log"
WEBHOOKS = "webhook endpoints"


class Secrets(msgspec.Struct, frozen=True):
    """Keys that everything sealed, signed or hashed here depends on."""

    instance: InstanceKey
    dkim: DkimKey

    @property
    def tracking_key(self) -> bytes:
        """Signs links in messages."""
        return self.instance.derive("tracking links")

    @property
    def second_factor_key(self) -> bytes:
        """Seals the secrets of members' authenticator apps."""
        return self.instance.derive(SECOND_FACTORS)

    @property
    def write_key_key(self) -> bytes:
        """Seals the write keys that are shown again."""
        return self.instance.derive(WRITE_KEYS)

    @property
    def webhook_key(self) -> bytes:
        """Seals the secrets that calls to endpoints are signed with."""
        return self.instance.derive(WEBHOOKS)

    @property
    def audit_key(self) -> bytes:
        """Marks entries of the audit log."""
        return self.instance.derive(AUDIT_LOG)

    @property
    def address_key(self) -> bytes:
        """Hashes suppressed addresses."""
        return self.instance.derive("suppressed addresses")


def load_secrets(folder: Path, *, dkim_selector: str) -> Secrets:
    """Read the keys, making those that are missing, readable for their owner only."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Secrets(
        load_instance_key(folder),
        _load_dkim(folder / f"dkim-{dkim_selector}.pem", dkim_selector),
    )


def load_instance_key(folder: Path) -> InstanceKey:
    """Read the key that wraps all others, making it if it is missing."""
    return InstanceKey.load_or_create(instance_key_file(folder))


def instance_key_file(folder: Path) -> Path:
    """Return where the key is that wraps all others."""
    return folder / "instance.key"


def dkim_record(settings: Settings) -> DnsRecord:
    """Return the DNS record to publish for mail from `mail_domain`."""
    secrets = load_secrets(settings.keys_folder, dkim_selector=settings.dkim_selector)
    return dns_record(secrets.dkim, settings.mail_domain)


def _load_dkim(path: Path, selector: str) -> DkimKey:
    try:
        return DkimKey(selector, path.read_bytes())
    except FileNotFoundError:
        key = generate_rsa_key(selector)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.private_pem)
        return key
