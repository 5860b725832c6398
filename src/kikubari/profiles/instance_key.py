"""The key of an installation, which wraps all others: its file, and exchanging it."""

import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Collection, Mapping
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kikubari.spec.errors import KikubariError

KEY_BYTES = 32
_NONCE_BYTES = 12
_NOTHING: Mapping[str, bytes] = MappingProxyType({})


class SealBrokenError(KikubariError):
    """Sealed data does not open: damaged, or sealed under another instance key."""

    code: ClassVar[str] = "seal_broken"


class KeyExchangeUnfinishedError(KikubariError):
    """The exchange of the instance key was cut short; part of the data is under each key."""

    code: ClassVar[str] = "key_exchange_unfinished"


class InstanceKey:
    """The key that wraps all others. Keep it apart from backups of the data folder.

    Its file is a line of base64; after an exchange, a line more for each key that was carried
    over from the one before: purpose, tab, base64.

    Args:
        secret: 32 random bytes.
        carried: derived keys of an earlier instance key that are still used, by purpose.
    """

    def __init__(self, secret: bytes, carried: Mapping[str, bytes] = _NOTHING) -> None:
        if any(len(key) != KEY_BYTES for key in (secret, *carried.values())):
            raise ValueError(f"an instance key has {KEY_BYTES} bytes")
        self._secret = secret
        self._carried = carried

    @classmethod
    def load_or_create(cls, path: Path) -> "InstanceKey":
        """Read the key from a file; make the file, readable by its owner only, if there is none.

        Raises:
            SealBrokenError: the file holds something else.
            KeyExchangeUnfinishedError: the key is being exchanged.
        """
        if _successor(path).exists():
            raise KeyExchangeUnfinishedError(
                "the instance key is being exchanged",
                hint="Finish it with: kikubari keys rotate-instance",
            )
        try:
            return cls._load(path)
        except FileNotFoundError:
            _create(path, cls(secrets.token_bytes(KEY_BYTES)))
            return cls._load(path)

    @classmethod
    def begin_exchange(
        cls, path: Path, *, carried: Collection[str]
    ) -> tuple["InstanceKey", "InstanceKey"]:
        """Return the key in force and the one to come, which is the same until it is in force.

        Args:
            path: file of the key in force; the one to come is beside it.
            carried: purposes whose derived keys stay as they are.

        Raises:
            SealBrokenError: a file holds something else.
            FileNotFoundError: there is no key yet.
        """
        old = cls._load(path)
        if not _successor(path).exists():
            kept = {purpose: old.derive(purpose) for purpose in sorted(carried)}
            _create(_successor(path), cls(secrets.token_bytes(KEY_BYTES), kept))
        return old, cls._load(_successor(path))

    @staticmethod
    def finish_exchange(path: Path) -> None:
        """Put the key to come in force; the old one is gone from the folder."""
        _successor(path).replace(path)
        _sync_folder(path.parent)

    @classmethod
    def _load(cls, path: Path) -> "InstanceKey":
        try:
            first, *more = path.read_text(encoding="ascii").splitlines()
            carried = dict(line.split("\t") for line in more)
            return cls(
                urlsafe_b64decode(first),
                {purpose: urlsafe_b64decode(key) for purpose, key in carried.items()},
            )
        except (Base64Error, ValueError) as error:
            raise SealBrokenError(
                f"{path.name} does not hold an instance key",
                hint="Restore the file that belongs to this data folder.",
            ) from error

    def derive(self, purpose: str) -> bytes:
        """Return 32 bytes for one purpose, which tell nothing about those for another."""
        if purpose in self._carried:
            return self._carried[purpose]
        return blake2b(purpose.encode(), key=self._secret, digest_size=KEY_BYTES).digest()

    def _as_text(self) -> bytes:
        lines = [urlsafe_b64encode(self._secret)]
        for purpose, key in self._carried.items():
            lines.append(purpose.encode() + b"\t" + urlsafe_b64encode(key))
        return b"\n".join(lines) + b"\n"


class Wrapping:
    """Wraps keys of numbers under the instance key, each bound to its number."""

    def __init__(self, instance_key: InstanceKey) -> None:
        self._cipher = AESGCM(instance_key.derive("wrap person keys"))

    def wrap(self, number: int, key: bytes) -> bytes:
        """Return a key wrapped."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, number.to_bytes(8, "big"))

    def unwrap(self, number: int, wrapped: bytes) -> bytes:
        """Return a wrapped key.

        Raises:
            SealBrokenError: it was wrapped under another instance key, or for another number.
        """
        nonce, rest = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, rest, number.to_bytes(8, "big"))
        except (InvalidTag, ValueError) as error:
            raise SealBrokenError(
                f"the key of number {number} does not open",
                hint="The instance key file is not the one this data was sealed under.",
            ) from error


def _successor(path: Path) -> Path:
    return path.with_name(f"{path.name}.next")


def _create(path: Path, key: InstanceKey) -> None:
    """Write a new key; if another process is first, theirs stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key._as_text())  # noqa: SLF001 - of this module
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link appears whole and never replaces a key that exists.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
