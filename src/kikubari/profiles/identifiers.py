"""Identifiers: what they are, how they are normalised, which values name nobody."""

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import idna
import msgspec
import phonenumbers

from kikubari.spec.envelope import Event, EventKind, Trust

USER_ID = "user_id"
EXTERNAL_PREFIX = "external:"  # followed by the type that `context.externalIds` names
EMAIL = "email"
PHONE = "phone"
ANONYMOUS_ID = "anonymous_id"

# Strength, strongest first. All but the last belong to a person, the last to a device.
_RANKS = {USER_ID: 0, EMAIL: 2, PHONE: 3, ANONYMOUS_ID: 4}
_EXTERNAL_RANK = 1
DEVICE_RANK = 4
USER_RANK = 0

MAX_VALUE = 254
_MAX_EXTERNAL_TYPE = 64
_MAX_EXTERNAL_IDS = 10
# An identifier that scripts and forms send when they have none. Compared in lower case.
BLOCKED_VALUES = frozenset(
    {
        "", "null", "nil", "none", "undefined", "nan", "unknown", "anonymous", "anon", "guest",
        "0", "-1", "n/a", "na", "-", "true", "false", "test", "user", "userid", "user_id", "id",
        "[object object]", "{}", "[]", "not provided", "00000000-0000-0000-0000-000000000000",
        "none@none.com", "no@email.com", "noemail@noemail.com", "a@a.com", "email@email.com",
    }
)  # fmt: skip
_BLOCKED_LOCAL_PARTS = frozenset({"test", "null", "undefined", "none", "noreply", "no-reply"})
_EXTERNAL_TYPE = re.compile(r"[a-z0-9_.:-]+")
_NOT_DIGITS = re.compile(r"[^0-9+]")
_PHONE_DIGITS = range(7, 16)  # E.164 allows 15; under 7 it is an extension

# How an identifier is written in an event: (kind, value as sent). The cheap key of caches.
Reference = tuple[str, str]


class Identifier(msgspec.Struct, frozen=True):
    """A normalised identifier. `kind` is one of the constants above or ``external:<type>``."""

    kind: str
    value: str

    @property
    def rank(self) -> int:
        """Return how strong the kind is: 0 is strongest."""
        return rank_of(self.kind)

    def key(self, workspace_id: int) -> bytes:
        """Return 16 bytes that stand for the identifier within its workspace."""
        text = f"{workspace_id}\0{self.kind}\0{self.value}"
        return blake2b(text.encode(), digest_size=16).digest()


def rank_of(kind: str) -> int:
    """Return how strong a kind is: 0 (user_id) is strongest, 4 (a device) weakest."""
    return _RANKS.get(kind, _EXTERNAL_RANK)


class IdentifierRules(msgspec.Struct, frozen=True):
    """How values are read.

    Attributes:
        default_region: ISO 3166 region whose numbering plan a phone number without country code
            follows.
        blocked: further values, in lower case, that name nobody.
    """

    default_region: str = "JP"
    blocked: frozenset[str] = frozenset()

    def find(self, kind: str, value: str) -> Identifier | None:
        """Return the normalised identifier, None when the value names nobody."""
        text = value.strip()
        if not _is_usable(text) or text.casefold() in self.blocked:
            return None
        if kind == EMAIL:
            normal = normalise_email(text)
        elif kind == PHONE:
            normal = normalise_phone(text, self.default_region)
        else:
            normal = text
        return Identifier(kind, normal) if normal else None


def normalise_email(text: str) -> str | None:
    """Return the address in NFKC, case-folded, its domain as A-labels; None if it is none.

    Two spellings that differ in case are one person in practice, whatever RFC 5321 allows.
    """
    local, separator, domain = unicodedata.normalize("NFKC", text.strip()).rpartition("@")
    local = local.casefold()
    if not separator or not local or any(c.isspace() or c == "@" for c in local):
        return None
    if local in _BLOCKED_LOCAL_PARTS:
        return None
    ascii_domain = _ascii_domain(domain.casefold())
    address = f"{local}@{ascii_domain}"
    if not ascii_domain or len(address) > MAX_VALUE or address in BLOCKED_VALUES:
        return None
    return address


def normalise_phone(text: str, region: str) -> str | None:
    """Return a phone number as E.164; a number no plan knows as its bare digits; else None."""
    normal = unicodedata.normalize("NFKC", text)
    try:
        number = phonenumbers.parse(normal, region)
    except phonenumbers.NumberParseException:
        number = None
    if number is not None and phonenumbers.is_possible_number(number):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    digits = _NOT_DIGITS.sub("", normal)
    bare = digits.lstrip("+")
    is_number = len(bare) in _PHONE_DIGITS and len(set(bare)) > 1
    return digits if is_number else None


def list_references(event: Event) -> list[Reference]:
    """Return the identifiers of an event as written, strongest first.

    Contact identifiers and external ids count only from sources that keep a secret: a public key
    can claim anybody's address.
    """
    found: list[Reference] = []
    if event.user_id:
        found.append((USER_ID, event.user_id))
    if event.trust is not Trust.PUBLIC:
        context = event.context
        if "externalIds" in context:
            found += _list_external(context["externalIds"])
        if event.traits or "traits" in context:
            found += _list_contacts(event)
    if event.anonymous_id:
        found.append((ANONYMOUS_ID, event.anonymous_id))
    return found


def _list_contacts(event: Event) -> list[Reference]:
    places: list[Any] = [event.context.get("traits")]
    # The traits of a group call describe the company.
    if event.kind is not EventKind.GROUP:
        places.insert(0, event.traits)
    found: list[Reference] = []
    for kind in (EMAIL, PHONE):
        for place in places:
            value = place.get(kind) if isinstance(place, dict) else None
            if isinstance(value, str) and value:
                found.append((kind, value))
                break
    return found


def _list_external(entries: object) -> list[Reference]:
    if not isinstance(entries, list):
        return []
    found: set[Reference] = set()
    for entry in entries[:_MAX_EXTERNAL_IDS]:
        if not isinstance(entry, dict):
            continue
        kind, value = entry.get("type"), entry.get("id")
        if not isinstance(kind, str) or isinstance(value, bool):
            continue
        kind = kind.strip().lower()
        if (
            isinstance(value, str | int)
            and len(kind) <= _MAX_EXTERNAL_TYPE
            and _EXTERNAL_TYPE.fullmatch(kind)
        ):
            found.add((EXTERNAL_PREFIX + kind, str(value)))
    return sorted(found)


def _is_usable(text: str) -> bool:
    if len(text) > MAX_VALUE or text.casefold() in BLOCKED_VALUES:
        return False
    # Control characters and lone surrogates cannot be stored everywhere, and are never meant.
    return text.isprintable()


@lru_cache(maxsize=4096)
def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        is_plain = all(c.isalnum() or c in "-._" for c in domain)
        return domain if is_plain and domain.strip(".") == domain else ""
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return ""
