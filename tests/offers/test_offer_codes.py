"""Codes are each one person's, within what the offer says."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from offer_world import NOW, Shop, ten_percent

from kikubari.decide.offers import (
    CodeSource,
    CodeState,
    Limits,
    Refusal,
    Validity,
)
from kikubari.decide.offers.codes import LETTERS, code_key, make_code, read_codes
from kikubari.spec.errors import ConflictError, InvalidInputError, NotFoundError

UPLOADED = CodeSource.UPLOADED


def test_code_is_readable_and_says_whose_it_is(shop):
    offer = shop.offer(prefix="TEA")
    coupon = shop.issue(offer, ("m1", 7))["m1"]
    assert re.fullmatch(rf"TEA(-[{LETTERS}]{{4}}){{3}}", coupon.code)
    assert not set(LETTERS) & set("0O1ILZ5SBU")
    assert shop.offers.get(offer).figures.n_issued == 1


def test_codes_take_every_letter_from_the_randomness_they_are_given():
    drawn = count()
    code = make_code("", lambda below: next(drawn) % below)
    assert code == f"{LETTERS[:4]}-{LETTERS[4:8]}-{LETTERS[8:12]}"


def test_code_drawn_twice_is_drawn_again(state):
    rolls = iter([0] * 24 + [1] * 12)
    shop = Shop(state, below=lambda _: next(rolls))
    offer = shop.offer(limits=Limits(per_person=2))
    first = shop.issue(offer, ("m1", 1))["m1"]
    assert shop.issue(offer, ("m2", 1))["m2"].code != first.code


def test_asking_again_for_the_same_message_gets_the_same_code(shop):
    offer = shop.limited(most=1)
    first = shop.issue(offer, ("m1", 7))
    shop.clock.advance(timedelta(days=1))
    assert shop.issue(offer, ("m1", 7)) == first
    assert shop.figures(offer).n_issued == 1


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"validity": Validity(starts_on=date(2026, 11, 21))}, Refusal.OFFER_NOT_BEGUN),
        ({"validity": Validity(ends_on=date(2026, 11, 19))}, Refusal.OFFER_ENDED),
        ({"codes_from": UPLOADED}, Refusal.NO_CODES_LEFT),
    ],
)
def test_nobody_gets_a_code_of_an_offer_that_has_none_to_give(shop, changes, refusal):
    if "codes_from" in changes:
        changes = {"definition": ten_percent(codes=UPLOADED)}
    definition = changes.get("definition") or ten_percent(**changes)
    offer = shop.offers.create(definition).id
    assert shop.issue(offer, ("m1", 7)) == {"m1": refusal}
    assert shop.figures(offer).n_issued == 0


def test_ended_offer_gives_none_and_begins_again(shop):
    offer = shop.offer()
    shop.offers.change(offer, ten_percent(), is_ended=True)
    assert shop.issue(offer, ("m1", 7)) == {"m1": Refusal.OFFER_ENDED}
    assert shop.figures(offer).n_left == 0
    shop.offers.change(offer, ten_percent())
    assert shop.issue(offer, ("m1", 7))["m1"].code


def test_limits_hold_within_one_batch_and_over_all_numbers_of_a_person(state):
    shop = Shop(state, same={3: 2})
    offer = shop.limited(most=3)
    got = shop.issue(offer, *((f"m{n}", n) for n in range(1, 6)))
    assert got["m3"] == Refusal.PERSON_LIMIT_REACHED  # 3 is 2 by another name
    assert got["m5"] == Refusal.LIMIT_REACHED
    assert sum(not isinstance(one, Refusal) for one in got.values()) == 3
    assert shop.figures(offer).n_left == 0


def test_days_end_where_the_shop_is(shop):
    shop.clock.set(datetime(2026, 11, 20, 15, 30, tzinfo=UTC))  # half past midnight in Tokyo
    week = shop.offer(validity=Validity(days=7))
    assert shop.issue(week, ("m1", 1))["m1"].expires_at == datetime(
        2026, 11, 28, 14, 59, 59, tzinfo=UTC
    )
    short = shop.offer(validity=Validity(days=7, ends_on=date(2026, 11, 22)))
    assert shop.issue(short, ("m2", 1))["m2"].expires_at == datetime(
        2026, 11, 22, 14, 59, 59, tzinfo=UTC
    )
    assert shop.issue(shop.offer(), ("m3", 1))["m3"].expires_at is None


def test_uploaded_codes_go_out_once_and_come_back_when_nothing_left(shop):
    offer = shop.offer(codes_text="code,note\nAAA-1,x\nAAA-2\n\n!!\naaa-1\n", source=UPLOADED)
    assert shop.figures(offer).n_free == 2
    got = shop.issue(offer, ("m1", 1), ("m2", 2), ("m3", 3))
    assert {got["m1"].code, got["m2"].code} == {"AAA-1", "AAA-2"}
    assert got["m3"] == Refusal.NO_CODES_LEFT
    shop.release("m1", "nothing")
    assert shop.figures(offer).n_free == 1
    assert shop.issue(offer, ("m3", 3))["m3"].code == got["m1"].code


def test_code_made_here_is_void_when_its_message_never_left(shop):
    offer = shop.limited(most=1)
    first = shop.issue(offer, ("m1", 1))["m1"]
    shop.release("m1")
    shop.release("m1")
    again = shop.issue(offer, ("m1", 1))["m1"]
    assert again.code != first.code
    assert {one.code: one.state for one in shop.offers.list_codes(offer)} == {
        first.code: CodeState.VOID,
        again.code: CodeState.ISSUED,
    }


def test_list_of_codes_is_read_with_its_faults_named():
    codes, problems = read_codes("\ufeffコード\nＡＢＣ-1\nab\n'=1+1'\n")
    assert codes == ["ABC-1"]
    assert [one.split(":")[0] for one in problems] == ["line 3", "line 4"]
    assert code_key(" abc-１ ") == "ABC-1"
    with pytest.raises(InvalidInputError, match="line 1"):
        read_codes("A" * 200_000)


def test_import_sent_twice_adds_nothing(shop):
    offer = shop.offer(codes_text="AAA-1\nAAA-2", source=UPLOADED)
    again = shop.offers.import_codes(offer, "aaa-2\nAAA-3")
    assert (again.n_added, again.n_known) == (1, 1)
    with pytest.raises(InvalidInputError, match="made here"):
        shop.offers.import_codes(shop.offer(), "AAA-9")
    with pytest.raises(ConflictError):
        shop.offers.change(offer, ten_percent())


def test_shop_is_told_of_codes_page_by_page_since_an_instant(shop):
    offer = shop.limited(per_person=9)
    for hour in range(5):
        shop.issue(offer, (f"m{hour}", 1))
        shop.clock.advance(timedelta(hours=1))
    told = shop.offers.list_codes(offer, limit=2)
    told += shop.offers.list_codes(offer, after=told[-1].code, limit=9)
    assert [one.issued_at for one in told] == [NOW + timedelta(hours=n) for n in range(5)]
    assert len(shop.offers.list_codes(offer, since=NOW + timedelta(hours=3))) == 2
    with pytest.raises(NotFoundError):
        shop.offers.list_codes(offer, after="NO-SUCH")


def test_eight_workers_hand_out_each_uploaded_code_once(shop):
    listed = [f"SHOP-{n:03}" for n in range(40)]
    offer = shop.offer(codes_text="\n".join(listed), source=UPLOADED, limits=Limits(most=35))
    batches = [[(f"m{worker}-{n}", 1 + worker * 7 + n) for n in range(7)] for worker in range(8)]
    with ThreadPoolExecutor(8) as workers:
        # Each batch twice, as after a lost answer.
        got = list(workers.map(lambda wanted: shop.issue(offer, *wanted), batches * 2))
    by_claim = [{k: v for k, v in one.items() if not isinstance(v, Refusal)} for one in got]
    given = {claim: one.code for part in by_claim for claim, one in part.items()}
    assert len(given) == len(set(given.values())) == 35
    assert set(given.values()) <= set(listed)
    figures = shop.figures(offer)
    assert (figures.n_issued, figures.n_free, figures.n_left) == (35, 5, 0)


def test_erased_person_is_no_longer_named_by_a_code(shop):
    offer = shop.offer()
    shop.issue(offer, ("m1", 7))
    with shop.store.read() as connection:
        assert len(shop.offers.list_held(connection, [7])) == 1
    shop.store.write(lambda c: shop.offers.forget_in(c, [7]))
    with shop.store.read() as connection:
        assert shop.offers.list_held(connection, [7]) == []
    assert shop.figures(offer).n_issued == 1
