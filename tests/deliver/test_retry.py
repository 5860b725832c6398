from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from kikubari.deliver.answers import scrub
from kikubari.deliver.retry import JITTER, SCHEDULE, find_delay


def test_the_schedule_lasts_four_days_and_starts_within_minutes():
    assert sum(SCHEDULE, timedelta()) >= timedelta(days=4)
    assert SCHEDULE[0] == timedelta(minutes=1)
    assert list(SCHEDULE) == sorted(SCHEDULE)
    assert SCHEDULE[-1] == timedelta(hours=4)


@given(st.integers(1, len(SCHEDULE)), st.floats(0, 1, exclude_max=True))
def test_jitter_only_lengthens(attempts, jitter):
    delay = find_delay(attempts, lambda: jitter)
    assert SCHEDULE[attempts - 1] <= delay <= SCHEDULE[attempts - 1] * (1 + JITTER)


def test_it_ends():
    assert find_delay(len(SCHEDULE) + 1, lambda: 0.0) is None


def test_a_servers_text_is_kept_without_addresses():
    text = "5.1.1 <hanako@example.jp>:\r\n no such user hanako+x@example.jp; see https://x.example"
    assert scrub(text) == "5.1.1 <(address)>: no such user (address); see https://x.example"
    assert len(scrub("x" * 999)) == 200
