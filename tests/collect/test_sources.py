"""Sources, keys and refused messages in the state store, on each engine."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import select

from kikubari.collect import RejectedEvents, Rejection, Source, SourceKind, SourceLimits, Sources
from kikubari.collect._tables import sources as table
from kikubari.collect.rejected import describe_rejected
from kikubari.kit.clock import ManualClock
from kikubari.kit.sealing import Seal
from kikubari.spec.envelope import Trust
from kikubari.spec.errors import InvalidInputError, NotFoundError
from kikubari.storage import StateStore

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SEAL = Seal(b"s" * 32)


def without_key(source: Source) -> Source:
    return msgspec.structs.replace(source, write_key=None)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


def test_sources_count_from_one(state: StateStore, clock: ManualClock):
    sources = Sources(state, clock, SEAL)
    shop = sources.create(" shop ", SourceKind.SERVER)
    pages = sources.create(
        "pages",
        SourceKind.BROWSER,
        limits=SourceLimits(allowed_origins=("https://Shop.example.jp/",)),
    )
    assert (shop.id, shop.name, shop.trust) == (1, "shop", Trust.SERVER)
    assert (pages.id, pages.trust) == (2, Trust.PUBLIC)
    assert pages.allowed_origins == ("https://shop.example.jp",)
    assert shop.write_key != pages.write_key
    assert sources.list_all() == [without_key(shop), pages]
    assert sources.get(2) == pages
    with pytest.raises(NotFoundError):
        sources.get(3)


def test_another_process_sees_a_rotation_in_time(state: StateStore, clock: ManualClock):
    here, there = Sources(state, clock, SEAL), Sources(state, clock, SEAL)
    old = here.create("shop", SourceKind.SERVER)
    assert there.find_by_key(old.write_key) == without_key(old)
    new = here.rotate_key(old.id)
    assert there.find_by_key(new.write_key) == without_key(new)
    assert there.find_by_key(old.write_key) is None
    with pytest.raises(NotFoundError):
        here.rotate_key(9)


def test_memory_is_believed_for_seconds_only(state: StateStore, clock: ManualClock):
    here, there = Sources(state, clock, SEAL), Sources(state, clock, SEAL)
    old = here.create("shop", SourceKind.SERVER)
    there.refresh()
    here.rotate_key(old.id)
    assert there.find_by_key(old.write_key) is not None
    clock.advance(timedelta(seconds=6))
    assert there.find_by_key(old.write_key) is None


def test_keys_are_stored_where_nobody_reads_them(state: StateStore, clock: ManualClock):
    """A server's as a hash alone; a browser's, which is public, sealed as well."""
    sources = Sources(state, clock, SEAL)
    made = [sources.create("a", SourceKind.SERVER), sources.create("b", SourceKind.BROWSER)]
    rotated = sources.rotate_key(2, overlap=timedelta(hours=1))
    with state.read() as connection:
        stored = repr(connection.execute(select(table)).all()).encode()
    for source in (*made, rotated):
        assert source.write_key
        assert source.write_key.encode() not in stored
        assert source.write_key[3:-5].encode() not in stored
        assert sources.find_by_key(source.write_key)
    shown = [source.write_key for source in sources.list_all()]
    assert shown == [None, rotated.write_key]
    # A database without the keys folder that belongs to it gives no key away.
    assert Sources(state, clock, Seal(b"o" * 32)).get(2).write_key is None


def test_limits_can_be_changed(state: StateStore, clock: ManualClock):
    sources = Sources(state, clock, SEAL)
    pages = sources.create("pages", SourceKind.BROWSER)
    limits = SourceLimits(
        allowed_origins=("https://shop.example",),
        allowed_events=("Product Viewed", " page ", "page"),
        events_per_minute=60,
    )
    changed = sources.limit(pages.id, limits)
    assert changed.allowed_events == ("Product Viewed", "page")
    assert changed.write_key == pages.write_key
    assert sources.list_all() == [changed]
    assert sources.limit(pages.id, SourceLimits()) == pages
    with pytest.raises(NotFoundError):
        sources.limit(9, limits)


@pytest.mark.parametrize(
    "limits",
    [
        SourceLimits(events_per_minute=0),
        SourceLimits(allowed_events=("",)),
        SourceLimits(allowed_events=("a\nb",)),
        SourceLimits(allowed_events=tuple(str(number) for number in range(1_001))),
    ],
)
def test_limits_that_are_none(state: StateStore, clock: ManualClock, limits: SourceLimits):
    with pytest.raises(InvalidInputError):
        Sources(state, clock, SEAL).create("x", SourceKind.BROWSER, limits=limits)


@pytest.mark.parametrize("name", ["", "  ", "x" * 101])
def test_names(state: StateStore, clock: ManualClock, name: str):
    with pytest.raises(InvalidInputError):
        Sources(state, clock, SEAL).create(name, SourceKind.SERVER)


@pytest.mark.parametrize("origin", ["*", "shop.example", "https://", "https://a.example/path"])
def test_origins(state: StateStore, clock: ManualClock, origin: str):
    with pytest.raises(InvalidInputError):
        Sources(state, clock, SEAL).create(
            "x", SourceKind.BROWSER, limits=SourceLimits(allowed_origins=(origin,))
        )


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
