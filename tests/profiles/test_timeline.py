"""A person's timeline, page by page, over all of their numbers."""

import random
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from people_world import Make, Shop

from empty_stores import open_empty_sqlite
from kikubari.profiles import Identifier, decision_event


def read_all(shop, numbers, *, limit, **options):
    found, place = [], None
    while True:
        page = shop.log.page_of_timeline(numbers, before=place, limit=limit, **options)
        found += [item.position for item in page.events]
        place = page.next
        if place is None:
            return found


def test_pages_by_time_then_place(shop, make):
    shop.take_in(*(make.track(f"T{n % 3}", user_id="u1", minute=n // 4) for n in range(11)))
    numbers = shop.profile("u1").numbers
    expected = sorted(range(1, 12), key=lambda n: ((n - 1) // 4, n), reverse=True)
    assert read_all(shop, numbers, limit=3) == expected
    assert read_all(shop, numbers, limit=100) == expected
    assert read_all(shop, numbers, limit=2, types=["T0"]) == [10, 7, 4, 1]
    assert read_all(shop, numbers, limit=4, excluded=["T0", "T1"]) == [9, 6, 3]


def test_an_event_that_arrives_while_somebody_reads_moves_nothing(shop, make):
    shop.take_in(*(make.track(user_id="u1", minute=n) for n in range(6)))
    numbers = shop.profile("u1").numbers
    first = shop.log.page_of_timeline(numbers, limit=3)
    shop.take_in(make.track(user_id="u1", minute=99), make.track(user_id="u1", minute=1))
    second = shop.log.page_of_timeline(numbers, before=first.next, limit=10)
    assert [item.position for item in second.events] == [3, 8, 2, 1]


def test_counts_by_type_and_hour(shop, make):
    shop.take_in(
        make.track("A", user_id="u1"), make.track("A", user_id="u1", minute=5),
        make.track("A", user_id="u1", day=1), make.track("B", user_id="u1", day=1),
        make.track("B", user_id="u2", day=1),
    )  # fmt: skip
    counts = shop.log.count_timeline(shop.profile("u1").numbers)
    hour = make.start.timestamp() // 3_600
    assert {(one.type, one.hour - hour): one.n for one in counts} == {
        ("A", 0): 2, ("A", 24): 1, ("B", 24): 1,
    }  # fmt: skip


def test_what_was_erased_is_left_out(shop, make):
    shop.take_in(make.track(user_id="u1"), make.identify("u1", anonymous_id="d1", minute=1))
    numbers = shop.profile("u1").numbers
    erased = shop.find("u1")
    shop.state.write(lambda c: shop.rights.erase(c, erased, receipt_id="r", erased_at=make.start))
    assert shop.log.page_of_timeline(numbers).events == []


@settings(max_examples=25, deadline=None)
@given(
    minutes=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4)), max_size=30),
    limit=st.integers(1, 7),
    seed=st.integers(0, 99),
)
def test_every_event_once_in_order_whatever_the_page_and_the_number(
    minutes, limit, seed, tmp_path_factory
):
    store = open_empty_sqlite(tmp_path_factory.mktemp("s") / "s.db")
    shop, make = Shop(store), Make()
    events = [make.identify("u", anonymous_id=f"d{n}", day=9) for n in range(5)]
    events += [make.track(anonymous_id=f"d{device}", minute=m) for m, device in minutes]
    random.Random(seed).shuffle(events)
    shop.take_in(*events)
    numbers = shop.profile("u").numbers
    with store.read() as connection:
        expected = connection.exec_driver_sql(
            "SELECT position FROM events ORDER BY occurred_us DESC, position DESC"
        )
        assert read_all(shop, numbers, limit=limit) == [row[0] for row in expected]
    store.close()


def test_how_a_person_came_to_be_who_they_are(shop, make):
    shop.take_in(
        make.track(anonymous_id="d1"),
        make.identify("u1", anonymous_id="d1", minute=5),
        make.identify("u2", minute=6),
    )
    u1, u2 = Identifier("user_id", "u1"), Identifier("user_id", "u2")
    for is_merge, day in ((True, 1), (False, 2)):
        shop.take_in(
            decision_event(
                u1, u2, is_merge=is_merge, by="aiko", explanation="same card",
                message_id=f"d{day}", decided_at=make.start + timedelta(days=day),
            )
        )  # fmt: skip
    changes = shop.ask(shop.profiles.identity_history, shop.find("u1"))
    assert [
        ([one.value for one in change.joined], [one.value for one in change.left], change.by)
        for change in changes
    ] == [(["d1"], [], ""), (["u2"], [], "aiko"), ([], ["u2"], "aiko")]
