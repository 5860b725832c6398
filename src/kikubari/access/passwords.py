"""Passwords: how they are hashed, compared, and what a good one is."""

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
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
PRODUCT_WORDS = ("Kikubari", "気配り", "きくばり", "キクバリ")
# A shorter word of the Latin alphabet is within too many others: "demo" in "democracy".
_SHORTEST_LATIN = 5
_SHORTEST_OTHER = 2
# One form for what is written for another: both sides of a comparison go through it.
_ALIKE = str.maketrans("0134578!|$@l", "oieastbiisai")
_NO_LETTER = re.compile(r"[\W_]+")
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


class PasswordRule:
    """What a new password has to be: long, hard to guess, and without the shop's own words.

    Args:
        names: of the shop and its hosts; every word in them counts, and each name as a whole.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = (*PRODUCT_WORDS, *filter(None, names))
        self._words = {word for name in self._names for word in _words_of(name)}

    def check(self, password: str, *, about: tuple[str, ...]) -> None:
        """Refuse a password that is short, easily guessed or has a word of the shop's in it.

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
        if any(word in _plain(text) for word in self._words):
            raise WeakPasswordError(
                "a password has neither the shop's name in it nor the product's",
                hint="They are tried first. Take words that have nothing to do with either.",
            )
        tried = [
            part
            for word in (*about, *self._names)
            for part in (word, *word.replace("@", ".").split("."))
        ]
        if zxcvbn(text[:_SCORED_CHARS], user_inputs=tried)["score"] < _LEAST_SCORE:
            raise WeakPasswordError(
                "this password is easily guessed",
                hint="Several words that do not belong together are hard to guess.",
            )


def _words_of(name: str) -> set[str]:
    """Return a name and its words as they are looked for, without those too short to look for."""
    return {
        word
        for word in (_plain(name), *(_plain(part) for part in _NO_LETTER.split(_normal(name))))
        if len(word) >= (_SHORTEST_LATIN if word.isascii() else _SHORTEST_OTHER)
    }


def _plain(text: str) -> str:
    """Return a text without case, spaces and signs, digits as the letters they stand for."""
    return _NO_LETTER.sub("", _normal(text).casefold().translate(_ALIKE))


def _normal(password: str) -> str:
    """Return one form for what keyboards and input methods compose differently."""
    text = unicodedata.normalize("NFKC", password)
    return text.encode("utf-8", "replace").decode()
