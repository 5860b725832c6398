"""The worker's first look at what it claimed: who they are, and who need not be written to."""

from collections.abc import Sequence

import msgspec

from kikubari.decide.personalise import Facts
from kikubari.deliver import queue
from kikubari.deliver.contracts import (
    EMAIL,
    Claimed,
    Dispatch,
    DispatchState,
    PersonTime,
    Purpose,
    Recipient,
    Settled,
    Verdict,
)
from kikubari.deliver.delivering import Delivering
from kikubari.deliver.gate import Candidate, early_gate, judge_recipient
from kikubari.deliver.providing import provide_coupons
from kikubari.deliver.recording import settle_verdict
from kikubari.deliver.stages import Stages
from kikubari.deliver.throttle import hold_back

_DISPATCHES_KEPT = 64


class Loaded(msgspec.Struct, frozen=True):
    """A claim sorted: messages to make, and messages that are settled without."""

    dispatch: Dispatch
    people: list[tuple[Claimed, Recipient]]
    settled: list[Settled]


class Loader:
    """Loads people and asks the early gate.

    Args:
        with_: stores, people, checks.
        stages: where the time goes is noted here.
        workspace_id: whose outbox.
    """

    def __init__(self, with_: Delivering, stages: Stages, *, workspace_id: int) -> None:
        self._with = with_
        self._stages = stages
        self._workspace_id = workspace_id
        self._early_gate = early_gate(with_.consents, timing=with_.early_checks)
        self._dispatches: dict[int, Dispatch] = {}

    def load(self, claim: queue.Claim) -> Loaded:
        """Return who of a claim is to be written to, and what is settled already.

        Raises:
            UnavailableError: the store is away.
        """
        with self._stages.measure("load"):
            dispatch = self._dispatch(claim.dispatch_id)
            loaded = self._with.recipients.load(
                [message.number for message in claim.messages], workspace_id=self._workspace_id
            )
            verdicts: dict[int, Verdict] = {}
            people: list[tuple[Claimed, Recipient]] = []
            for message in claim.messages:
                person = loaded.get(message.number)
                verdict = judge_recipient(person, to_claimed=dispatch.letter.to_claimed)
                if verdict is not None:
                    verdicts[message.id] = verdict
                elif person is not None:
                    people.append((message, person))
            verdicts.update(self._judge(dispatch, people))
            if self._with.throttle is not None and dispatch.letter.purpose is Purpose.MARKETING:
                asking = [one for one in people if one[0].id not in verdicts]
                verdicts.update(hold_back(self._with.throttle, asking, self._with.clock.now()))
            going = [one for one in people if one[0].id not in verdicts]
            going, stopped = provide_coupons(self._with.coupons, dispatch.letter, going)
            going = self._with_occasions(dispatch, going)
        times = {message.id: person.time for message, person in people}
        refused = [
            settle_verdict(message, verdict, times.get(message.id, PersonTime()))
            for message in claim.messages
            if (verdict := verdicts.get(message.id)) is not None
        ]
        return Loaded(dispatch, going, [*refused, *stopped])

    def _with_occasions(
        self, dispatch: Dispatch, people: Sequence[tuple[Claimed, Recipient]]
    ) -> list[tuple[Claimed, Recipient]]:
        """Return the people with what caused their messages."""
        if self._with.occasions is None:
            return list(people)
        found = self._with.occasions.load(dispatch, [message.number for message, _ in people])
        return [
            (message, with_facts(person, found.get(message.number))) for message, person in people
        ]

    def _judge(
        self, dispatch: Dispatch, people: Sequence[tuple[Claimed, Recipient]]
    ) -> dict[int, Verdict]:
        candidates = [
            Candidate(
                message_id=message.id,
                dispatch_id=dispatch.id,
                dispatch_state=DispatchState.RUNNING,
                number=message.number,
                address_key=self._with.hasher.hash(person.address),
                purpose=dispatch.letter.purpose,
                channel=EMAIL,
                workspace_id=self._workspace_id,
                topic=dispatch.letter.topic,
                at_best_hour=dispatch.letter.at_best_hour,
                time=person.time,
                held_at=message.held_at,
                priority=dispatch.letter.priority,
                gives_way=dispatch.letter.gives_way,
            )
            for message, person in people
        ]
        with self._with.store.read() as connection:
            return self._early_gate.judge(connection, candidates)

    def _dispatch(self, dispatch_id: int) -> Dispatch:
        """Return a dispatch with its letter, which never changes."""
        if dispatch_id not in self._dispatches:
            with self._with.store.read() as connection:
                found = queue.load_dispatches(
                    connection, [dispatch_id], workspace_id=self._workspace_id
                )
            if len(self._dispatches) >= _DISPATCHES_KEPT:
                self._dispatches.clear()
            self._dispatches.update(found)
        return self._dispatches[dispatch_id]


def with_facts(person: Recipient, more: Facts | None) -> Recipient:
    """Return a person with facts added to what templates may read."""
    if more is None:
        return person
    own = person.facts
    facts = Facts({**own.values, **more.values}, {**own.lineage, **more.lineage})
    return msgspec.structs.replace(person, facts=facts)
