"""What is known about a person, from whom, and what stands."""

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from kikubari.profiles import _tables as tables
from kikubari.spec.envelope import Trust
from kikubari.spec.topics import TRAIT_COMPUTED
from kikubari.storage import metadata


def test_the_latest_statement_stands_and_disagreement_shows(shop, make):
    shop.take_in(
        make.identify("u1", traits={"city": "Kyoto", "age": 41}, day=3, source_id=1),
        make.identify("u1", traits={"city": "Osaka"}, day=1, source_id=2),
        make.identify("u1", traits={"city": "Nara", "age": 41}, day=2, source_id=1),
        make.identify("u1", traits={"age": 41}, day=1, source_id=2),
    )
    city = shop.profile("u1").traits["city"]
    assert city.value == "Kyoto"
    assert [(one.value, one.source_id) for one in city.disagreements] == [("Osaka", 2)]
    assert shop.profile("u1").traits["age"].disagreements == ()


def test_null_withdraws_a_trait(shop, make):
    shop.take_in(
        make.identify("u1", traits={"city": "Kyoto"}),
        make.identify("u1", traits={"city": None}, day=1),
    )
    assert "city" not in shop.profile("u1").traits


def test_provenance_confidence_and_simulation_are_kept(shop, make):
    marks = {"provenance": "inferred_self", "confidence": 0.4, "simulated_traits": ["likes"]}
    shop.take_in(make.identify("u1"))
    shop.take_in(
        make.track(
            TRAIT_COMPUTED, number=shop.find("u1"), trust=Trust.INTERNAL, source_id=0,
            context={"kikubari": marks},
        )
    )  # fmt: skip
    event = make.identify("u1", traits={"likes": ["tea"]}, context={"kikubari": marks})
    shop.take_in(event)
    fact = shop.profile("u1").traits["likes"].fact
    assert (fact.value, fact.provenance, fact.confidence, fact.is_simulated) == (
        ["tea"], "inferred_self", 0.4, True,
    )  # fmt: skip
    assert fact.at == event.occurred_at


def test_an_address_from_a_public_key_is_shown_and_never_written_to(shop, make):
    claim = make.identify("u1", traits={"email": "new@x.jp"}, trust=Trust.PUBLIC, day=5)
    shop.take_in(claim)
    profile = shop.profile("u1")
    assert profile.email is None
    assert profile.traits["email"].fact.is_verified is False
    shop.take_in(make.identify("u1", traits={"email": " Old@x.jp "}))
    profile = shop.profile("u1")
    assert profile.email == "Old@x.jp"
    assert profile.traits["email"].value == " Old@x.jp "
    assert [one.value for one in profile.traits["email"].disagreements] == ["new@x.jp"]
    # The same key, earlier and verified, then later and not: the unverified one hides nothing.
    shop.take_in(make.identify("u1", traits={"email": None}, day=9))
    assert shop.profile("u1").email is None


def test_merged_people_share_their_traits(shop, make):
    shop.take_in(
        make.identify("u1", traits={"city": "Kyoto"}),
        make.identify("u2", traits={"city": "Osaka", "age": 30}, day=1),
        make.alias("u2", "u1", day=2),
    )
    traits = shop.profile("u1").traits
    assert (traits["city"].value, traits["age"].value) == ("Osaka", 30)


def test_many_people_at_once(shop, make):
    shop.take_in(*[
        make.identify(f"u{i}", traits={"email": f"a{i}@x.jp", "name": f"N {i}", "n": i})
        for i in range(30)
    ])  # fmt: skip
    numbers = [shop.find(f"u{i}") for i in range(30)]
    facts = shop.ask(shop.profiles.load_profiles, numbers, names=["n"])
    assert [facts[number].email for number in numbers] == [f"a{i}@x.jp" for i in range(30)]
    assert [set(facts[number].traits) for number in numbers] == [{"n", "email"}] * 30
    assert shop.ask(shop.profiles.load_emails, numbers)[numbers[3]] == "a3@x.jp"
    everything = shop.ask(shop.profiles.load_profiles, numbers)
    assert everything[numbers[7]].traits["name"].value == "N 7"


def test_people_are_found_by_what_a_marketer_types(shop, make):
    shop.take_in(
        make.identify("cust-17", traits={"email": "hanako@x.jp", "name": "山田 花子"}),
        make.identify("cust-18", traits={"firstName": "Ｊöhn", "lastName": "Smith%"}),
    )
    hanako, john = shop.find("cust-17"), shop.find("cust-18")
    search = shop.profiles.search
    for text in ("Hanako@X", "山田", "花子", "山田花", "山田 花子", f"prf_{hanako}", "cust-17"):
        assert shop.ask(search, text) == [hanako], text
    assert shop.ask(search, "jöh") == shop.ask(search, "smith%") == [john]
    assert set(shop.ask(search, "cust-")) == {hanako, john}
    for text in ("", "%", "_", "x", "hanako'--"):
        assert shop.ask(search, text) == []


def test_hostile_traits_do_not_stop_the_log(shop, make):
    traits = {"a\0b": 1, "x" * 300: 1, "": 1, "ok": "a\0b", "big": 10**40, "deep": [[{"a": [1]}]]}
    shop.take_in(make.identify("u1", traits=traits))
    kept = shop.profile("u1").traits
    assert {name: kept[name].value for name in kept} == {
        "ok": "a\0b", "big": 10**40, "deep": [[{"a": [1]}]],
    }  # fmt: skip


def test_values_are_sealed_at_rest(shop, make):
    shop.take_in(make.identify("u1", traits={"city": "Kyoto-canary"}))
    with shop.state.read() as connection:
        for table in (tables.trait_versions, tables.profile_names):
            assert "canary" not in str(connection.execute(select(table)).all())


statements = st.lists(
    st.tuples(
        st.sampled_from(["u1", "u2"]),
        st.dictionaries(st.sampled_from(["city", "email"]), st.sampled_from(["a@x", "b@x", None])),
        st.integers(0, 4),
        st.integers(1, 2),
        st.sampled_from([Trust.PUBLIC, Trust.SERVER]),
    ),
    max_size=8,
)


def empty(shop):
    def work(connection):
        for table in metadata.sorted_tables:
            if table is not tables.consents:
                connection.execute(delete(table))

    shop.state.write(work)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(said=statements, seed=st.integers(0, 2**32))
def test_order_of_arrival_does_not_matter(shop, make, said, seed):
    events = [
        make.identify(
            user, traits=traits, day=day, source_id=source, trust=trust, message_id=f"m{index}"
        )
        for index, (user, traits, day, source, trust) in enumerate(said)
    ]
    events.append(make.alias("u1", "u2", day=30, message_id="alias"))
    views = []
    for _ in range(2):
        empty(shop)
        random.Random(seed).shuffle(events)
        cut = seed % (len(events) + 1)
        for batch in (events[:cut], events[cut:], events[: cut // 2]):
            shop.take_in(*batch)
        profile = shop.profile("u1")
        views.append((profile.traits, profile.email, len(profile.identifiers)))
    assert views[0] == views[1]


def test_computed_statements_about_nobody_are_left_out(shop, make):
    shop.take_in(make.identify(None, traits={"city": "Kyoto"}))
    with shop.state.read() as connection:
        assert connection.execute(select(tables.trait_versions)).all() == []
