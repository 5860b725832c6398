"""Identity does not depend on the order, the batches or the repetition of events."""

import random
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from empty_stores import open_empty_sqlite
from kikubari.events import message_key
from kikubari.kit.instants import to_micros
from kikubari.profiles import _tables as tables
from kikubari.profiles.decisions import decision_event
from kikubari.profiles.identifiers import Identifier, IdentifierRules
from kikubari.profiles.numbering import IdentityNumbering
from kikubari.profiles.resolution import (
    NEVER,
    Limits,
    Link,
    LinkKind,
    Node,
    Outcome,
    count_neighbours,
    resolve,
)
from kikubari.spec.envelope import ALIASED, IDENTIFIED, Event, EventKind, Trust

START = datetime(2026, 1, 1, tzinfo=UTC)
TIGHT = Limits(
    emails=1, phones=1, external_ids=1, devices=2, people_of_person=4, people_of_device=2
)

users = st.sampled_from(["u1", "u2", "u3", None, None])
emails = st.sampled_from(["a@x.jp", "B@x.jp", "b@X.jp", "c@x.jp", None, None])
phones = st.sampled_from(["+81312345678", "+81312345679", None])
shops = st.sampled_from(["s1", "s2", None, None])
devices = st.sampled_from(["d1", "d2", "d3", "d4", None])
trusts = st.sampled_from([Trust.PUBLIC, Trust.SERVER, Trust.SERVER])
minutes = st.integers(0, 12)
people_kinds = ["user_id:u1", "user_id:u2", "email:a@x.jp", "email:b@x.jp", "phone:+81312345678"]


@st.composite
def sightings(draw):
    context = {}
    shop = draw(shops)
    if shop:
        context["externalIds"] = [{"id": shop, "type": "shop"}]
    traits = {"email": draw(emails), "phone": draw(phones)}
    return {
        "kind": EventKind.IDENTIFY,
        "type": IDENTIFIED,
        "trust": draw(trusts),
        "user_id": draw(users),
        "anonymous_id": draw(devices),
        "traits": {name: value for name, value in traits.items() if value},
        "context": context,
        "minute": draw(minutes),
    }


@st.composite
def aliases(draw):
    return {
        "kind": EventKind.ALIAS,
        "type": ALIASED,
        "trust": draw(trusts),
        "user_id": draw(st.sampled_from(["u1", "u2", "u3"])),
        "previous_id": draw(st.sampled_from(["u1", "u2", "d1", "d2"])),
        "minute": draw(minutes),
    }


@st.composite
def decided(draw):
    left = draw(st.sampled_from(people_kinds))
    right = draw(st.sampled_from([*people_kinds, "anonymous_id:d1", "anonymous_id:d2"]))
    return {
        "decision": (left, right if right != left else "anonymous_id:d3"),
        "is_merge": draw(st.booleans()),
        "minute": draw(minutes),
    }


def build(histories):
    made = []
    for index, history in enumerate(histories):
        parts = dict(history)
        at = START + timedelta(minutes=parts.pop("minute"))
        if "decision" in parts:
            left, right = (Identifier(*text.split(":", 1)) for text in parts["decision"])
            made.append(
                decision_event(
                    left,
                    right,
                    is_merge=parts["is_merge"],
                    by="aiko",
                    explanation="same card",
                    message_id=f"m{index}",
                    decided_at=at,
                )
            )
        else:
            made.append(
                Event(
                    message_id=f"m{index}",
                    occurred_at=at,
                    received_at=at,
                    source_id=1 + index % 2,
                    **parts,
                )
            )
    return made


histories = st.lists(st.one_of(sightings(), sightings(), aliases(), decided()), max_size=14).map(
    build
)


class Oracle:
    """All evidence of a history at once, gathered by a second, slow reading of the events."""

    def __init__(self, events, limits) -> None:
        self.rules = IdentifierRules()
        self.nodes = {}
        self.names = {}
        self.links = {}
        for event in events:
            self.read(event)
        count_neighbours(self.nodes, self.links.values())
        self.result = resolve(self.nodes, list(self.links.values()), limits)

    def node(self, kind, value):
        identifier = self.rules.find(kind, value)
        if identifier not in self.names:
            number = len(self.names) + 1
            self.names[identifier] = number
            self.nodes[number] = Node(
                number=number, key=identifier.key(1), kind=identifier.kind, rank=identifier.rank,
                first=NEVER,
            )  # fmt: skip
        return self.nodes[self.names[identifier]]

    def link(self, one, other, kind, evidence):
        strong, weak = sorted((one, other), key=lambda node: (node.rank, node.key))
        if strong is weak or strong.is_device:
            return
        key = (strong.number, weak.number, kind)
        best = max if kind in (LinkKind.MERGED, LinkKind.APART) else min
        known = self.links.get(key)
        stands = best(evidence, known.evidence) if known else evidence
        self.links[key] = Link(strong.number, weak.number, kind, stands)

    def read(self, event):
        evidence = (to_micros(event.occurred_at), event.source_id, message_key(event.message_id))
        if event.trust is Trust.INTERNAL:
            ends = [self.node(e["kind"], e["value"]) for e in event.properties["identifiers"]]
            is_merge = event.type == "Kikubari Profiles Merged"
            self.link(*ends, LinkKind.MERGED if is_merge else LinkKind.APART, evidence)
            return
        is_public = event.trust is Trust.PUBLIC
        seen = [self.node("user_id", event.user_id)] if event.user_id else []
        if not is_public:
            seen += [
                self.node("external:" + entry["type"], entry["id"])
                for entry in event.context.get("externalIds", [])
            ]
            seen += [
                self.node(kind, event.traits[kind])
                for kind in ("email", "phone")
                if kind in event.traits
            ]
        if event.anonymous_id:
            seen.append(self.node("anonymous_id", event.anonymous_id))
        for node in seen:
            node.first = min(node.first, evidence)
        seen_kind = LinkKind.PUBLIC if is_public else LinkKind.SEEN
        for other in seen[1:]:
            self.link(seen[0], other, seen_kind, evidence)
        if event.previous_id:
            self.link(seen[0], self.node("anonymous_id", event.previous_id), seen_kind, evidence)
            if not is_public:
                previous = self.node("user_id", event.previous_id)
                self.link(seen[0], previous, LinkKind.ALIAS, evidence)

    def state(self):
        names = {number: identifier for identifier, number in self.names.items()}
        clusters = {
            names[number]: names[profile] for number, profile in self.result.profile_of.items()
        }
        outcomes = {
            (names[strong], names[weak], kind): outcome
            for (strong, weak, kind), outcome in self.result.outcomes.items()
        }
        return clusters, outcomes


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    opened = open_empty_sqlite(tmp_path_factory.mktemp("identity") / "state.db")
    yield opened
    opened.close()


TABLES = [
    tables.identifiers, tables.person_links, tables.device_links, tables.moves, tables.decisions,
    tables.counters,
]  # fmt: skip


def empty(store):
    store.write(lambda connection: [connection.execute(delete(table)) for table in TABLES])


def take_in(store, events, limits, *, cuts=(), numbering=None):
    numbering = numbering or IdentityNumbering(limits)
    edges = [0, *sorted(cuts), len(events)]
    for start, end in pairwise(edges):
        batch = events[start:end]
        store.write(lambda connection, batch=batch: numbering.number(connection, batch))
    return numbering


def stored_state(store):
    with store.read() as connection:
        rows = connection.execute(select(tables.identifiers)).all()
        names = {row.number: Identifier(row.kind, row.value) for row in rows}
        clusters = {names[row.number]: names[row.profile] for row in rows}
        outcomes = {}
        for table in (tables.person_links, tables.device_links):
            for row in connection.execute(select(table)):
                key = (names[row.strong], names[row.weak], LinkKind(row.kind))
                outcomes[key] = row.outcome
        latest = {}
        for row in connection.execute(select(tables.moves).order_by(tables.moves.c.version)):
            latest[row.number] = row.profile
        assert {n: p for n, p in latest.items() if n != p} == {
            row.number: row.profile for row in rows if row.number != row.profile
        }
    return clusters, outcomes


@settings(max_examples=60, deadline=None)
@given(events=histories, seed=st.integers(0, 2**32), limits=st.sampled_from([TIGHT, Limits()]))
def test_any_order_any_batches_any_repetition_end_in_the_same_clusters(store, events, seed, limits):
    expected = Oracle(events, limits).state()
    dice = random.Random(seed)
    for _ in range(2):
        empty(store)
        shuffled = events + dice.sample(events, len(events) // 2)
        dice.shuffle(shuffled)
        cuts = [dice.randint(0, len(shuffled)) for _ in range(dice.randint(0, 6))]
        take_in(store, shuffled, limits, cuts=cuts)
        assert stored_state(store) == expected


@settings(max_examples=60, deadline=None)
@given(events=histories, seed=st.integers(0, 2**32))
def test_taking_a_merge_back_restores_what_was(store, events, seed):
    dice = random.Random(seed)
    left, right = (Identifier(*text.split(":", 1)) for text in dice.sample(people_kinds, 2))
    plain = [event for event in events if event.trust is not Trust.INTERNAL]
    empty(store)
    numbering = take_in(store, plain, Limits())
    before, _ = stored_state(store)
    if left not in before or right not in before or before[left] == before[right]:
        return
    ids = count()

    def decide(*, is_merge):
        index = next(ids)
        event = decision_event(
            left, right, is_merge=is_merge, by="aiko", explanation="mistake",
            message_id=f"decision-{index}", decided_at=START + timedelta(days=1 + index),
        )  # fmt: skip
        take_in(store, [event], Limits(), numbering=numbering)
        return stored_state(store)[0]

    merged = decide(is_merge=True)
    assert merged[left] == merged[right]
    assert decide(is_merge=False) == before


def test_outcome_codes_are_all_reached(store):
    """The generator above must not be blind: every refusal occurs in it."""
    reached = set()

    @settings(max_examples=300, deadline=None, database=None, derandomize=True)
    @given(events=histories)
    def collect(events):
        reached.update(Oracle(events, TIGHT).state()[1].values())

    collect()
    codes = {value for name, value in vars(Outcome).items() if name.isupper()}
    assert codes <= reached
