"""Who is who, seen from the log's door."""

from datetime import UTC, datetime, timedelta

import pytest

from kikubari.profiles import (
    Identifier,
    InstanceKey,
    Limits,
    PersonKeys,
    Profiles,
    decision_event,
)
from kikubari.profiles._repository import identity
from kikubari.profiles.numbering import IdentityNumbering
from kikubari.spec.envelope import EventKind, Trust
from kikubari.spec.errors import InvalidInputError, NotFoundError


def values(profile):
    return {one.identifier.value for one in profile.identifiers}


def outcome(profile, left, right):
    [found] = [
        one.outcome
        for one in profile.evidence
        if {one.left.value, one.right.value} == {left, right}
    ]
    return found


def decide(left, right, *, is_merge, day=9):
    return decision_event(
        Identifier(*left), Identifier(*right), is_merge=is_merge, by="aiko@shop.jp",
        explanation="same loyalty card", message_id=f"{is_merge}-{day}",
        decided_at=datetime(2026, 5, 1, tzinfo=UTC) + timedelta(days=day),
    )  # fmt: skip


def test_an_anonymous_visitor_becomes_known(shop, make):
    shop.take_in(make.track(anonymous_id="d1"), make.track(anonymous_id="d1", minute=1))
    before = shop.find("d1")
    shop.take_in(make.identify("u1", anonymous_id="d1", traits={"email": "a@x.jp"}, minute=2))
    profile = shop.profile("u1")
    assert values(profile) == {"u1", "a@x.jp", "d1"}
    assert shop.profile("A@X.JP").number == shop.profile("d1").number == profile.number
    assert before in profile.numbers
    assert shop.profile(f"prf_{before}").number == profile.number
    assert outcome(profile, "u1", "d1") == "joined"


def test_numbers_are_dense_and_the_strongest_identifier_gives_the_events(shop, make):
    shop.take_in(
        make.track(anonymous_id="d1"),
        make.identify("u1", anonymous_id="d1", traits={"email": "a@x.jp"}),
        make.track(user_id="u1", anonymous_id="d2"),
        make.track(),
    )
    items = shop.log.read_range(1, 4)
    assert {one.number for one in items} <= set(range(5))
    assert items[1].number == items[2].number != items[0].number
    assert items[3].number == 0
    moves = shop.ask(shop.numbering.list_moves, after_version=0, limit=100)
    assert [one.version for one in moves] == list(range(1, len(moves) + 1))
    profile = shop.profile("u1")
    others = set(profile.numbers) - {profile.number}
    assert {one.number: one.profile for one in moves} == dict.fromkeys(others, profile.number)


def test_a_shared_tablet_melts_nobody(shop, make):
    shop.take_in(
        make.identify("wife", anonymous_id="tablet", traits={"email": "wife@x.jp"}),
        make.identify("husband", anonymous_id="tablet", minute=1),
        make.track(anonymous_id="tablet", minute=2),
        make.identify(None, anonymous_id="tablet", traits={"email": "child@x.jp"}, minute=3),
    )
    wife, husband = shop.profile("wife"), shop.profile("husband")
    assert wife.number != husband.number
    assert shop.find("child@x.jp") not in (wife.number, husband.number)
    assert values(wife) == {"wife", "wife@x.jp", "tablet"}
    assert outcome(husband, "husband", "tablet") == "other_owner"
    assert [one.is_shared for one in wife.identifiers] == [False, False, True]


def test_a_device_used_by_many_belongs_to_nobody(shop, make):
    shop.take_in(*[make.track(user_id=f"u{i}", anonymous_id="kiosk", minute=i) for i in range(10)])
    assert shop.find("kiosk") == shop.find("u0")
    shop.take_in(make.track(user_id="u10", anonymous_id="kiosk", minute=10))
    assert shop.find("kiosk") not in {shop.find(f"u{i}") for i in range(11)}
    assert outcome(shop.profile("u0"), "u0", "kiosk") == "hub"
    assert outcome(shop.profile("u10"), "u10", "kiosk") == "hub"


def test_an_address_typed_by_somebody_else_does_not_join_them(shop, make):
    shop.take_in(
        make.identify("u1", traits={"email": "a@x.jp"}),
        make.identify("u2", traits={"email": "a@x.jp"}, minute=1),
    )
    assert shop.find("u1") == shop.find("a@x.jp") != shop.find("u2")
    assert outcome(shop.profile("u2"), "u2", "a@x.jp") == "limit_user_id"


def test_a_sixth_address_stays_alone(shop, make):
    shop.take_in(*[
        make.identify("u1", traits={"email": f"a{i}@x.jp"}, minute=i) for i in range(6)
    ])  # fmt: skip
    assert len(values(shop.profile("u1"))) == 6
    assert shop.find("a5@x.jp") != shop.find("u1")
    assert outcome(shop.profile("a5@x.jp"), "u1", "a5@x.jp") == "limit_email"


def test_a_public_key_attaches_its_device_and_no_more(shop, make):
    shop.take_in(
        make.identify("u1", traits={"email": "a@x.jp"}),
        make.identify(
            "u2", anonymous_id="d2", traits={"email": "a@x.jp", "phone": "03-1234-5678"},
            context={"externalIds": [{"id": "7", "type": "crm"}]}, trust=Trust.PUBLIC, minute=1,
        ),
        make.alias("u2", "u1", trust=Trust.PUBLIC, minute=2),
    )  # fmt: skip
    assert values(shop.profile("u2")) == {"u2", "d2"}
    assert values(shop.profile("u1")) == {"u1", "a@x.jp"}
    assert shop.find("+81312345678") is None


def test_a_forged_claim_never_gives_an_address_to_somebody_else(shop, make):
    """An attacker claims to be the victim on their own device, then registers with it."""
    shop.take_in(
        make.identify("victim", anonymous_id="evil", trust=Trust.PUBLIC),
        make.identify(None, anonymous_id="evil", traits={"email": "evil@x.jp"}, minute=1),
        make.identify("attacker", anonymous_id="evil", minute=2),
    )
    assert shop.profile("victim").email is None
    assert shop.find("evil@x.jp") != shop.find("victim") != shop.find("attacker")
    assert shop.find("evil") == shop.find("evil@x.jp")


def test_alias_joins_two_user_ids_and_devices(shop, make):
    shop.take_in(
        make.identify("old", traits={"email": "a@x.jp"}),
        make.identify("new", traits={"email": "b@x.jp"}, minute=1),
        make.alias("new", "old", minute=2),
        make.track(anonymous_id="d1", minute=3),
        make.alias("new", "d1", minute=4),
    )
    profile = shop.profile("new")
    assert values(profile) == {"old", "new", "a@x.jp", "b@x.jp", "d1"}
    assert profile.number == shop.find("prf_" + str(min(profile.numbers)))
    assert profile.identifiers[0].identifier.value == "old"


@pytest.mark.parametrize(
    "value",
    ["null", " NULL ", "undefined", "0", "-1", "n/a", "guest", "[object Object]", "   ", "x" * 300,
     "00000000-0000-0000-0000-000000000000", "a\0b", "a\nb"],
)  # fmt: skip
def test_values_that_name_nobody_are_ignored(shop, make, value):
    shop.take_in(
        make.identify(value, anonymous_id="d1"),
        make.identify(value, anonymous_id="d2"),
        make.track(user_id=value),
    )
    assert shop.find("d1") != shop.find("d2")
    assert shop.log.read_range(3, 3)[0].number == 0


@pytest.mark.parametrize("value", ["test@x.jp", "none@none.com", "a b@x.jp", "@x.jp", "a@", "a"])
def test_addresses_that_name_nobody_are_ignored(shop, make, value):
    shop.take_in(make.identify("u1", traits={"email": value}))
    assert values(shop.profile("u1")) == {"u1"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hanako@例え.JP", "hanako@xn--r8jz45g.jp"),
        ("ｈａｎａｋｏ@x.jp", " HANAKO@X.JP "),
        ("STRASSE@x.de", "straße@x.de"),
    ],
)
def test_spellings_of_an_address_are_one(shop, make, one, other):
    shop.take_in(make.identify(None, traits={"email": one}))
    assert shop.find(one) == shop.find(other) is not None


def test_spellings_of_a_phone_number_are_one(shop, make):
    shop.take_in(make.identify(None, traits={"phone": "０９０-1234-5678"}))
    assert shop.find("+81 90 1234 5678") == shop.find("090 1234 5678") is not None
    assert shop.find("09012345679") is None


def test_a_group_call_says_nothing_about_the_persons_address(shop, make):
    shop.take_in(
        make.event(
            EventKind.GROUP, "Kikubari Grouped", user_id="u1", group_id="g",
            traits={"email": "info@corp.jp"},
        )
    )  # fmt: skip
    assert values(shop.profile("u1")) == {"u1"}


def test_only_the_product_itself_addresses_a_number(shop, make):
    shop.take_in(make.identify("u1"))
    number = shop.find("u1")
    shop.take_in(
        make.track(number=number, trust=Trust.INTERNAL, source_id=0),
        make.track(number=number, trust=Trust.SERVER),
        make.track(number=number, trust=Trust.PUBLIC, anonymous_id="d9"),
    )
    numbers = [one.number for one in shop.log.read_range(2, 4)]
    assert numbers[0] == number
    assert numbers[1] == 0
    assert numbers[2] not in (0, number)


def test_a_member_merges_and_takes_it_back(shop, make):
    shop.take_in(
        make.identify("u1", traits={"email": "a@x.jp"}),
        make.identify("u2", traits={"email": "b@x.jp"}, minute=1),
    )
    left, right = ("user_id", "u1"), ("user_id", "u2")
    shop.take_in(decide(left, right, is_merge=True))
    merged = shop.profile("u2")
    assert merged.number == shop.find("u1")
    assert [(one.by, one.explanation) for one in merged.decisions] == [
        ("aiko@shop.jp", "same loyalty card")
    ]
    shop.take_in(decide(left, right, is_merge=False, day=10))
    assert values(shop.profile("u1")) == {"u1", "a@x.jp"}
    assert values(shop.profile("u2")) == {"u2", "b@x.jp"}
    # The decision stands against evidence that comes later.
    shop.take_in(make.alias("u1", "u2", day=20))
    assert outcome_of_alias(shop.profile("u1")) == "kept_apart"
    moves = shop.ask(shop.numbering.list_moves, after_version=0, limit=100)
    assert {one.number: one.profile for one in moves}[shop.find("u2")] == shop.find("u2")


def outcome_of_alias(profile):
    return next(one.outcome for one in profile.evidence if one.kind == "alias")


def test_a_member_takes_a_device_away(shop, make):
    shop.take_in(make.identify("u1", anonymous_id="d1"))
    shop.take_in(decide(("user_id", "u1"), ("anonymous_id", "d1"), is_merge=False))
    assert shop.find("d1") != shop.find("u1")
    shop.take_in(decide(("user_id", "u1"), ("anonymous_id", "d1"), is_merge=True, day=11))
    assert shop.find("d1") == shop.find("u1")


def test_only_the_product_itself_decides(shop, make):
    shop.take_in(make.identify("u1"), make.identify("u2"))
    forged = decide(("user_id", "u1"), ("user_id", "u2"), is_merge=True)
    fields = {name: getattr(forged, name) for name in forged.__struct_fields__}
    shop.take_in(type(forged)(**fields | {"trust": Trust.SERVER}))
    assert shop.find("u1") != shop.find("u2")


@pytest.mark.parametrize(
    ("left", "right", "explanation"),
    [
        (("user_id", "u1"), ("user_id", "u1"), "x"),
        (("anonymous_id", "d1"), ("anonymous_id", "d2"), "x"),
        (("user_id", "u1"), ("user_id", "u2"), " "),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(left, right, explanation):
    with pytest.raises(InvalidInputError):
        decision_event(
            Identifier(*left), Identifier(*right), is_merge=True, by="aiko",
            explanation=explanation, message_id="m", decided_at=datetime(2026, 5, 1, tzinfo=UTC),
        )  # fmt: skip


def test_a_rolled_back_batch_leaves_nothing_in_the_caches(shop, make):
    event = make.identify("u1", anonymous_id="d1", traits={"email": "a@x.jp"})

    def fail(connection):
        shop.sequencer.extend(connection, [event])
        raise RuntimeError

    with pytest.raises(RuntimeError):
        shop.state.write(fail)
    assert shop.find("u1") is None
    shop.take_in(make.identify("u0"))
    shop.take_in(event)
    profile = shop.profile("u1")
    assert values(profile) == {"u1", "d1", "a@x.jp"}
    assert [one.event.message_id for one in shop.log.read_range(2, 2)] == [event.message_id]


def test_two_writers_in_turn_do_not_trust_their_caches(shop, make):
    other = IdentityNumbering()
    first = make.track(user_id="u1", anonymous_id="d1")
    shop.state.write(lambda c: shop.numbering.number(c, [first]))
    second = make.track(user_id="u2", anonymous_id="d1", minute=-5)
    shop.state.write(lambda c: other.number(c, [second]))
    third = make.track(user_id="u1", anonymous_id="d1", minute=-9)
    shop.state.write(lambda c: shop.numbering.number(c, [third]))
    assert shop.find("d1") == shop.find("u1")


def test_a_hub_of_thousands_is_not_read_again_and_again(shop, make, monkeypatch):
    """Work must stay in proportion to the events, not to what the hub has gathered."""
    n_read = []
    select_in = identity.select_in

    def counting(connection, workspace_id, columns, **options):
        found = select_in(connection, workspace_id, columns, **options)
        n_read.append(len(found))
        return found

    monkeypatch.setattr(identity, "select_in", counting)
    totals = []
    for batch in range(4):
        n_read.clear()
        shop.take_in(*[
            make.identify(
                f"u{batch}-{i}", anonymous_id="kiosk", traits={"email": "info@shop.jp"},
                minute=batch,
            )
            for i in range(300)
        ])  # fmt: skip
        totals.append(sum(n_read))
    assert max(totals[1:]) <= 5
    assert shop.find("info@shop.jp") != shop.find("u0-0")
    assert shop.find("kiosk") not in (shop.find("u0-0"), shop.find("info@shop.jp"))


def test_a_user_id_with_too_many_devices_owns_none(state, make):
    numbering = IdentityNumbering(Limits(devices=3))
    profiles = Profiles(PersonKeys(InstanceKey(b"k" * 32)))

    def see(first, last):
        events = [make.track(user_id="bot", anonymous_id=f"d{i}") for i in range(first, last)]
        state.write(lambda connection: numbering.number(connection, events))
        with state.read() as connection:
            bot = profiles.get_profile(connection, "bot")
        return len(bot.numbers)

    assert see(0, 3) == 4
    assert see(3, 5) == 1


def test_nobody_by_that(shop):
    with pytest.raises(NotFoundError):
        shop.profile("nobody@x.jp")
    assert shop.find("prf_999") is None
    assert shop.find("prf_" + "9" * 40) is None
