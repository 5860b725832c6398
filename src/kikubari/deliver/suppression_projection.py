"""What events say about addresses, kept on the suppression list."""

from collections.abc import Sequence

from sqlalchemy import Connection

from kikubari.deliver import _views as views
from kikubari.deliver.bounces import BounceType
from kikubari.deliver.contracts import EMAIL, Purpose, parse_public_id
from kikubari.deliver.soft_bounces import SoftBounce, count_soft_bounces
from kikubari.deliver.suppression import AddressHasher, SuppressionReason, Word, apply_words
from kikubari.events import SequencedEvent, find_consent_assertion
from kikubari.spec.envelope import DEFAULT_WORKSPACE, Event, Trust
from kikubari.spec.topics import (
    CONSENT_CHANGED,
    EMAIL_BOUNCED,
    EMAIL_MARKED_AS_SPAM,
    SUPPRESSION_CHANGED,
    UNSUBSCRIBED,
)


class SuppressionProjection:
    """Keeps the list in step with the log.

    Reads ``Kikubari Suppression Changed`` (``context.traits.email`` or ``properties.email``,
    ``channel``, ``reason``, ``status`` suppressed or removed), ``Email Bounced`` (``bounce_type``
    hard; soft ones are counted), ``Email Marked as Spam``, ``Unsubscribed`` and renewed consent. A
    browser's key suppresses nobody: anybody could do so to anybody.
    """

    def __init__(self, hasher: AddressHasher, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._hasher = hasher
        self._workspace_id = workspace_id

    def apply(self, connection: Connection, events: Sequence[SequencedEvent]) -> None:
        """Take in events that are new to the log."""
        relevant = [item.event for item in events if item.event.type in _READERS]
        relevant = [event for event in relevant if event.trust is not Trust.PUBLIC]
        if not relevant:
            return
        keys = self._keys_of(connection, relevant)
        words = [
            Word(key, reason, is_active, event.occurred_at)
            for event, key in zip(relevant, keys, strict=True)
            if key is not None and (found := _READERS[event.type](event)) is not None
            for reason, is_active in found
        ]
        apply_words(connection, words, workspace_id=self._workspace_id)
        soft = [
            SoftBounce(key, _message_key(event), event.occurred_at)
            for event, key in zip(relevant, keys, strict=True)
            if key is not None and _is_soft(event)
        ]
        if soft:
            words = count_soft_bounces(connection, soft, workspace_id=self._workspace_id)
            apply_words(connection, words, workspace_id=self._workspace_id)

    def _keys_of(self, connection: Connection, events: Sequence[Event]) -> list[bytes | None]:
        """Return each event's address key: given, by its message, or by its address."""
        ids = [parse_public_id(str(event.properties.get("message_id", ""))) for event in events]
        by_message = views.list_address_keys(
            connection, self._workspace_id, [i for i in ids if i is not None]
        )
        return [
            _given_key(event)
            or (by_message.get(message_id) if message_id is not None else None)
            or self._hasher.find_hash(_email_of(event))
            for event, message_id in zip(events, ids, strict=True)
        ]


def _email_of(event: Event) -> str:
    """Return the address an event is about: its own property, or its person's."""
    person = event.context.get("traits")
    address = event.properties.get("email") or (
        person.get("email") if isinstance(person, dict) else None
    )
    return address if isinstance(address, str) else ""


def _given_key(event: Event) -> bytes | None:
    """Return the key that this product itself wrote instead of an address."""
    digits = event.properties.get("address_key")
    if event.trust is not Trust.INTERNAL or not isinstance(digits, str):
        return None
    return bytes.fromhex(digits)


_Found = list[tuple[SuppressionReason, bool]] | None


def _read_suppression(event: Event) -> _Found:
    if event.properties.get("channel", EMAIL) not in {EMAIL, ""}:
        return None
    try:
        reason = SuppressionReason(event.properties.get("reason", SuppressionReason.IMPORTED))
    except ValueError:
        reason = SuppressionReason.IMPORTED
    if event.properties.get("status", "suppressed") != "removed":
        return [(reason, True)]
    # Only this product itself says so, when an operator asked it to.
    return [(reason, False)] if event.trust is Trust.INTERNAL else None


def _read_bounce(event: Event) -> _Found:
    is_hard = event.properties.get("bounce_type") == BounceType.HARD
    return [(SuppressionReason.BOUNCED, True)] if is_hard else None


def _is_soft(event: Event) -> bool:
    return event.type == EMAIL_BOUNCED and event.properties.get("bounce_type") == BounceType.SOFT


def _message_key(event: Event) -> str:
    """Return what tells messages apart: two reports of one message count once."""
    return str(event.properties.get("message_id") or event.message_id)


def _read_complaint(event: Event) -> _Found:
    del event
    return [(SuppressionReason.COMPLAINED, True)]


def _read_unsubscribed(event: Event) -> _Found:
    del event
    return [(SuppressionReason.UNSUBSCRIBED, True)]


def _read_consent(event: Event) -> _Found:
    """A grant on our own pages is the person's act; one from a file may be an old list."""
    consent = find_consent_assertion(event)
    if consent is None or event.trust is not Trust.INTERNAL or consent.status != "granted":
        return None
    is_marketing = consent.purpose == Purpose.MARKETING and consent.channel in {EMAIL, ""}
    # Whoever agrees anew is there, whether or not they opened anything before.
    ended = (SuppressionReason.UNSUBSCRIBED, SuppressionReason.INACTIVE)
    return [(reason, False) for reason in ended] if is_marketing else None


_READERS = {
    SUPPRESSION_CHANGED: _read_suppression,
    EMAIL_BOUNCED: _read_bounce,
    EMAIL_MARKED_AS_SPAM: _read_complaint,
    UNSUBSCRIBED: _read_unsubscribed,
    CONSENT_CHANGED: _read_consent,
}
