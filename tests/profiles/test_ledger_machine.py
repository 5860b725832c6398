"""Consent and de-duplication under any course of events, beside a model of a few lines."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule
from people_world import Make, Shop

from empty_stores import open_empty_sqlite

USERS = st.sampled_from(["u1", "u2", "u3"])
CHANNELS = st.sampled_from(["", "email", "sms"])
STATUSES = st.sampled_from(["granted", "denied", "withdrawn"])


class LedgerMachine(RuleBasedStateMachine):
    """Statements in any order, sent any number of times, about people who become one."""

    said = Bundle("said")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.store = open_empty_sqlite(self.folder / "state.db")
        self.shop, self.make = Shop(self.store), Make()
        self.groups = {user: frozenset({user}) for user in ("u1", "u2", "u3")}
        self.statements: dict[int, tuple[str, str, str]] = {}  # by minute: user, channel, status
        self.keys: set[tuple[int, str]] = set()
        for user in self.groups:
            self.send(self.make.identify(user))

    def send(self, event):
        self.shop.take_in(event)
        self.keys.add((event.source_id, event.message_id))

    @rule(
        target=said, user=USERS, channel=CHANNELS, status=STATUSES,
        minute=st.integers(0, 100_000), source=st.integers(1, 2),
    )  # fmt: skip
    def say(self, user, channel, status, minute, source):
        if minute in self.statements:
            return multiple()  # two at one instant: which stands is another test's matter
        event = self.make.consent(user, status, channel=channel, minute=minute, source_id=source)
        self.send(event)
        self.statements[minute] = (user, channel, status)
        return event

    @rule(event=said)
    def say_again(self, event):
        self.send(event)

    @rule(event=said)
    def contradict_under_the_same_id(self, event):
        """What came first under an id stands; the sender's other words are not heard."""
        other = self.make.consent(
            event.user_id, "granted", message_id=event.message_id, source_id=event.source_id,
            minute=200_000,
        )  # fmt: skip
        self.send(other)

    @rule(user=USERS, other=USERS)
    def become_one(self, user, other):
        if self.groups[user] is not self.groups[other]:
            self.send(self.make.alias(user, other))
            one = self.groups[user] | self.groups[other]
            self.groups |= dict.fromkeys(one, one)

    @invariant()
    def the_latest_word_stands(self):
        for user, group in self.groups.items():
            for channel in ("email", "sms"):
                words = [
                    (minute, status)
                    for minute, (who, where, status) in self.statements.items()
                    if who in group and where in {"", channel}
                ]
                expected = max(words)[1] if words else "unknown"
                assert self.shop.consent(user, channel=channel).status == expected

    @invariant()
    def each_message_counts_once(self):
        assert self.shop.log.position() == len(self.keys)

    def teardown(self):
        self.store.close()
        shutil.rmtree(self.folder)


TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
