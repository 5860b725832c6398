"""Passwords: how they are hashed, compared, and what a good one is."""

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kikubari.access.errors import WeakPasswordError
from kikubari.kit.ids import random_token
from kikubari.spec.errors import RateLimitedError

SHORTEST = 12
LONGEST = 256
# Of zxcvbn's 0..4: 3 is "safely unguessable" offline, some 10^8 guesses.
_LEAST_SCORE = 3
_SCORED_CHARS = 72  # its effort grows faster than the length
# Each hash takes 64 MiB and a core for a while.
_AT_ONCE = 2
_WAITING = 16


class Passwords:
    """Hashes and checks passwords; each takes some 0.1 s on purpose: not for the event loop.

    Args:
        hasher: argon2id with the library's parameters, those of RFC 9106 for little memory.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._slots = threading.BoundedSemaphore(_AT_ONCE)
        self._queue = threading.BoundedSemaphore(_WAITING)
        # Compared against when there is no account, so that both answers take as long.
        self._decoy = self._hasher.hash(random_token())

    def hash(self, password: str) -> str:
        """Return the argon2id hash of a password."""
        with self._turn():
            return self._hasher.hash(_normal(password))

    def matches(self, hashed: str | None, password: str) -> bool:
        """Say whether this is the password; with no hash it takes as long and never is.

        Raises:
            RateLimitedError: too many ask at once.
        """
        try:
            with self._turn():
                self._hasher.verify(hashed or self._decoy, _normal(password)[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
        return hashed is not None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for a slot. A flood is turned away before it takes every thread of the server."""
        if not self._queue.acquire(blocking=False):
            raise RateLimitedError("too many log-ins at once", hint="Try again in a moment.")
        try:
            with self._slots:
                yield
        finally:
            self._queue.release()


def check_strength(password: str, *, about: tuple[str, ...]) -> None:
    """Refuse a password that is short or easily guessed.

    Length and guessability count, not classes of characters: NIST SP 800-63B, 3.1.1.2.

    Args:
        password: as typed.
        about: words an attacker tries first, such as the member's address.

    Raises:
        WeakPasswordError: it is one.
    """
    # Its dictionaries take a third of a second to load: only for who sets a password.
    from zxcvbn import zxcvbn  # noqa: PLC0415

    text = _normal(password)
    if not SHORTEST <= len(text) <= LONGEST:
        raise WeakPasswordError(
            f"a password has {SHORTEST} to {LONGEST} characters",
            hint="Several words are easy to remember and hard to guess.",
        )
    words = [part for word in about for part in (word, *word.replace("@", ".").split("."))]
    if zxcvbn(text[:_SCORED_CHARS], user_inputs=words)["score"] < _LEAST_SCORE:
        raise WeakPasswordError(
            "this password is easily guessed",
            hint="Several words that do not belong together are hard to guess.",
        )


def _normal(password: str) -> str:
    """Return one form for what keyboards and input methods compose differently."""
    text = unicodedata.normalize("NFKC", password)
    return text.encode("utf-8", "replace").decode()
