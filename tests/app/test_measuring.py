"""Of whom the last open day may be kept, and since when that can be said."""

from datetime import UTC, datetime, timedelta

import pytest

from kikubari.app.measuring import CountablePeople
from kikubari.deliver import TrackingPolicy, Wish, WishBook
from kikubari.profiles import ConsentState

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SINCE = NOW - timedelta(days=180)
AGREED_LONG_AGO, AGREED_LATELY, REFUSED, SILENT = 1, 2, 3, 4
WITHOUT_CONSENT = TrackingPolicy(without_consent="last_open_day")
SAID = {
    AGREED_LONG_AGO: ConsentState("granted", at=SINCE - timedelta(days=1)),
    AGREED_LATELY: ConsentState("granted", at=NOW - timedelta(days=1)),
    REFUSED: ConsentState("denied", at=SINCE - timedelta(days=1)),
    SILENT: ConsentState(),
}


class Everybody:
    """Profiles of one number each, what they said of tracking, and no limits."""

    def resolve_numbers(self, connection, numbers):
        return {number: number for number in numbers}

    def numbers_of(self, connection, people):
        return {person: person for person in people}

    def state(self, connection, numbers, purpose, channel):
        assert (purpose, channel) == ("tracking", "email")
        return {number: SAID[number] for number in numbers}

    def find(self, connection, numbers):
        return {}


@pytest.mark.parametrize(
    ("policy", "since", "expected"),
    [
        (TrackingPolicy(), None, {AGREED_LONG_AGO, AGREED_LATELY}),
        (TrackingPolicy(), SINCE, {AGREED_LONG_AGO}),
        (WITHOUT_CONSENT, None, {AGREED_LONG_AGO, AGREED_LATELY, SILENT}),
        (WITHOUT_CONSENT, SINCE, {AGREED_LONG_AGO, SILENT}),
        (TrackingPolicy(tracking="none"), SINCE, set()),
    ],
)
def test_who_agreed_since_could_not_be_counted_before(state, policy, since, expected):
    everybody = Everybody()
    people = CountablePeople(everybody, everybody, everybody)
    with state.read() as connection:
        assert set(people.find(connection, list(SAID), policy, since=since)) == expected


def test_who_said_no_in_between_was_not_counted_all_along(state):
    everybody = Everybody()
    people = CountablePeople(everybody, everybody, everybody)
    book, may, may_not = (
        WishBook(state),
        Wish.open_day(is_allowed=True),
        Wish.open_day(is_allowed=False),
    )
    book.record(AGREED_LONG_AGO, [may_not], at=SINCE + timedelta(days=30), proof="test")
    book.record(AGREED_LONG_AGO, [may], at=SINCE + timedelta(days=31), proof="test")
    book.record(SILENT, [may], at=SINCE - timedelta(days=1), proof="test")

    def found(since):
        with state.read() as connection:
            return set(people.find(connection, list(SAID), WITHOUT_CONSENT, since=since))

    assert found(None) == {AGREED_LONG_AGO, AGREED_LATELY, SILENT}
    assert found(SINCE) == {SILENT}
    assert found(SINCE + timedelta(days=32)) == {AGREED_LONG_AGO, SILENT}
