"""The last day on which somebody opened a message is kept, and nothing else of it anywhere."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from delivery_world import NOW, World
from sqlalchemy import inspect

from kikubari.deliver import (
    Engagement,
    OpenDays,
    Origin,
    Purpose,
    Suppressions,
    TrackingPolicies,
    TrackingPolicy,
    TrackingTokens,
    Visit,
    forget_contact,
)
from kikubari.deliver.suppression import SuppressionReason
from kikubari.deliver.visits import PATIENCE
from kikubari.kit.ids import TimeOrderedIds
from kikubari.spec.errors import ConflictError
from kikubari.spec.topics import EMAIL_OPENED
from kikubari.testing.deliver import letter

TOKENS = TrackingTokens(b"t" * 32)
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/120.0.0.0 Safari/537.36"
)
TOKYO = ZoneInfo("Asia/Tokyo")
WITHOUT_CONSENT = TrackingPolicy(without_consent="last_open_day")


class Counted:
    """People each of one number, unless said otherwise; all may be counted but some."""

    def __init__(self) -> None:
        self.same: dict[int, int] = {}
        self.refusing: set[int] = set()
        self.limited: set[int] = set()
        self.new: set[int] = set()

    def find(self, connection, numbers, policy, *, since=None):
        found = {}
        for number in numbers:
            person = self.same.get(number, number)
            own = {one for one, other in self.same.items() if other == person} | {person}
            is_out = person in self.refusing | self.limited or policy.tracking == "none"
            is_out |= since is not None and person in self.new
            if not is_out:
                found[number] = (person, own)
        return found

    def list_limited(self, connection):
        return self.limited

    def load_addresses(self, connection, numbers):
        return {number: f"p{number}@example.com" for number in numbers}


class Mail:
    """Three people who got a message; nobody agreed to tracking."""

    def __init__(self, store) -> None:
        self.world = World(store, [1, 2, 3])
        self.store, self.clock = store, self.world.clock
        self.policies = TrackingPolicies(store)
        self.policies.set(WITHOUT_CONSENT, at=NOW, by="tests")
        self.people = Counted()
        self.days = OpenDays(store, self.people, self.clock, TOKYO, self.world.hasher)
        self.engagement = Engagement(
            store, TOKENS, self.world.consents, self.clock, key=b"e" * 32, days=self.days
        )
        self.sent = 0
        self.send()

    def send(self, of=None):
        self.sent += 1
        self.dispatch = self.world.enqueue(origin=Origin("broadcast", f"brd_{self.sent}"), of=of)
        self.world.deliver()

    def open(self, number, *, after=timedelta(hours=1), agent=CHROME, **visit):
        self.clock.advance(after)
        path = TOKENS.open_path(self.dispatch << 32 | number)
        made = Visit(at=self.clock.now(), user_agent=agent, network="192.0.2.0/24", **visit)
        assert self.engagement.record_open(path.split("/")[2], made)

    def tell(self):
        self.clock.advance(2 * PATIENCE)
        while self.engagement.tell():
            pass

    def last_day(self, number):
        with self.store.read() as connection:
            return self.days.last_day(connection, [number])


@pytest.fixture
def mail(state):
    return Mail(state)


def everything_in(store):
    """Return the rows of every table, by name."""
    with store.read() as connection:
        names = inspect(connection).get_table_names()
        return {
            name: sorted(map(repr, connection.exec_driver_sql(f'SELECT * FROM "{name}"')))
            for name in names
        }


def test_one_date_is_kept_and_written_over_and_nothing_else_anywhere(mail):
    before = everything_in(mail.store)
    for hours in (1, 30, 30):
        mail.open(1, after=timedelta(hours=hours))
        mail.tell()
    after = everything_in(mail.store)
    assert {name for name in after if after[name] != before[name]} == {"open_days"}
    # Sixty-one hours after six in the evening in Tokyo.
    assert after["open_days"] == [repr((1, 1, "2026-11-23"))]
    assert [one for one in mail.world.events() if one.event.type == EMAIL_OPENED] == []


def test_a_link_in_such_a_mail_leads_on_and_leaves_no_trace(mail):
    before = everything_in(mail.store)
    mail.clock.advance(timedelta(hours=1))
    url = "https://shop.example/tea"
    path = TOKENS.click_path(mail.dispatch << 32 | 1, 0, url)
    visit = Visit(at=mail.clock.now(), user_agent=CHROME)
    assert mail.engagement.record_click(path.split("/")[2], "0", url, visit) == url
    mail.tell()
    assert everything_in(mail.store) == before


@pytest.mark.parametrize(
    "visit",
    [
        {"agent": "Mozilla/5.0"},  # Apple's privacy proxy
        {"agent": f"{CHROME} GoogleImageProxy"},
        {"agent": ""},
        {"method": "HEAD"},
        {"is_prefetch": True},
        {"after": timedelta(seconds=1)},
    ],
)
def test_what_a_program_fetches_is_no_open(mail, visit):
    mail.open(1, **visit)
    mail.tell()
    assert mail.last_day(1) is None


def test_who_does_not_want_it_has_no_day_in_mail_already_sent_either(mail):
    mail.people.refusing.add(1)
    mail.open(1)
    assert mail.last_day(1) is None
    mail.open(2)
    mail.people.refusing.add(2)
    while mail.days.forget_some():
        pass
    assert mail.last_day(2) is None


@pytest.mark.parametrize("tracking", ["full", "last_open_day", "none"])
def test_who_agreed_is_tracked_as_far_as_the_shop_says(mail, tracking):
    mail.policies.set(TrackingPolicy(tracking=tracking), at=NOW, by="tests")
    mail.world.consents.granted.add((1, "tracking"))
    mail.open(1)
    mail.tell()
    opens = [one for one in mail.world.events() if one.event.type == EMAIL_OPENED]
    assert len(opens) == (1 if tracking == "full" else 0)
    assert mail.last_day(1) == (None if tracking == "none" else date(2026, 11, 20))


def test_two_who_are_one_person_have_one_day(mail):
    mail.open(1)
    mail.open(2, after=timedelta(days=2))
    mail.people.same[2] = 1
    mail.open(2, after=timedelta(days=1))
    assert mail.days.figures().n_known == 1
    assert mail.last_day(1) == date(2026, 11, 23)


def test_people_are_counted_by_how_long_ago_it_was(mail):
    mail.open(1)
    mail.clock.advance(timedelta(days=100))
    mail.open(2)
    mail.open(3)
    mail.people.limited.add(3)
    figures = mail.days.figures()
    assert figures.n_known == 2
    assert figures.within == {30: 1, 90: 1, 180: 2, 365: 2}
    mail.people.limited.clear()
    assert mail.days.figures().within[30] == 2


def test_nothing_is_left_of_who_is_erased(mail):
    mail.open(1)
    mail.store.write(lambda c: forget_contact(c, [1]))
    assert everything_in(mail.store)["open_days"] == []


def test_who_opens_nothing_of_what_keeps_coming_is_listed(mail):
    with pytest.raises(ConflictError):
        mail.days.list_inactive(30)  # since when days are kept is no such time ago
    for _ in range(3):
        mail.clock.advance(timedelta(days=14))
        mail.send()
        mail.open(1)
    listed = mail.days.list_inactive(30)
    assert [(one.number, one.address, one.last_open) for one in listed] == [
        (2, "p2@example.com", None),
        (3, "p3@example.com", None),
    ]
    assert [one.number for one in mail.days.list_inactive(30, after=2)] == [3]
    assert mail.days.list_inactive(30, limit=1) == listed[:1]
    mail.people.refusing.add(2)  # whether they read is not known
    assert [one.number for one in mail.days.list_inactive(30)] == [3]
    lists = Suppressions(mail.store, mail.world.hasher, TimeOrderedIds())
    lists.add("p3@example.com", at=mail.clock.now(), reason=SuppressionReason.INACTIVE)
    assert mail.days.list_inactive(30) == []


def test_who_was_written_to_lately_alone_is_not_called_inactive(mail):
    mail.clock.advance(timedelta(days=31))
    mail.send()
    mail.send()
    assert mail.days.list_inactive(30) == []  # two messages are too few to go by
    mail.send()
    assert len(mail.days.list_inactive(30)) == 3


def test_of_mail_that_has_no_pixel_nobody_knows_whether_it_was_read(mail):
    for _ in range(3):
        mail.clock.advance(timedelta(days=14))
        mail.send(msgspec.structs.replace(letter(), has_tracking=False))
    assert mail.days.list_inactive(30) == []


def test_who_agreed_in_the_meantime_is_not_called_inactive(mail):
    for _ in range(3):
        mail.clock.advance(timedelta(days=14))
        mail.send()
    mail.people.new.add(2)
    assert [one.number for one in mail.days.list_inactive(30)] == [1, 3]


def test_one_person_of_two_numbers_is_listed_once_and_by_both_of_them(mail):
    mail.people.same = {2: 1}
    for _ in range(3):
        mail.clock.advance(timedelta(days=14))
        mail.send()
    listed = [mail.days.list_inactive(30, limit=1)]
    while listed[-1] and len(listed) < 9:
        listed.append(mail.days.list_inactive(30, after=listed[-1][-1].number, limit=1))
    assert [one.number for page in listed for one in page] == [1, 3]


def test_an_address_closed_for_it_still_gets_what_it_needs(mail):
    lists = Suppressions(mail.store, mail.world.hasher, TimeOrderedIds())
    lists.add("p1@example.com", at=mail.clock.now(), reason=SuppressionReason.INACTIVE)
    before = len(mail.world.reached)
    mail.send()
    assert len(mail.world.reached) == before + 2
    mail.world.enqueue([1], origin=Origin("own", "req_1"), of=letter(purpose=Purpose.TRANSACTIONAL))
    mail.world.deliver()
    assert mail.world.reached.count("p1@example.com") == 2
