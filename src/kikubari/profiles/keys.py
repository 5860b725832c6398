"""A key per person: what is sealed with it is erased by forgetting the key."""

import os
import secrets
import threading
from collections.abc import Collection, Mapping, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection

from kikubari.profiles._repository import keys as rows
from kikubari.profiles._stamped import RecentMap, Stamp
from kikubari.profiles.instance_key import KEY_BYTES, InstanceKey, SealBrokenError, Wrapping
from kikubari.spec.envelope import DEFAULT_WORKSPACE

_NONCE_BYTES = 12
_TAG_BYTES = 16
# First byte of everything sealed: AES-256-GCM, 12 bytes of nonce, text, tag.
_FORMAT = b"\x01"
_NOBODY = 0
_CACHE_SIZE = 100_000


class PersonKeys:
    """Implements `events.Sealing`: AES-256-GCM under a random key per number.

    The number is bound to what is sealed, so that one person's data cannot pass for another's.
    Number 0, nobody, has a key derived from the instance key, which is never forgotten.
    A number whose key was forgotten gets no other: what still arrives about it is sealed with a
    key that nobody keeps.

    Each thread caches for itself, see `_stamped`; `open` reads the keys it needs every time, so
    that what is forgotten is so at once, in every process.
    """

    def __init__(self, instance_key: InstanceKey, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._wrapping = Wrapping(instance_key)
        self._nobody = instance_key.derive(f"events about nobody {workspace_id}")
        self._workspace_id = workspace_id
        self._local = threading.local()

    def seal(
        self, connection: Connection, numbers: Sequence[int], payloads: Sequence[bytes]
    ) -> list[bytes]:
        """Return each payload sealed with the key of its number, making keys as needed."""
        keys = self._keys_for(connection, numbers)
        nonces = os.urandom(_NONCE_BYTES * len(numbers))
        sealed = []
        for index, (number, payload) in enumerate(zip(numbers, payloads, strict=True)):
            nonce = nonces[index * _NONCE_BYTES : (index + 1) * _NONCE_BYTES]
            text = AESGCM(keys[number]).encrypt(nonce, payload, _bound(number))
            sealed.append(_FORMAT + nonce + text)
        return sealed

    def open(
        self, connection: Connection, numbers: Sequence[int], sealed: Sequence[bytes]
    ) -> list[bytes | None]:
        """Return each payload, None where the key was forgotten.

        Raises:
            SealBrokenError: damaged, or sealed under another instance key.
        """
        wrapped = rows.list_keys(connection, self._workspace_id, set(numbers) - {_NOBODY})
        ciphers = {number: AESGCM(key) for number, key in self._unwrap(wrapped).items()}
        ciphers[_NOBODY] = AESGCM(self._nobody)
        return [
            _open_one(ciphers.get(number), number, bytes(text))
            for number, text in zip(numbers, sealed, strict=True)
        ]

    def forget(self, connection: Connection, numbers: Collection[int]) -> None:
        """Delete keys for ever: nothing sealed with them can be read again."""
        Stamp(self._stamp_name).change(connection)
        rows.forget_keys(connection, self._workspace_id, sorted(set(numbers) - {_NOBODY}))

    @property
    def _stamp_name(self) -> str:
        return f"keys:{self._workspace_id}"

    def _keys_for(self, connection: Connection, numbers: Sequence[int]) -> dict[int, bytes]:
        cache, stamp = self._cache()
        if not stamp.is_current(connection):
            cache.clear()
        keys = {_NOBODY: self._nobody}
        missing: set[int] = set()
        for number in numbers:
            if number in keys or number in missing:
                continue
            key = cache.get(number)
            if key is None:
                missing.add(number)
            else:
                keys[number] = key
        if missing:
            found = self._load_or_make(connection, sorted(missing), stamp)
            for number, key in found.items():
                keys[number] = cache[number] = key
        return keys

    def _cache(self) -> tuple[RecentMap[int, bytes], Stamp]:
        if not hasattr(self._local, "cache"):
            self._local.cache = (RecentMap[int, bytes](_CACHE_SIZE), Stamp(self._stamp_name))
        cached: tuple[RecentMap[int, bytes], Stamp] = self._local.cache
        return cached

    def _load_or_make(
        self, connection: Connection, numbers: Sequence[int], stamp: Stamp
    ) -> dict[int, bytes]:
        wrapped = rows.list_keys(connection, self._workspace_id, numbers)
        if len(wrapped) < len(numbers):
            # Holds off others who make keys; what they made meanwhile is seen by a second look.
            stamp.change(connection)
            wrapped = rows.list_keys(connection, self._workspace_id, numbers)
        keys = self._unwrap(wrapped)
        made = {
            number: secrets.token_bytes(KEY_BYTES) for number in numbers if number not in wrapped
        }
        rows.insert_keys(
            connection,
            self._workspace_id,
            [(number, self._wrapping.wrap(number, key)) for number, key in made.items()],
        )
        lost = {
            number: secrets.token_bytes(KEY_BYTES) for number, text in wrapped.items() if not text
        }
        return keys | made | lost

    def _unwrap(self, wrapped: Mapping[int, bytes]) -> dict[int, bytes]:
        return {
            number: self._wrapping.unwrap(number, text) for number, text in wrapped.items() if text
        }


def _open_one(cipher: AESGCM | None, number: int, sealed: bytes) -> bytes | None:
    if cipher is None:
        return None
    if sealed[:1] != _FORMAT or len(sealed) < 1 + _NONCE_BYTES + _TAG_BYTES:
        raise SealBrokenError(f"sealed data of number {number} is damaged")
    nonce, text = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return cipher.decrypt(nonce, text, _bound(number))
    except InvalidTag as error:
        raise SealBrokenError(f"sealed data of number {number} is damaged") from error


def _bound(number: int) -> bytes:
    return number.to_bytes(8, "big")
