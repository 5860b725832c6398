"""What a recipient can change by the links in a message, without logging in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row

from kikubari.deliver import _views as views
from kikubari.deliver.contracts import EMAIL, MessageState, Origin, Purpose, public_id
from kikubari.deliver.suppression import SuppressionReason, Word, apply_words, list_blocked
from kikubari.deliver.tracking import TrackedMessage, TrackingTokens
from kikubari.deliver.trials import is_trial_id
from kikubari.events import append_in
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import Event, EventKind, Trust
from kikubari.spec.topics import CONSENT_CHANGED, INTERNAL_SOURCE_ID, UNSUBSCRIBED
from kikubari.storage import StateStore

_PREFERENCES, _UNSUBSCRIBE = "preference_page", "unsubscribe_link"


class Mailed(msgspec.Struct, frozen=True, kw_only=True):
    """Who a link was sent to, and by which message.

    Attributes:
        is_unsubscribed: gets no marketing mail at this address.
    """

    workspace_id: int
    message_id: str
    number: int
    purpose: Purpose
    state: MessageState
    origin: Origin
    is_unsubscribed: bool


class Unsubscribing:
    """Unsubscribing and changed consent, effective at once on everything that is queued.

    The address goes on the suppression list in the transaction that appends the events, so the
    last gate stops the next message without waiting for the log to be processed.
    """

    def __init__(self, store: StateStore, tokens: TrackingTokens) -> None:
        self._store = store
        self._tokens = tokens

    def find_recipient(self, token: str) -> Mailed | None:
        """Return who a link to unsubscribe or to the preference page was sent to.

        None when the token is not ours or the message is gone: answer 404.
        """
        return self._find_mailed(self._find(token))

    def is_trial(self, token: str) -> bool:
        """Say whether a link is one of a test send: it acts on nobody."""
        found = self._find(token)
        return found is not None and is_trial_id(found.message_id)

    def find_preferences(self, token: str) -> Mailed | None:
        """Return who a link to the preference page was sent to; no other link will do."""
        return self._find_mailed(self._tokens.find_preferences(token))

    def _find_mailed(self, found: TrackedMessage | None) -> Mailed | None:
        if found is None:
            return None
        with self._store.read() as connection:
            row = views.find_message(connection, found.workspace_id, found.message_id)
            if row is None:
                return None
            is_unsubscribed = _is_unsubscribed(connection, row, found.workspace_id)
        return Mailed(
            workspace_id=found.workspace_id,
            message_id=public_id(row.id),
            number=row.number,
            purpose=Purpose(row.purpose),
            state=MessageState(row.state),
            origin=Origin(row.origin_kind, row.origin_id),
            is_unsubscribed=is_unsubscribed,
        )

    def unsubscribe(self, token: str, *, at: datetime, proof: str) -> bool:
        """Withdraw consent to marketing mail; False when the token is not ours.

        Doing it again changes nothing.

        Args:
            token: of the link to unsubscribe, or of the preference page.
            at: now.
            proof: how it was asked for, such as ``one-click POST``.
        """
        return self.change_consent(
            token, Purpose.MARKETING.value, is_granted=False, at=at, proof=proof
        )

    def change_consent(
        self,
        token: str,
        purpose: str,
        *,
        is_granted: bool,
        at: datetime,
        proof: str,
        wording_version: str = "",
        source: str = "",
        channel: str = EMAIL,
        was_granted: bool = True,
    ) -> bool:
        """Grant or withdraw consent to a purpose; False when the token is not ours.

        Granting needs the preference page's token: a link to unsubscribe only ever withdraws.

        Args:
            token: of the preference page; to withdraw, of the link to unsubscribe too.
            purpose: marketing, tracking, profiling or enrichment.
            is_granted: the new state.
            at: now.
            proof: how it was asked for.
            wording_version: of the text that was agreed to.
            source: where it was said, if not by the link alone.
            channel: for which it holds; empty is for all.
            was_granted: what is refused now was granted before: withdrawn, else denied.
        """
        found = self._tokens.find_preferences(token) if is_granted else self._find(token)
        if found is None:
            return False
        refusal = "withdrawn" if was_granted else "denied"
        status = "granted" if is_granted else refusal

        def work(connection: Connection) -> bool:
            row = views.find_message(connection, found.workspace_id, found.message_id)
            if row is None:
                return False
            # The suppression list is of addresses: it says nothing of other channels.
            is_marketing = purpose == Purpose.MARKETING and channel in {EMAIL, ""}
            is_leaving = is_marketing and not is_granted
            if is_leaving and _is_unsubscribed(connection, row, found.workspace_id):
                return True
            said = {
                "channel": channel,
                "purpose": purpose,
                "status": status,
                "wording_version": wording_version,
                "source": source or self._source_of(token),
                "proof": proof,
            }
            events = [_event(row, CONSENT_CHANGED, at, said)]
            if is_marketing:
                _apply(connection, row, found.workspace_id, is_active=is_leaving, at=at)
                if is_leaving:
                    events.append(_event(row, UNSUBSCRIBED, at, {}))
            append_in(connection, events, workspace_id=found.workspace_id)
            return True

        return self._store.write(work)

    def _source_of(self, token: str) -> str:
        return _PREFERENCES if self._tokens.find_preferences(token) else _UNSUBSCRIBE

    def _find(self, token: str) -> TrackedMessage | None:
        return self._tokens.find_unsubscribe(token) or self._tokens.find_preferences(token)


def _is_unsubscribed(connection: Connection, row: Row[*tuple[Any, ...]], workspace_id: int) -> bool:
    if row.address_key is None:
        return False
    key = bytes(row.address_key)
    blocked = list_blocked(connection, [key], channel=row.channel, workspace_id=workspace_id)
    return Purpose.MARKETING in blocked.get(key, ())


def _apply(
    connection: Connection,
    row: Row[*tuple[Any, ...]],
    workspace_id: int,
    *,
    is_active: bool,
    at: datetime,
) -> None:
    if row.address_key is not None:
        key = bytes(row.address_key)
        words = [Word(key, SuppressionReason.UNSUBSCRIBED, is_active, at)]
        if not is_active:
            words.append(Word(key, SuppressionReason.INACTIVE, is_active, at))
        apply_words(connection, words, workspace_id=workspace_id)


def _event(
    row: Row[*tuple[Any, ...]], topic: str, at: datetime, properties: Mapping[str, object]
) -> Event:
    about = f"{properties.get('purpose', '')}:{properties.get('channel', '')}"
    return Event(
        message_id=f"{topic}:{about}:{public_id(row.id)}:{to_micros(at)}",
        kind=EventKind.TRACK,
        type=topic,
        occurred_at=at,
        received_at=at,
        source_id=INTERNAL_SOURCE_ID,
        trust=Trust.INTERNAL,
        number=row.number,
        properties={
            "channel": EMAIL,
            "message_id": public_id(row.id),
            f"{row.origin_kind}_id": row.origin_id,
            **properties,
        },
    )
