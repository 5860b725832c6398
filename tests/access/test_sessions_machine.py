"""Log-ins, sessions and their tokens in any order, against the plainest account of them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from access_world import EMAIL, PASSWORD, ROOT
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, rule

from empty_stores import open_empty_sqlite
from kikubari.access import Access, Principal, Role, WrongCredentialsError
from kikubari.access.errors import ConfirmationNeededError
from kikubari.access.passwords import Passwords
from kikubari.access.sessions import CONFIRMED_FOR
from kikubari.api.authentication import check_csrf_token
from kikubari.kit.clock import ManualClock
from kikubari.kit.ids import TimeOrderedIds
from kikubari.spec.errors import ForbiddenError, RateLimitedError
from kikubari.storage import Priority

IDLE, LONGEST = timedelta(hours=8), timedelta(hours=12)
WINDOW, ALLOWED = timedelta(minutes=15), 10
# A request is noted when the last one that was is longer ago.
NOTED = timedelta(minutes=1)


class Known:
    """A session as its holder knows it."""

    def __init__(self, token: str, csrf_token: str, now: datetime) -> None:
        self.token = token
        self.csrf_token = csrf_token
        self.seen_at = now
        self.ends_at = now + LONGEST
        self.is_ended = False

    def is_open(self, now: datetime) -> bool:
        return not self.is_ended and now < self.ends_at and now < self.seen_at + IDLE


class LogInMachine(RuleBasedStateMachine):
    """One member, any number of browsers, somebody who guesses, and time."""

    sessions = Bundle("sessions")

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.store = open_empty_sqlite(Path(self.folder.name) / "state.db")
        self.clock = ManualClock(datetime(2026, 11, 20, 9, tzinfo=UTC))
        self.wrong: list[datetime] = []
        self.known: list[Known] = []

    @initialize()
    def a_member(self) -> None:
        hasher = PasswordHasher(time_cost=1, memory_cost=64)
        self.access = Access(
            self.store,
            self.clock,
            TimeOrderedIds(),
            sealing_key=b"s" * 32,
            audit_key=b"a" * 32,
            shop_name="The shop",
            passwords=Passwords(hasher),
        )
        self.access.members.create(EMAIL, PASSWORD, Role.SENDER, ROOT)

    @property
    def is_paused(self) -> bool:
        since = self.clock.now() - WINDOW
        return len([at for at in self.wrong if at > since]) >= ALLOWED

    @rule(minutes=st.sampled_from([1, 5, 14, 15, 16, 200, 479, 480, 481, 720]))
    def wait(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    @rule(target=sessions)
    def log_in(self) -> Known | None:
        if self.is_paused:
            with pytest.raises(RateLimitedError):
                self.access.log_in.by_password(EMAIL, PASSWORD, ROOT)
            return None
        opened = self.access.log_in.by_password(EMAIL, PASSWORD, ROOT).session
        assert opened is not None
        self.wrong.clear()
        assert opened.token not in {one.token for one in self.known}
        self.known.append(Known(opened.token, opened.csrf_token, self.clock.now()))
        return self.known[-1]

    @rule(times=st.integers(1, 12))
    def guess(self, times: int) -> None:
        for _ in range(times):
            refusal = RateLimitedError if self.is_paused else WrongCredentialsError
            with pytest.raises(refusal):
                self.access.log_in.by_password(EMAIL, "loud short oak", ROOT)
            if refusal is WrongCredentialsError:
                self.wrong.append(self.clock.now())

    @rule(known=sessions)
    def use(self, known: Known | None) -> None:
        self.find(known)

    @rule(known=sessions, other=sessions)
    def use_a_form(self, known: Known | None, other: Known | None) -> None:
        principal = self.find(known)
        if principal is None or known is None:
            return
        check_csrf_token(principal, known.csrf_token)
        presented = ["", known.token, known.csrf_token[:-1]]
        if other is not None and other is not known:
            presented.append(other.csrf_token)
        for wrong in presented:
            with pytest.raises(ForbiddenError):
                check_csrf_token(principal, wrong)

    @rule(known=consumes(sessions))
    def log_out(self, known: Known | None) -> None:
        principal = self.find(known)
        if principal is not None and principal.session is not None and known is not None:
            self.access.sessions.end(principal.session, principal.session.id, ROOT)
            known.is_ended = True
            self.find(known)

    @rule(known=sessions)
    def end_all_others(self, known: Known | None) -> None:
        principal = self.find(known)
        if principal is not None and principal.session is not None:
            if self.clock.now() - principal.session.confirmed_at > CONFIRMED_FOR:
                with pytest.raises(ConfirmationNeededError):
                    self.access.sessions.end_others(principal.session, ROOT)
                return
            self.access.sessions.end_others(principal.session, ROOT)
            for one in self.known:
                one.is_ended = one.is_ended or one is not known

    @rule(token=st.text(max_size=50))
    def make_a_token_up(self, token: str) -> None:
        assert self.access.sessions.find_principal(token) is None

    def find(self, known: Known | None) -> Principal | None:
        """Ask by a session's token; it opens exactly while it should."""
        if known is None:
            return None
        now = self.clock.now()
        principal = self.access.sessions.find_principal(known.token)
        assert (principal is not None) == known.is_open(now)
        if principal is not None and known.seen_at < now - NOTED:
            known.seen_at = now
            # That it was seen is written behind; what is written behind that waits for it.
            self.store.write(lambda _: None, priority=Priority.BACKGROUND)
        return principal

    def teardown(self) -> None:
        for one in self.known:
            self.find(one)
        assert self.access.audit.check().is_intact
        self.store.close()
        self.folder.cleanup()


TestLogIns = LogInMachine.TestCase
TestLogIns.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
