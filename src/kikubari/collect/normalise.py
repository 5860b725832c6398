"""From a wire message to an event, or to the reason why not. Pure."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NoReturn

import msgspec

from kikubari.collect.contracts import Rejection
from kikubari.collect.wire import Message
from kikubari.kit.instants import EARLIEST, parse_instant
from kikubari.spec import topics
from kikubari.spec.envelope import (
    ALIASED,
    GROUPED,
    IDENTIFIED,
    PAGE_VIEWED,
    SCREEN_VIEWED,
    Event,
    EventKind,
    Trust,
)

MAX_EVENT_NAME_CHARS = 200
MAX_ID_CHARS = 256
MAX_MESSAGE_ID_CHARS = 100  # Segment's own limit
MAX_TRAITS = 200
MAX_PROPERTIES = 1_000

# Reserved events by which a server tells what it knows. The other reserved ones are this
# product's own record of what it did.
SERVER_TOPICS = frozenset(
    {
        topics.PRODUCT_UPDATED,
        topics.CONSENT_CHANGED,
        topics.SUPPRESSION_CHANGED,
        topics.TRAIT_COMPUTED,
    }
)
# Outcomes that a page cannot know: they come from mail providers, and suppress addresses.
OUTCOME_TOPICS = frozenset(
    {
        topics.EMAIL_DELIVERED,
        topics.EMAIL_OPENED,
        topics.EMAIL_LINK_CLICKED,
        topics.EMAIL_BOUNCED,
        topics.EMAIL_REPLIED,
        topics.EMAIL_MARKED_AS_SPAM,
        topics.UNSUBSCRIBED,
    }
)

_KINDS = {kind.value: kind for kind in EventKind}
_TYPES = {
    EventKind.IDENTIFY: IDENTIFIED,
    EventKind.PAGE: PAGE_VIEWED,
    EventKind.SCREEN: SCREEN_VIEWED,
    EventKind.GROUP: GROUPED,
    EventKind.ALIAS: ALIASED,
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for every message of one request.

    Attributes:
        source_id: the source whose key was used.
        trust: how far that source is believed.
        received_at: when the request was read.
        clock_error: by how much the sender's clock is behind, as the request's `sentAt` tells;
            None when it has none: then each message's own `sentAt` counts.
        kind: the call named by the path; None: each message names its own.
        context: the batch's context, under each message's own.
        is_skew_corrected: whether timestamps are moved by the sender's clock error.
    """

    source_id: int
    trust: Trust
    received_at: datetime
    clock_error: timedelta | None = None
    kind: EventKind | None = None
    context: dict[str, Any] | None = None
    is_skew_corrected: bool = True


class _RefusedError(Exception):
    def __init__(self, rejection: Rejection) -> None:
        super().__init__(rejection.reason)
        self.rejection = rejection


def normalise(
    message: Message, arrival: Arrival, new_message_id: Callable[[], str]
) -> Event | Rejection:
    """Turn a message into an event.

    Args:
        message: the message; its dicts are taken over.
        arrival: the request it came with.
        new_message_id: makes an id for a message without one. Such a message is new each time
            it is sent.
    """
    try:
        return _normalise(message, arrival, new_message_id)
    except _RefusedError as refused:
        return refused.rejection


def _normalise(message: Message, arrival: Arrival, new_message_id: Callable[[], str]) -> Event:
    kind = arrival.kind or _KINDS.get(message.type or "")
    if kind is None:
        _refuse("unknown_type", "a message's type is one of " + ", ".join(_KINDS), "$.type")
    if message.number is not None:
        _refuse("reserved_field", "'number' is set by this product alone", "$.number")
    user_id = _id(message.user_id, "userId")
    anonymous_id = _id(message.anonymous_id, "anonymousId")
    previous_id = group_id = None
    if kind is EventKind.ALIAS:
        previous_id = _id(message.previous_id, "previousId") or anonymous_id
        _require_alias(user_id, previous_id)
    elif kind is EventKind.GROUP:
        group_id = _id(message.group_id, "groupId")
        if group_id is None:
            _refuse("missing_group_id", "group needs a groupId", "$.groupId")
    topic = _track_name(message, arrival.trust) if kind is EventKind.TRACK else _TYPES[kind]
    if user_id is None and anonymous_id is None and topic not in SERVER_TOPICS:
        _refuse("missing_id", "a message needs a userId or an anonymousId", "$.userId")
    context = _context(message, arrival)
    return Event(
        message_id=_message_id(message.message_id) or new_message_id(),
        kind=kind,
        type=topic,
        occurred_at=_occurred_at(message, arrival),
        received_at=arrival.received_at,
        source_id=arrival.source_id,
        trust=arrival.trust,
        user_id=user_id,
        anonymous_id=anonymous_id,
        previous_id=previous_id,
        group_id=group_id,
        properties=_properties(message, kind),
        traits=_traits(message, kind, context),
        context=context,
    )


def _refuse(code: str, reason: str, path: str) -> NoReturn:
    raise _RefusedError(Rejection(code, reason, path))


def _id(value: str | float | None, field: str) -> str | None:
    """Return an id as text; an empty one is none, as with Segment."""
    if value is None:
        return None
    if not isinstance(value, str):
        value = str(int(value)) if value == int(value) else str(value)
    if len(value) > MAX_ID_CHARS:
        _refuse("id_too_long", f"an id has at most {MAX_ID_CHARS} characters", f"$.{field}")
    return value if value and not value.isspace() else None


def _message_id(value: str | int | None) -> str | None:
    if isinstance(value, int):
        value = str(value)
    if value is not None and len(value) > MAX_MESSAGE_ID_CHARS:
        _refuse(
            "message_id_too_long",
            f"a messageId has at most {MAX_MESSAGE_ID_CHARS} characters",
            "$.messageId",
        )
    return value or None


def _require_alias(user_id: str | None, previous_id: str | None) -> None:
    if user_id is None:
        _refuse("missing_id", "alias needs the userId it leads to", "$.userId")
    if previous_id is None:
        _refuse("missing_previous_id", "alias needs a previousId", "$.previousId")


def _track_name(message: Message, trust: Trust) -> str:
    name = message.event
    if not name or name.isspace():
        _refuse("missing_event", "track needs the name of an event", "$.event")
    if len(name) > MAX_EVENT_NAME_CHARS or _CONTROL.search(name):
        _refuse(
            "invalid_event",
            f"an event's name is one line of at most {MAX_EVENT_NAME_CHARS} characters",
            "$.event",
        )
    if name.startswith(topics.RESERVED_PREFIX):
        if trust is Trust.PUBLIC:
            _refuse("reserved_event", "a browser's key cannot send this event", "$.event")
        if name not in SERVER_TOPICS:
            _refuse("reserved_event", "only this product itself records this event", "$.event")
    elif trust is Trust.PUBLIC and name in OUTCOME_TOPICS:
        _refuse("reserved_event", "a browser's key cannot send this event", "$.event")
    return name


def _occurred_at(message: Message, arrival: Arrival) -> datetime:
    """Return when it happened by the receiver's clock, never later than the receipt.

    Segment's definition: timestamp = receivedAt - (sentAt - originalTimestamp).
    """
    text = message.original_timestamp or message.timestamp
    if not text:
        return arrival.received_at
    try:
        occurred_at = parse_instant(text)
    except (ValueError, OverflowError):
        field = "originalTimestamp" if message.original_timestamp else "timestamp"
        _refuse("invalid_timestamp", "not an ISO 8601 instant of 1900 to 2262", f"$.{field}")
    if arrival.is_skew_corrected:
        clock_error = arrival.clock_error
        if clock_error is None:
            clock_error = find_clock_error(message.sent_at, arrival.received_at)
        if clock_error is not None:
            occurred_at += clock_error
    return max(EARLIEST, min(occurred_at, arrival.received_at))


def find_clock_error(sent_at: object, received_at: datetime) -> timedelta | None:
    """Return by how much a sender's clock is behind, None when its `sentAt` does not say."""
    if not isinstance(sent_at, str):
        return None
    try:
        return received_at - parse_instant(sent_at)
    except (ValueError, OverflowError):
        return None


def _context(message: Message, arrival: Arrival) -> dict[str, Any]:
    """Return the context without addresses of machines, and without marks nobody vouches for."""
    context = message.context or {}
    if arrival.context:
        context = {**arrival.context, **context}
    context.pop("ip", None)
    if arrival.trust is Trust.PUBLIC:
        context.pop("kikubari", None)
    if isinstance(message.channel, str):
        context.setdefault("channel", message.channel)
    return context


def _properties(message: Message, kind: EventKind) -> dict[str, Any]:
    properties = message.properties or {}
    if kind is EventKind.PAGE or kind is EventKind.SCREEN:
        # As Segment does, so that a page's name is found where other properties are.
        if isinstance(message.name, str):
            properties.setdefault("name", message.name)
        if isinstance(message.category, str):
            properties.setdefault("category", message.category)
    if len(properties) > MAX_PROPERTIES:
        _refuse("too_many_keys", f"at most {MAX_PROPERTIES} properties", "$.properties")
    return properties


def _traits(message: Message, kind: EventKind, context: dict[str, Any]) -> dict[str, Any]:
    traits = message.traits or {}
    if kind is EventKind.IDENTIFY:
        # RudderStack puts the traits of an identify call into its context.
        in_context = context.get("traits")
        if isinstance(in_context, dict):
            traits = {**in_context, **traits}
            del context["traits"]
    if len(traits) > MAX_TRAITS:
        _refuse("too_many_keys", f"at most {MAX_TRAITS} traits", "$.traits")
    return traits
