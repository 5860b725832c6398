"""Whose mailbox is whose in a simulation, and what it got before the simulation begins."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection

from kikubari.deliver import keep_past_contacts
from kikubari.journeys.running import People
from kikubari.journeys.simulation.contracts import PastMail


class Mailboxes:
    """Implements `deliver.People` on the engine's, and brings what was sent before.

    Caps ask for people just before they count what was sent to them: that is when what was sent
    before the simulation begins is put beside what the simulation sends.

    Args:
        people: of the engine.
        mail: what was really sent; none: nothing was.
        since: when the simulation begins.
    """

    def __init__(self, people: People, mail: PastMail | None, since: datetime) -> None:
        self._people = people
        self._mail = mail
        self._since = since
        self._counted: set[int] = set()

    def list_numbers(
        self, connection: Connection, numbers: Collection[int], *, workspace_id: int
    ) -> Mapping[int, tuple[int, Collection[int]]]:
        """Return each number's person: the canonical number, and all numbers."""
        now_is = self._people.resolve(numbers)
        own: dict[int, list[int]] = {}
        for number, canonical in self._people.numbers_of(set(now_is.values())).items():
            own.setdefault(canonical, []).append(number)
        new = {number for numbers in own.values() for number in numbers} - self._counted
        if self._mail is not None and new:
            self._counted |= new
            contacts = self._mail.list_contacts(new, before=self._since)
            keep_past_contacts(connection, contacts, workspace_id=workspace_id)
        return {number: (one, own.get(one, ())) for number, one in now_is.items()}
