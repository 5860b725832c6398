"""The consent ledger: who agreed to what, in which words, when, and the proof."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from kikubari.events import Sealing, SequencedEvent, find_consent_assertion, message_key
from kikubari.kit.instants import LATEST, from_micros, to_micros
from kikubari.profiles._repository import consents as rows
from kikubari.profiles._repository import identity
from kikubari.profiles._repository.chunked import Rows
from kikubari.profiles.contracts import ConsentEntry, ConsentState, WordingUse
from kikubari.spec.envelope import DEFAULT_WORKSPACE

_UNKNOWN = ConsentState()
_MAX_TEXT = 500


class ConsentProjection:
    """Appends to the ledger what events say about consent. Order of arrival does not matter."""

    def __init__(self, sealing: Sealing, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._sealing = sealing
        self._workspace_id = workspace_id

    def apply(self, connection: Connection, events: Sequence[SequencedEvent]) -> None:
        """Append the consents that events record about somebody."""
        stated = [
            (item, assertion)
            for item in events
            if item.number and (assertion := find_consent_assertion(item.event)) is not None
        ]
        if not stated:
            return
        proofs = self._sealing.seal(
            connection,
            [item.number for item, _ in stated],
            [one.proof.encode("utf-8", "replace") for _, one in stated],
        )
        rows.insert_consents(
            connection,
            [
                (
                    self._workspace_id,
                    item.number,
                    one.purpose,
                    _text(one.channel),
                    to_micros(item.event.occurred_at),
                    item.event.source_id,
                    message_key(item.event.message_id),
                    one.status,
                    _text(one.wording_version),
                    _text(one.source),
                    proof,
                    to_micros(item.event.received_at),
                    item.position,
                )
                for (item, one), proof in zip(stated, proofs, strict=True)
            ],
        )


class ConsentLedger:
    """Reads the ledger, on any connection: a snapshot, or the transaction of the last gate.

    A person's state for a purpose and channel is the latest statement, by (time, source,
    message), among those on exactly that channel and those on all channels. No statement: no.
    """

    def __init__(self, sealing: Sealing, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._sealing = sealing
        self._workspace_id = workspace_id

    def state(
        self,
        connection: Connection,
        numbers: Collection[int],
        purpose: str,
        channel: str,
        *,
        as_of: datetime = LATEST,
        known_at: datetime = LATEST,
    ) -> dict[int, ConsentState]:
        """Return where each person stands; any of a person's numbers may be asked for.

        Args:
            connection: a snapshot or a transaction.
            numbers: of people; thousands at once.
            purpose: marketing, tracking, profiling or enrichment.
            channel: such as ``email``; empty asks for statements on all channels only.
            as_of: statements made later do not count.
            known_at: statements that arrived later do not count.
        """
        return self.states(
            connection, numbers, (purpose,), channel, as_of=as_of, known_at=known_at
        )[purpose]

    def states(
        self,
        connection: Connection,
        numbers: Collection[int],
        purposes: Collection[str],
        channel: str,
        *,
        as_of: datetime = LATEST,
        known_at: datetime = LATEST,
    ) -> dict[str, dict[int, ConsentState]]:
        """Return where each person stands by purpose, in one look; arguments are as of `state`."""
        profile_of = identity.list_profiles_of(connection, self._workspace_id, numbers)
        people = identity.list_numbers_of(connection, self._workspace_id, set(profile_of.values()))
        found = rows.list_entries(
            connection,
            self._workspace_id,
            people.keys(),
            about=(purposes, {channel, ""}),
            until_us=to_micros(as_of),
            received_until_us=to_micros(known_at),
        )
        # In order: the last one stands.
        latest = {(row.purpose, people[row.number]): row for row in found}
        states = {key: _state(row) for key, row in latest.items()}
        return {
            purpose: {
                number: states.get((purpose, profile_of.get(number, 0)), _UNKNOWN)
                for number in numbers
            }
            for purpose in purposes
        }

    def standing(
        self, connection: Connection, number: int, *, as_of: datetime = LATEST
    ) -> tuple[ConsentState, ...]:
        """Return a person's latest statement for each purpose and channel ever named."""
        found = self._entries(connection, number, as_of)
        latest = {(row.purpose, row.channel): _state(row) for row in found}
        return tuple(latest[key] for key in sorted(latest))

    def history(self, connection: Connection, number: int) -> list[ConsentEntry]:
        """Return all a person ever said about consent, oldest first."""
        found = self._entries(connection, number, LATEST)
        proofs = self._sealing.open(
            connection, [row.number for row in found], [row.proof for row in found]
        )
        return [
            ConsentEntry(
                number=row.number,
                purpose=row.purpose,
                channel=row.channel,
                status=row.status,
                wording_version=row.wording_version,
                source=row.source,
                proof=None if proof is None else proof.decode(),
                at=from_micros(row.at_us),
                received_at=from_micros(row.received_us),
                position=row.position,
            )
            for row, proof in zip(found, proofs, strict=True)
        ]

    def list_wording_uses(self, connection: Connection) -> list[WordingUse]:
        """Return where and under which words consents were given, the most frequent first."""
        return [
            WordingUse(
                version=row.wording_version,
                purpose=row.purpose,
                channel=row.channel,
                source=row.source,
                n_people=row.n_people,
                last_at=from_micros(row.last_us),
            )
            for row in rows.count_grants(connection, self._workspace_id)
        ]

    def _entries(self, connection: Connection, number: int, as_of: datetime) -> Rows:
        profile_of = identity.list_profiles_of(connection, self._workspace_id, [number])
        people = identity.list_numbers_of(connection, self._workspace_id, set(profile_of.values()))
        return rows.list_entries(
            connection,
            self._workspace_id,
            people.keys(),
            until_us=to_micros(as_of),
            received_until_us=to_micros(LATEST),
        )


def _state(row: Row[*tuple[Any, ...]]) -> ConsentState:
    return ConsentState(
        status=row.status,
        purpose=row.purpose,
        channel=row.channel,
        at=from_micros(row.at_us),
        wording_version=row.wording_version,
        source=row.source,
    )


def _text(value: str) -> str:
    """Return text that every engine stores: no NUL, no lone surrogates, not endless."""
    return value[:_MAX_TEXT].replace("\0", "").encode("utf-8", "replace").decode()
