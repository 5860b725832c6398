"""Signed addresses in a message: links, pixel, unsubscribe, preferences, return path, Message-ID.

A token is 27 octets: a keyed BLAKE2b-128 tag over what it stands for, and workspace and message
id masked by a keyed hash of that tag. It names nobody, cannot be guessed or altered (2**-128), and
two tokens of one person have nothing in common.
"""

import hmac
from base64 import b32decode, urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from enum import Enum
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import quote

import msgspec

from kikubari.spec.envelope import DEFAULT_WORKSPACE

_TAG_BYTES = 16
_WORKSPACE_BYTES = 3
_MESSAGE_BYTES = 8
_BODY_BYTES = _WORKSPACE_BYTES + _MESSAGE_BYTES
_TOKEN_CHARACTERS = (_TAG_BYTES + _BODY_BYTES) * 4 // 3  # a multiple of 3 octets: no padding
_KEY_BYTES = 32
_LETTERS = (_TAG_BYTES + _BODY_BYTES) * 8 // 5 + 1  # in base 32, where case does not count
_PADDING = "=" * (-_LETTERS % 8)
_BASE_32 = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [left + right for left in _BASE_32 for right in _BASE_32]
# Where each pair of letters stands in a token's bits, filled up with zeros to whole letters.
_FILL_BITS = _LETTERS * 5 - (_TAG_BYTES + _BODY_BYTES) * 8
_PAIR_BITS = range(_LETTERS * 5 - 10, -1, -10)


@lru_cache(maxsize=1024)
def _quoted(url: str) -> str:
    """Return an address as a parameter; most of a dispatch's are in every message."""
    return quote(url, safe="")


class Aim(Enum):
    """What a token is good for; one is never accepted in place of another."""

    OPEN = b"o"
    CLICK = b"c"
    UNSUBSCRIBE = b"u"
    PREFERENCES = b"p"
    BOUNCE = b"b"
    REPLY = b"r"
    TRAP = b"t"


class TrackedMessage(msgspec.Struct, frozen=True):
    """What a valid token stands for."""

    workspace_id: int
    message_id: int


class TrackedLink(msgspec.Struct, frozen=True):
    """A link of a message; its address is covered by the token, so it is safe to go to."""

    workspace_id: int
    message_id: int
    index: int
    url: str


class TrackingTokens:
    """Makes and checks tokens.

    Args:
        key: secret of this installation, at least 16 bytes.
        workspace_id: put into the tokens made here.
    """

    def __init__(self, key: bytes, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        sign_key = blake2b(key, digest_size=_KEY_BYTES, person=b"token-sign").digest()
        mask_key = blake2b(key, digest_size=_KEY_BYTES, person=b"token-mask").digest()
        # Begun once, and copied for each token. Aims have one octet each.
        self._tags = {aim: blake2b(aim.value, key=sign_key, digest_size=_TAG_BYTES) for aim in Aim}
        self._masks = blake2b(key=mask_key, digest_size=_BODY_BYTES)
        self._workspace = workspace_id.to_bytes(_WORKSPACE_BYTES)

    def open_path(self, message_id: int) -> str:
        """Return the pixel's path."""
        return f"/o/{self._token(Aim.OPEN, message_id)}"

    def trap_path(self, message_id: int) -> str:
        """Return the path of the link that nobody can see, so that only programs follow it."""
        return f"/t/{self._token(Aim.TRAP, message_id)}"

    def unsubscribe_path(self, message_id: int) -> str:
        """Return the path that shows (GET) and does (POST) unsubscribing."""
        return f"/u/{self._token(Aim.UNSUBSCRIBE, message_id)}"

    def preferences_path(self, message_id: int) -> str:
        """Return the preference page's path."""
        return f"/p/{self._token(Aim.PREFERENCES, message_id)}"

    def click_path(self, message_id: int, index: int, url: str) -> str:
        """Return the path that leads to a link's address, which it shows in plain sight."""
        token = self._token(Aim.CLICK, message_id, _link(index, url))
        return f"/c/{token}/{index}?u={_quoted(url)}"

    def bounce_token(self, message_id: int) -> str:
        """Return what the local part of a message's return path ends in.

        Servers on the way may change the case of an address, so it is in lower case base 32.
        """
        return self._letters(Aim.BOUNCE, message_id)

    def find_bounce(self, token: str) -> TrackedMessage | None:
        """Return what a return path's token stands for, None if it is not ours."""
        return self._find_letters(Aim.BOUNCE, token)

    def reply_token(self, message_id: int) -> str:
        """Return what a message's Message-ID begins with; replies name it."""
        return self._letters(Aim.REPLY, message_id)

    def find_reply(self, token: str) -> TrackedMessage | None:
        """Return what a Message-ID's token stands for, None if it is not ours."""
        return self._find_letters(Aim.REPLY, token)

    def find_open(self, token: str) -> TrackedMessage | None:
        """Return what a pixel's token stands for, None if it is not ours."""
        return self._find(Aim.OPEN, token)

    def find_trap(self, token: str) -> TrackedMessage | None:
        """Return what the token of a link that nobody sees stands for, None if it is not ours."""
        return self._find(Aim.TRAP, token)

    def find_unsubscribe(self, token: str) -> TrackedMessage | None:
        """Return what an unsubscribe token stands for, None if it is not ours."""
        return self._find(Aim.UNSUBSCRIBE, token)

    def find_preferences(self, token: str) -> TrackedMessage | None:
        """Return what a preference page's token stands for, None if it is not ours."""
        return self._find(Aim.PREFERENCES, token)

    def find_click(self, token: str, index: str, url: str) -> TrackedLink | None:
        """Return the link, None unless token, index and address belong together."""
        if not (index.isascii() and index.isdigit() and len(index) <= 6):  # noqa: PLR2004 - a mail has fewer than a million links
            return None
        found = self._find(Aim.CLICK, token, _link(int(index), url))
        if found is None:
            return None
        return TrackedLink(found.workspace_id, found.message_id, int(index), url)

    def _token(self, aim: Aim, message_id: int, about: bytes = b"") -> str:
        body, tag = self._signed(aim, message_id, about)
        return urlsafe_b64encode(tag + _xor(body, self._mask(tag))).decode("ascii")

    def _find(self, aim: Aim, token: str, about: bytes = b"") -> TrackedMessage | None:
        if len(token) != _TOKEN_CHARACTERS:
            return None
        try:
            raw = urlsafe_b64decode(token.encode("ascii"))
        except (UnicodeEncodeError, Base64Error):
            return None
        # The decoder skips characters it does not know: only the one right spelling counts.
        if urlsafe_b64encode(raw) != token.encode("ascii"):
            return None
        return self._open(aim, raw, about)

    def _letters(self, aim: Aim, message_id: int) -> str:
        body, tag = self._signed(aim, message_id, b"")
        return _spell(tag + _xor(body, self._mask(tag)))

    def _find_letters(self, aim: Aim, token: str) -> TrackedMessage | None:
        if len(token) != _LETTERS:
            return None
        try:
            raw = b32decode(token.upper() + _PADDING)
        except ValueError:
            return None
        # The last letter has bits to spare: only the one right spelling counts.
        return self._open(aim, raw, b"") if _spell(raw) == token.lower() else None

    def _signed(self, aim: Aim, message_id: int, about: bytes) -> tuple[bytes, bytes]:
        body = self._workspace + message_id.to_bytes(_MESSAGE_BYTES)
        return body, self._tag(aim, body, about)

    def _open(self, aim: Aim, raw: bytes, about: bytes) -> TrackedMessage | None:
        tag, masked = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
        if len(masked) != _BODY_BYTES:
            return None
        body = _xor(masked, self._mask(tag))
        if not hmac.compare_digest(tag, self._tag(aim, body, about)):
            return None
        return TrackedMessage(
            int.from_bytes(body[:_WORKSPACE_BYTES]), int.from_bytes(body[_WORKSPACE_BYTES:])
        )

    def _tag(self, aim: Aim, body: bytes, about: bytes) -> bytes:
        # Aim and body have fixed lengths, so no two different inputs read the same.
        tag = self._tags[aim].copy()
        tag.update(body + about)
        return tag.digest()

    def _mask(self, tag: bytes) -> bytes:
        mask = self._masks.copy()
        mask.update(tag)
        return mask.digest()


def _spell(raw: bytes) -> str:
    """Return a token in lower case base 32; the library's does it in Python, by quarters."""
    bits = int.from_bytes(raw) << _FILL_BITS
    return "".join([_PAIRS[bits >> place & 1023] for place in _PAIR_BITS])


def _link(index: int, url: str) -> bytes:
    return index.to_bytes(4) + url.encode("utf-8", "surrogatepass")


def _xor(left: bytes, right: bytes) -> bytes:
    return (int.from_bytes(left) ^ int.from_bytes(right)).to_bytes(len(left))
