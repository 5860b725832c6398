"""Sources, keys and refused messages in the state store, on each engine."""

from datetime import UTC, datetime, timedelta

import pytest

from kikubari.collect import RejectedEvents, Rejection, SourceKind, Sources
from kikubari.collect.rejected import describe_rejected
from kikubari.kit.clock import ManualClock
from kikubari.spec.envelope import Trust
from kikubari.spec.errors import InvalidInputError, NotFoundError
from kikubari.storage import StateStore

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


def test_sources_count_from_one(state: StateStore, clock: ManualClock):
    sources = Sources(state, clock)
    shop = sources.create(" shop ", SourceKind.SERVER)
    pages = sources.create(
        "pages", SourceKind.BROWSER, allowed_origins=["https://Shop.example.jp/"]
    )
    assert (shop.id, shop.name, shop.trust) == (1, "shop", Trust.SERVER)
    assert (pages.id, pages.trust) == (2, Trust.PUBLIC)
    assert pages.allowed_origins == ("https://shop.example.jp",)
    assert shop.write_key != pages.write_key
    assert sources.list_all() == [shop, pages]
    assert sources.get(2) == pages
    with pytest.raises(NotFoundError):
        sources.get(3)


def test_another_process_sees_a_rotation_in_time(state: StateStore, clock: ManualClock):
    here, there = Sources(state, clock), Sources(state, clock)
    old = here.create("shop", SourceKind.SERVER)
    assert there.find_by_key(old.write_key) == old
    new = here.rotate_key(old.id)
    assert there.find_by_key(new.write_key) == new
    assert there.find_by_key(old.write_key) is None
    with pytest.raises(NotFoundError):
        here.rotate_key(9)


def test_memory_is_believed_for_seconds_only(state: StateStore, clock: ManualClock):
    here, there = Sources(state, clock), Sources(state, clock)
    old = here.create("shop", SourceKind.SERVER)
    there.refresh()
    here.rotate_key(old.id)
    assert there.find_by_key(old.write_key) is not None
    clock.advance(timedelta(seconds=6))
    assert there.find_by_key(old.write_key) is None


@pytest.mark.parametrize("name", ["", "  ", "x" * 101])
def test_names(state: StateStore, clock: ManualClock, name: str):
    with pytest.raises(InvalidInputError):
        Sources(state, clock).create(name, SourceKind.SERVER)


@pytest.mark.parametrize("origin", ["*", "shop.example", "https://", "https://a.example/path"])
def test_origins(state: StateStore, clock: ManualClock, origin: str):
    with pytest.raises(InvalidInputError):
        Sources(state, clock).create("x", SourceKind.BROWSER, allowed_origins=[origin])


def test_only_the_newest_refusals_are_kept(state: StateStore):
    rejected = RejectedEvents(state, kept=3)
    for number in range(5):
        message = describe_rejected(
            b'{"messageId":"m%d"}' % number, 0, Rejection(f"code_{number % 2}", "why")
        )
        rejected.record([message], source_id=number % 2, at=NOON).result()
    assert [row.message_id for row in rejected.list_newest()] == ["m4", "m3", "m2"]
    assert [row.message_id for row in rejected.list_newest(code="code_0")] == ["m4", "m2"]
    assert [row.message_id for row in rejected.list_newest(source_id=1)] == ["m3"]
    newest = rejected.list_newest(limit=1)[0]
    assert [row.message_id for row in rejected.list_newest(before_id=newest.id)] == ["m3", "m2"]
    counts = [(c.source_id, c.code, c.n_events, c.last_at) for c in rejected.count_by_code()]
    assert counts == [(0, "code_0", 2, NOON), (1, "code_1", 1, NOON)]


def test_an_excerpt_shows_the_shape_alone():
    raw = (
        b'{"type":"track","event":"Order","userId":"u-1","properties":{"email":"a@example.jp",'
        b'"total":4980,"paid":true,"items":[1,2],"none":null}}'
    )
    excerpt = describe_rejected(raw, 0, Rejection("x", "y")).excerpt
    assert excerpt == (
        '{"type":"track","event":"Order","userId":"text of 3","properties":{"email":"text of 12",'
        '"total":"number","paid":true,"items":"list of 2","none":null}}'
    )
    assert describe_rejected(b"{nope", 0, Rejection("x", "y")).excerpt == "5 bytes"
