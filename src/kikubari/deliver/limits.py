"""The check of the gates on people whose data must not be used, or not for marketing."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from sqlalchemy import Connection

from kikubari.deliver.contracts import MessageState, Purpose, Verdict
from kikubari.deliver.gate import Candidate
from kikubari.deliver.reasons import Reason


class Limits(Protocol):
    """Says who asked that their data be left alone."""

    def find_limited(
        self, connection: Connection, numbers: Collection[int]
    ) -> tuple[Collection[int], Collection[int]]:
        """Return those of the numbers that get no message at all, and those without marketing."""
        ...


class LimitCheck:
    """Nobody who asked for it is written to: at all, or with marketing, whatever they agreed to."""

    name = "limits"

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def judge(
        self, connection: Connection, candidates: Sequence[Candidate]
    ) -> Mapping[int, Verdict]:
        """Return a verdict for each message to somebody whose data must not be used for it."""
        numbers = [one.number for one in candidates]
        restricted, objecting = self._limits.find_limited(connection, numbers)
        stopped: dict[int, Verdict] = {}
        for one in candidates:
            if one.number in restricted:
                stopped[one.message_id] = Verdict(MessageState.SKIPPED, Reason.RESTRICTED)
            elif one.number in objecting and one.purpose is Purpose.MARKETING:
                stopped[one.message_id] = Verdict(MessageState.SKIPPED, Reason.OBJECTED)
        return stopped
