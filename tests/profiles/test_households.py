"""Shared devices and households: found, explained, never merged."""

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from people_world import Make, Shop

from empty_stores import open_empty_sqlite
from kikubari.profiles.household_marks import normalise_address

HOME = {"postal_code": "600-8001", "street": "四条通1丁目2番3号"}


def names(shop, numbers):
    found = shop.ask(shop.profiles.load_profiles, numbers)
    return {found[number].traits["handle"].value for number in numbers}


def person(make, handle, *, minute=0, device=None, **traits):
    return make.identify(
        handle, traits={"handle": handle, **traits}, anonymous_id=device, minute=minute
    )


def signs(sharing):
    return [[sign.kind for sign in tie.signs] for tie in sharing.ties]


def test_a_tablet_used_side_by_side_is_a_shared_device(shop, make):
    shop.take_in(
        person(make, "a", device="tablet"),
        person(make, "b", device="tablet", minute=10),
        make.track(user_id="a", anonymous_id="tablet", minute=20),
    )
    for handle in ("a", "b"):
        sharing = shop.sharing(handle)
        (device,) = sharing.devices
        assert device.device == "tablet"
        assert device.is_interleaved
        assert [names(shop, [use.profile]) for use in device.uses] == [{"a"}, {"b"}]
        assert sharing.hold_back == ("shared_device", "household")
        assert shop.shares_device(handle)
        assert names(shop, sharing.household) == {"a", "b"}
    assert shop.find("a") != shop.find("b")


def test_a_device_that_was_handed_over_is_not(shop, make):
    shop.take_in(
        person(make, "a", device="phone"),
        make.track(user_id="a", anonymous_id="phone", minute=5),
        person(make, "b", device="phone", minute=10),
        make.track(user_id="b", anonymous_id="phone", minute=15),
    )
    sharing = shop.sharing("b")
    assert not sharing.devices[0].is_interleaved
    assert signs(sharing) == [["handed_over_device"]]
    assert sharing.household == ()
    assert sharing.hold_back == ()
    assert not shop.shares_device("b")


def test_one_address_and_surname_are_a_household(shop, make):
    shop.take_in(
        person(make, "a", last_name="Mori", **HOME),
        person(
            make, "b", name="MORI Ken", minute=1,
            address={"postalCode": "6008001", "street": "四条通 １-２-３"},
        ),
        person(make, "c", last_name="mori", minute=2, **HOME),
        person(make, "d", last_name="Sato", minute=3, **HOME),
        person(make, "e", last_name="Mori", minute=4, postal_code="600-8001", street="四条通"),
    )  # fmt: skip
    sharing = shop.sharing("a")
    # Ken's name is written without a comma: its last word is taken for the surname.
    assert names(shop, sharing.household) == {"a", "c"}
    assert signs(sharing) == [["address_and_surname"], ["address"], ["address"]]
    assert sharing.ties[0].score == 0.85
    assert shop.sharing("e").ties == ()


def test_signs_add_up(shop, make):
    home = {**HOME, "phone": "075-211-1111"}
    shop.take_in(person(make, "a", **home), person(make, "b", minute=1, **home))
    (tie,) = shop.sharing("a").ties
    assert [sign.kind for sign in tie.signs] == ["landline", "address"]
    assert tie.score == 0.8
    mobile = {"phone": "090-1234-5678"}
    shop.take_in(person(make, "c", **mobile), person(make, "d", minute=1, **mobile))
    assert shop.sharing("c").ties == ()


def test_the_latest_address_counts_and_can_be_withdrawn(shop, make):
    shop.take_in(
        person(make, "a", last_name="Mori", **HOME),
        person(make, "b", last_name="Mori", **HOME),
        person(make, "b", minute=9, postal_code="1000001", street="千代田1-1"),
    )
    assert shop.sharing("a").household == ()
    shop.take_in(person(make, "b", minute=5, **HOME))
    assert shop.sharing("a").household == ()
    shop.take_in(person(make, "b", minute=20, **HOME))
    assert len(shop.sharing("a").household) == 2
    shop.take_in(person(make, "b", minute=30, address=None))
    assert shop.sharing("a").household == ()


def test_an_office_is_no_household_and_a_kiosk_is_public(shop, make):
    shop.take_in(
        *(person(make, f"w{n}", last_name="Mori", minute=n, **HOME) for n in range(9)),
        *(person(make, f"k{n}", device="kiosk", minute=n) for n in range(11)),
        make.track(user_id="k0", anonymous_id="kiosk", minute=60),
    )
    assert shop.sharing("w0").ties == ()
    kiosk = shop.sharing("k0")
    assert kiosk.household == ()
    assert kiosk.devices[0].is_public
    assert len(kiosk.devices[0].uses) == 1
    assert kiosk.hold_back == ("shared_device",)


def test_a_chain_of_devices_beyond_a_households_size_is_none(shop, make):
    events = []
    for n in range(14):
        for who in (n, n + 1):
            events += [
                person(make, f"p{who}", device=f"d{n}", minute=who),
                person(make, f"p{who}", device=f"d{n}", minute=50 + who),
            ]
    shop.take_in(*events)
    sharing = shop.sharing("p0")
    assert sharing.is_crowded
    assert sharing.household == ()
    assert shop.sharing("p7").is_crowded


def test_one_person_with_two_numbers_shares_with_nobody(shop, make):
    shop.take_in(
        make.identify("a", traits={"email": "a@x.jp"}, anonymous_id="d"),
        make.identify(traits={"email": "a@x.jp"}, anonymous_id="d", minute=1),
        make.identify("a", anonymous_id="d", minute=2),
    )
    assert shop.sharing("a").devices == ()


def test_many_are_asked_about_at_once(shop, make):
    shop.take_in(
        person(make, "a", device="d1"), person(make, "b", device="d1", minute=1),
        person(make, "a", device="d1", minute=2), person(make, "c", device="d2"),
    )  # fmt: skip
    numbers = [shop.find(one) for one in "abc"]
    found = shop.ask(shop.households.load, numbers)
    assert found == {number: shop.sharing(one) for number, one in zip(numbers, "abc", strict=True)}


def test_erasing_one_leaves_the_other_alone(shop, make):
    shop.take_in(
        person(make, "a", device="d1"), person(make, "b", device="d1", minute=1),
        person(make, "a", device="d1", minute=2),
    )  # fmt: skip
    at = datetime(2026, 6, 1, tzinfo=UTC)
    number = shop.find("a")
    shop.state.write(lambda c: shop.rights.erase(c, number, receipt_id="r", erased_at=at))
    assert shop.sharing("b").household == ()
    assert shop.sharing("b").devices == ()


@pytest.mark.parametrize(
    "spelling",
    [
        ("600-8001", "四条通1-2-3 301"),
        ("６００－８００１", "四条通１丁目２番３号 301号室"),
        ("6008001", "四条通 一丁目２番地３ー３０１"),
    ],
)
def test_spellings_of_an_address(spelling):
    assert normalise_address(*spelling).startswith("6008001|四条通1-2-3")


def test_kanji_numbers_of_blocks():
    assert normalise_address("1", "南町二十三丁目4番") == normalise_address("1", "南町23-4")
    assert normalise_address("1", "南町十丁目4") == normalise_address("1", "南町10-4")


histories = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["d1", "d2", None]),
        st.sampled_from([HOME, {"postal_code": "1", "street": "2-3"}, {"address": None}, {}]),
        st.sampled_from(["Mori", "Sato", None]),
        st.integers(0, 8),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(history=histories, seed=st.integers(0, 2**32))
def test_order_of_arrival_does_not_matter(history, seed, tmp_path_factory):
    make = Make()
    made = [
        person(
            make, who, device=device, minute=minute, **place,
            **({"last_name": surname} if surname else {}),
        )
        for who, device, place, surname, minute in history
    ]  # fmt: skip
    found = []
    for is_shuffled in (False, True):
        store = open_empty_sqlite(tmp_path_factory.mktemp("s") / "s.db")
        shop = Shop(store)
        arriving = list(made)
        if is_shuffled:
            random.Random(seed).shuffle(arriving)
            arriving += arriving[::2]
        for start in range(0, len(arriving), 4):
            shop.take_in(*arriving[start : start + 4])
        people = sorted({one[0] for one in history})
        found.append([readable(shop, who) for who in people])
        store.close()
    assert found[0] == found[1]


def readable(shop, who):
    """What a person shares with the numbers, which depend on arrival, turned into names."""
    sharing = shop.sharing(who)
    return (
        names(shop, sharing.household),
        {
            (frozenset(names(shop, [tie.left, tie.right])), tie.score, tie.signs)
            for tie in sharing.ties
        },
        {
            (device.device, device.is_interleaved, device.is_public, frozenset(
                (*names(shop, [use.profile]), use.first_at, use.last_at) for use in device.uses
            ))
            for device in sharing.devices
        },
        sharing.hold_back,
    )  # fmt: skip
