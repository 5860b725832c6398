"""The check of the gates on people whose data must not be used, or not for marketing."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from sqlalchemy import Connection

from kikubari.deliver.contracts import MessageState, Purpose, Verdict
from kikubari.deliver.gate import Candidate
from kikubari.deliver.reasons import Reason
from kikubari.deliver.used_facts import is_told_only


class Limits(Protocol):
    """Says who asked that their data be left alone."""

    def find_limited(
        self, connection: Connection, numbers: Collection[int]
    ) -> tuple[Collection[int], Collection[int]]:
        """Return those of the numbers that get no message at all, and those without marketing."""
        ...

    def find_unprofiled(self, connection: Connection, numbers: Collection[int]) -> Collection[int]:
        """Return those of the numbers for whom nothing but their own words may be used."""
        ...


class LimitCheck:
    """Nobody who asked for it is written to: at all, or with marketing, whatever they agreed to.

    What was written before they objected to more than their own words is written anew.
    """

    name = "limits"

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def judge(
        self, connection: Connection, candidates: Sequence[Candidate]
    ) -> Mapping[int, Verdict]:
        """Return a verdict for each message to somebody whose data must not be used for it."""
        numbers = [one.number for one in candidates]
        restricted, objecting = self._limits.find_limited(connection, numbers)
        unprofiled = self._limits.find_unprofiled(connection, numbers)
        stopped: dict[int, Verdict] = {}
        for one in candidates:
            if one.number in restricted:
                stopped[one.message_id] = Verdict(MessageState.SKIPPED, Reason.RESTRICTED)
            elif one.number in objecting and one.purpose is Purpose.MARKETING:
                stopped[one.message_id] = Verdict(MessageState.SKIPPED, Reason.OBJECTED)
            elif one.number in unprofiled and one.record and not is_told_only(one.record):
                stopped[one.message_id] = Verdict(MessageState.QUEUED, Reason.FACT_UNWANTED)
        return stopped
