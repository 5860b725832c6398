"""How secrets are stored when somebody has to read them again."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class Seal:
    """AES-256-GCM under one key. What is sealed is bound to what it belongs to.

    Args:
        key: 32 bytes, kept apart from what is sealed with it.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def close(self, text: str, *, of: str) -> bytes:
        """Return a text sealed; `of` names whose it is and opens no other's."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode(), of.encode())

    def open(self, sealed: bytes, *, of: str) -> str | None:
        """Return the text, None if it was sealed by another key or belongs to another."""
        nonce, text = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, text, of.encode()).decode()
        except (InvalidTag, ValueError):
            return None
