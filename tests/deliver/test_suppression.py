from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from delivery_world import ORIGIN, World
from hypothesis import given, settings
from hypothesis import strategies as st

from empty_stores import open_empty_sqlite
from kikubari.deliver import (
    AddressHasher,
    MessageState,
    Purpose,
    Reason,
    SuppressionProjection,
    SuppressionReason,
    Suppressions,
    public_id,
)
from kikubari.deliver.suppression import Word, apply_words, list_blocked
from kikubari.events import SequencedEvent
from kikubari.kit.ids import TimeOrderedIds
from kikubari.spec.envelope import Event, EventKind, Trust
from kikubari.spec.errors import InvalidInputError
from kikubari.spec.topics import (
    CONSENT_CHANGED,
    EMAIL_BOUNCED,
    EMAIL_MARKED_AS_SPAM,
    SUPPRESSION_CHANGED,
    UNSUBSCRIBED,
)

HASHER = AddressHasher(b"k" * 32)
NOW = datetime(2026, 11, 20, tzinfo=UTC)
ADDRESS = "p1@example.com"


def said(topic, *, at=NOW, trust=Trust.SERVER, **properties):
    event = Event(
        message_id=f"{topic}{at}{properties}",
        kind=EventKind.TRACK,
        type=topic,
        occurred_at=at,
        received_at=NOW,
        source_id=1,
        trust=trust,
        properties=properties,
    )
    return SequencedEvent(1, 1, event)


def project(store, *items: SequencedEvent):
    store.write(lambda connection: SuppressionProjection(HASHER).apply(connection, items))


def blocked(store, address=ADDRESS):
    with store.read() as connection:
        return list_blocked(connection, [HASHER.hash(address)]).get(HASHER.hash(address))


@pytest.mark.parametrize(
    "other", ["P1@Example.COM", " p1@example.com ", "p1+shop@example.com", '"p1"@example.com']
)
def test_spellings_of_one_mailbox_have_one_key(other):
    assert HASHER.hash(other) == HASHER.hash(ADDRESS)


def test_an_idn_domain_has_one_key_in_either_spelling():
    assert HASHER.hash("a@日本語.jp") == HASHER.hash("a@xn--wgv71a119e.jp")


def test_keys_differ_by_mailbox_and_by_installation():
    assert HASHER.hash("p2@example.com") != HASHER.hash(ADDRESS)
    assert AddressHasher(b"other" * 5).hash(ADDRESS) != HASHER.hash(ADDRESS)


@pytest.mark.parametrize(
    ("event", "purposes"),
    [
        (said(SUPPRESSION_CHANGED, email=ADDRESS), {Purpose.MARKETING}),
        (said(SUPPRESSION_CHANGED, email=ADDRESS, reason="bounced"), set(Purpose)),
        (said(SUPPRESSION_CHANGED, email=ADDRESS, reason="whatever"), {Purpose.MARKETING}),
        (said(SUPPRESSION_CHANGED, email=ADDRESS, channel="sms"), None),
        (said(SUPPRESSION_CHANGED, email="nobody"), None),
        (said(EMAIL_BOUNCED, email=ADDRESS, bounce_type="hard"), set(Purpose)),
        (said(EMAIL_BOUNCED, email=ADDRESS, bounce_type="soft"), None),
        (said(EMAIL_MARKED_AS_SPAM, email=ADDRESS), {Purpose.MARKETING}),
        (said(UNSUBSCRIBED, email=ADDRESS), {Purpose.MARKETING}),
        (said(UNSUBSCRIBED, email=ADDRESS, trust=Trust.PUBLIC), None),
        (said(SUPPRESSION_CHANGED, email=ADDRESS, trust=Trust.PUBLIC), None),
    ],
)
def test_what_events_suppress(state, event, purposes):
    project(state, event)
    assert blocked(state) == purposes


def test_an_import_never_takes_an_address_off(state):
    later = NOW + timedelta(days=30)
    project(state, said(UNSUBSCRIBED, email=ADDRESS))
    project(
        state,
        said(SUPPRESSION_CHANGED, at=later, email=ADDRESS, reason="unsubscribed", status="removed"),
        said(
            CONSENT_CHANGED,
            at=later,
            email=ADDRESS,
            purpose="marketing",
            channel="email",
            status="granted",
        ),
    )
    assert blocked(state) == {Purpose.MARKETING}


def test_the_person_alone_can_come_back_from_unsubscribing(state):
    later = NOW + timedelta(days=30)
    project(state, said(UNSUBSCRIBED, email=ADDRESS), said(EMAIL_MARKED_AS_SPAM, email=ADDRESS))
    grant = said(
        CONSENT_CHANGED,
        at=later,
        trust=Trust.INTERNAL,
        email=ADDRESS,
        purpose="marketing",
        channel="email",
        status="granted",
    )
    project(state, grant)
    assert blocked(state) == {Purpose.MARKETING}  # the complaint still stands
    suppressions = Suppressions(state, HASHER, TimeOrderedIds())
    assert [entry.reason for entry in suppressions.find(ADDRESS)] == [SuppressionReason.COMPLAINED]


def test_an_operator_adds_and_removes_and_both_hold_at_once(state):
    world = World(state, [1, 2])
    suppressions = Suppressions(state, world.hasher, TimeOrderedIds())
    suppressions.add("P1+x@example.com", at=NOW)
    world.enqueue()
    world.deliver()
    assert world.reached == ["p2@example.com"]
    assert world.outbox.count(ORIGIN).reasons == {Reason.SUPPRESSED: 1}
    assert len(suppressions.list_entries()) == 1
    assert suppressions.remove(ADDRESS, at=NOW + timedelta(hours=1), by="operator@shop") == 1
    assert suppressions.list_entries() == suppressions.find(ADDRESS) == []
    changes = [item.event for item in world.events() if item.event.type == SUPPRESSION_CHANGED]
    assert [event.properties["status"] for event in changes] == ["suppressed", "removed"]
    assert not any("example.com" in str(event.properties) for event in changes)


def test_rebuilt_from_the_log_the_list_is_the_same(state):
    world = World(state, [])
    suppressions = Suppressions(state, HASHER, TimeOrderedIds())
    suppressions.add(ADDRESS, at=NOW)
    suppressions.remove(ADDRESS, at=NOW + timedelta(seconds=1), by="me")
    suppressions.add("p2@example.com", at=NOW)
    before = suppressions.list_entries()
    project(state, *reversed(world.events()))
    assert suppressions.list_entries() == before


def test_not_an_address_is_an_error(state):
    suppressions = Suppressions(state, HASHER, TimeOrderedIds())
    with pytest.raises(InvalidInputError):
        suppressions.add("nobody", at=NOW)


def test_suppressed_while_the_body_is_under_way_is_not_sent(state):
    world = World(state, [1])
    suppressions = Suppressions(state, world.hasher, TimeOrderedIds())

    async def complain(_address):
        suppressions.add(ADDRESS, at=NOW)

    world.transport.before_mark = complain
    world.enqueue()
    world.deliver()
    assert world.reached == []
    assert world.states() == {MessageState.SKIPPED: 1}


def test_a_bounce_names_its_message_not_its_address(state):
    world = World(state, [1])
    dispatch_id = world.enqueue()
    world.deliver()
    message_id = public_id(dispatch_id << 32 | 1)
    event = said(EMAIL_BOUNCED, message_id=message_id, bounce_type="hard")
    state.write(lambda connection: SuppressionProjection(world.hasher).apply(connection, [event]))
    assert blocked(state) == set(Purpose)


@pytest.fixture(scope="module")
def one_store(tmp_path_factory):
    store = open_empty_sqlite(tmp_path_factory.mktemp("words") / "state.db")
    yield store
    store.close()


_KEYS = count()


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=8),
    st.randoms(use_true_random=False),
)
def test_order_and_repetition_of_words_change_nothing(one_store, said_words, rng):
    latest = max(second for second, _ in said_words)
    expected = any(active for second, active in said_words if second == latest)
    for order in (said_words, rng.sample(said_words * 2, len(said_words) * 2)):
        key = next(_KEYS).to_bytes(16)
        words = [
            Word(key, SuppressionReason.MANUAL, is_active, NOW + timedelta(seconds=second))
            for second, is_active in order
        ]
        cut = rng.randint(0, len(words))
        for part in (words[:cut], words[cut:]):
            one_store.write(lambda connection, part=part: apply_words(connection, part))
        with one_store.read() as connection:
            assert bool(list_blocked(connection, [key])) is expected
