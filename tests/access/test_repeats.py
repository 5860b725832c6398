"""A request's key: one claim, the same answer, for a month, for whoever asked."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from kikubari.access import Access, KeptAnswer, Principal, RequestUnderWayError
from kikubari.access.errors import RequestDiffersError
from kikubari.access.repeats import KEPT_FOR
from kikubari.kit.clock import ManualClock
from kikubari.storage import StateStore

CI = Principal("ci", frozenset({"write"}), key_id="key_1")
ANSWER = KeptAnswer(201, (("content-type", "application/json"),), b'{"secret":"kk_hidden"}')
KEY, REQUEST = "order-7", b"POST /api/keys?\n{}"


def test_the_first_answer_is_given_again(access: Access):
    assert access.repeats.claim(CI, KEY, REQUEST) is None
    with pytest.raises(RequestUnderWayError):
        access.repeats.claim(CI, KEY, REQUEST)
    access.repeats.keep(CI, KEY, ANSWER)
    assert access.repeats.claim(CI, KEY, REQUEST) == ANSWER
    with pytest.raises(RequestDiffersError):
        access.repeats.claim(CI, KEY, REQUEST + b" ")


def test_of_fifty_at_once_one_claims(access: Access):
    def claim(_: int) -> bool:
        try:
            return access.repeats.claim(CI, KEY, REQUEST) is None
        except RequestUnderWayError:
            return False

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(claim, range(50))) == 1


def test_a_key_is_its_askers_own(access: Access):
    for other in (Principal("ci", CI.scopes, key_id="key_2"), Principal("ci", CI.scopes)):
        assert access.repeats.claim(other, KEY, REQUEST) is None
    assert access.repeats.claim(CI, KEY, REQUEST) is None


def test_what_changed_nothing_may_be_tried_again(access: Access):
    access.repeats.claim(CI, KEY, REQUEST)
    access.repeats.release(CI, KEY)
    assert access.repeats.claim(CI, KEY, b"another") is None


def test_answers_are_kept_for_a_month(access: Access, clock: ManualClock):
    access.repeats.claim(CI, KEY, REQUEST)
    access.repeats.keep(CI, KEY, ANSWER)
    clock.advance(KEPT_FOR)
    assert access.repeats.claim(CI, KEY, REQUEST) == ANSWER
    clock.advance(timedelta(microseconds=1))
    assert access.repeats.claim(CI, KEY, REQUEST) is None


def test_the_store_alone_tells_no_answer(access: Access, state: StateStore):
    access.repeats.claim(CI, KEY, REQUEST)
    access.repeats.keep(CI, KEY, ANSWER)
    with state.read() as connection:
        [row] = connection.exec_driver_sql("SELECT * FROM kept_answers").all()
    stored = b"".join(bytes(one) for one in row if not isinstance(one, int))
    assert b"kk_hidden" not in stored
    assert KEY.encode() not in stored
