"""Tells the shop of codes as they are handed out and taken back: many codes in one call.

That a code is to be told is written with the code, in the transaction that hands it out, if
anybody listens then. A step of its own makes calls of what has come together, so that a million
codes are five thousand calls, and whoever hands out codes waits for none of them.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any, Final, Protocol

import msgspec
from sqlalchemy import Connection

from kikubari.decide.offers import _repository as rows
from kikubari.decide.offers.contracts import CodeNews, OfferDefinition
from kikubari.decide.offers.issuing import decode_definition
from kikubari.kit.clock import Clock
from kikubari.kit.ids import IdFactory
from kikubari.kit.instants import from_micros
from kikubari.profiles import Limit, Restrictions, profile_id
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import StateStore

CODES_A_CALL: Final = 200
_AT_ONCE = 5 * CODES_A_CALL
# A call has 64 KiB: 200 codes take 41 of them, what the offer asks for has to fit beside them.
_MAX_CONDITIONS = 20_000
_WITHHOLDING = frozenset({Limit.RESTRICTION, Limit.OBJECTION})


class CodeCall(StrEnum):
    """What the shop is told; the `type` of the call, by which endpoints ask for it."""

    ISSUED = "coupon.issued"
    WITHDRAWN = "coupon.withdrawn"


CODE_CALLS: Final = frozenset(one.value for one in CodeCall)
_CALLS = {CodeNews.ISSUED: CodeCall.ISSUED, CodeNews.WITHDRAWN: CodeCall.WITHDRAWN}


class Listeners(Protocol):
    """Other systems that asked for a kind of call; `deliver` implements it on webhooks."""

    def are_there(self, connection: Connection, kinds: Collection[str]) -> bool:
        """Say whether anybody asked for one of these kinds."""
        ...

    def tell_in(
        self,
        connection: Connection,
        kind: str,
        data: Mapping[str, Any],
        *,
        key: str,
        numbers: Collection[int],
        at: datetime,
    ) -> bool:
        """Queue a call to all who asked; says whether there was anybody.

        Args:
            connection: inside a transaction.
            kind: of the call.
            data: JSON values.
            key: the call is told once by it, and found again.
            numbers: of those the call names.
            at: when it happened.
        """
        ...

    def rewrite_in(
        self,
        connection: Connection,
        keys: Collection[str],
        change: Callable[[dict[str, Any]], dict[str, Any]],
    ) -> None:
        """Change the data of calls that were not taken yet, by their keys."""
        ...


class Announcing:
    """Makes calls of the codes that are to be told.

    Args:
        store: of the codes.
        listeners: who is told.
        restrictions: says whose data is to be left alone; their codes are told without a name.
        clock: gives the instants.
        ids: names calls.
        currency: the shop's, of the amounts.
        workspace_id: whose offers.
    """

    def __init__(
        self,
        store: StateStore,
        listeners: Listeners,
        restrictions: Restrictions,
        clock: Clock,
        ids: IdFactory,
        *,
        currency: str,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._listeners = listeners
        self._restrictions = restrictions
        self._clock = clock
        self._ids = ids
        self._currency = currency
        self._workspace_id = workspace_id

    def announce_some(self) -> bool:
        """Queue calls of what is to be told; returns whether there may be more."""
        with self._store.read() as connection:
            if not rows.list_news(connection, self._workspace_id, limit=1):
                return False
        return self._store.write(self._announce) == _AT_ONCE

    def forget_in(self, connection: Connection, numbers: Collection[int]) -> None:
        """Name people no more in calls that were not taken yet; their codes are told all the same.

        Args:
            connection: inside a transaction; before the codes forget whose they are.
            numbers: all of a person's.
        """
        told = [
            row
            for row in rows.list_of_people(connection, self._workspace_id, numbers)
            if row.told_in
        ]
        if not told:
            return
        names = {profile_id(number) for number in numbers}
        self._listeners.rewrite_in(
            connection, {row.told_in for row in told}, lambda data: _without_names(data, names)
        )

    def _announce(self, connection: Connection) -> int:
        news = rows.list_news(connection, self._workspace_id, limit=_AT_ONCE, is_locked=True)
        offers = rows.find_offers(connection, self._workspace_id, {row.offer_id for row in news})
        unnamed = self._list_unnamed(connection, news)
        at = self._clock.now()
        told_in: dict[str, dict[str, object]] = {}
        for some in _calls_of(news):
            first = some[0]
            kind, key = _CALLS[CodeNews(first.news)], self._ids.new_id("cds")
            numbers = {row.number for row in some} - unnamed
            data = {
                "offer": self._describe(
                    first.offer_id, decode_definition(offers[first.offer_id].definition)
                ),
                "codes": [_describe_code(row, kind, numbers) for row in some],
            }
            if kind is CodeCall.WITHDRAWN:
                numbers = set()
            is_told = self._listeners.tell_in(
                connection, kind, data, key=key, numbers=numbers, at=at
            )
            done = {"news": CodeNews.NONE.value, "told_in": key if is_told else None}
            told_in |= {row.code_key: done for row in some}
        rows.set_codes(connection, self._workspace_id, told_in)
        return len(news)

    def _list_unnamed(self, connection: Connection, news: Sequence[rows.Found]) -> set[int]:
        """Return the numbers that are not to be named: nobody's, and theirs who said so."""
        limits = self._restrictions.find(connection, {row.number for row in news} - {0})
        return {0} | {number for number, theirs in limits.items() if theirs & _WITHHOLDING}

    def _describe(self, offer_id: str, definition: OfferDefinition) -> dict[str, Any]:
        conditions = msgspec.to_builtins(definition.conditions)
        is_short = len(msgspec.json.encode(conditions)) <= _MAX_CONDITIONS
        return {
            "id": offer_id,
            "name": definition.name,
            "benefit": msgspec.to_builtins(definition.benefit),
            "conditions": conditions if is_short else None,
            "currency": self._currency,
        }


def _calls_of(news: Sequence[rows.Found]) -> Iterator[list[rows.Found]]:
    for _, group in groupby(news, key=lambda row: (row.news, row.offer_id)):
        same = list(group)
        for start in range(0, len(same), CODES_A_CALL):
            yield same[start : start + CODES_A_CALL]


def _describe_code(row: rows.Found, kind: CodeCall, named: Collection[int]) -> dict[str, Any]:
    if kind is CodeCall.WITHDRAWN:
        return {"code": row.code}
    return {
        "code": row.code,
        "issued_at": from_micros(row.issued_us),
        "expires_at": None if row.expires_us is None else from_micros(row.expires_us),
        "profile": profile_id(row.number) if row.number in named else None,
    }


def _without_names(data: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    codes = [
        {**one, "profile": None} if one.get("profile") in names else one for one in data["codes"]
    ]
    return {**data, "codes": codes}
