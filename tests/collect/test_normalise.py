"""Rules of single messages."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikubari.collect import Rejection
from kikubari.collect.normalise import Arrival, normalise
from kikubari.collect.wire import MAX_DEPTH, read_batch, read_message, read_single
from kikubari.events.codec import decode_batch, encode_batch
from kikubari.spec.envelope import Event, EventKind, Trust

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def outcome(message: Any, trust: Trust = Trust.SERVER, **arrival: Any) -> Event | Rejection:
    read = read_message(msgspec.json.encode(message))
    if isinstance(read, Rejection):
        return read
    context = Arrival(source_id=1, trust=trust, received_at=NOON, **arrival)
    return normalise(read, context, lambda: "made")


def event(message: Any, **options: Any) -> Event:
    found = outcome(message, **options)
    assert isinstance(found, Event), found
    return found


TRACK = {"type": "track", "event": "E", "userId": "u"}


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"type": "trak"}, "unknown_type", "$.type"),
        ({"type": None}, "unknown_type", "$.type"),
        ({"type": 5}, "invalid_field", "$.type"),
        ({"event": None}, "missing_event", "$.event"),
        ({"event": "  "}, "missing_event", "$.event"),
        ({"event": "x" * 201}, "invalid_event", "$.event"),
        ({"event": "a\r\nlevel=error forged"}, "invalid_event", "$.event"),
        ({"event": "Kikubari Email Sent"}, "reserved_event", "$.event"),
        ({"event": "Kikubari Profiles Merged"}, "reserved_event", "$.event"),
        ({"event": "Kikubari Identified"}, "reserved_event", "$.event"),
        ({"number": 0}, "reserved_field", "$.number"),
        ({"userId": None}, "missing_id", "$.userId"),
        ({"userId": " ", "anonymousId": ""}, "missing_id", "$.userId"),
        ({"userId": "x" * 257}, "id_too_long", "$.userId"),
        ({"userId": {}}, "invalid_field", "$.userId"),
        ({"messageId": "x" * 101}, "message_id_too_long", "$.messageId"),
        ({"timestamp": "yesterday"}, "invalid_timestamp", "$.timestamp"),
        ({"timestamp": "0001-01-01T00:00:00+14:00"}, "invalid_timestamp", "$.timestamp"),
        ({"timestamp": 1795316123}, "invalid_field", "$.timestamp"),
        ({"originalTimestamp": "2026-13-01"}, "invalid_timestamp", "$.originalTimestamp"),
        ({"properties": "x"}, "invalid_field", "$.properties"),
        ({"context": []}, "invalid_field", "$.context"),
        ({"properties": {str(n): 1 for n in range(1001)}}, "too_many_keys", "$.properties"),
        (
            {"type": "identify", "traits": {str(n): 1 for n in range(201)}},
            "too_many_keys",
            "$.traits",
        ),
        ({"type": "group"}, "missing_group_id", "$.groupId"),
        ({"type": "alias"}, "missing_previous_id", "$.previousId"),
        ({"type": "alias", "userId": None, "previousId": "p"}, "missing_id", "$.userId"),
    ],
)
def test_refusals(change: dict[str, Any], code: str, path: str):
    refused = outcome({**TRACK, **change})
    assert isinstance(refused, Rejection)
    assert (refused.code, refused.path) == (code, path)


@pytest.mark.parametrize(
    ("sent", "kept"), [("u", "u"), (7, "7"), (7.0, "7"), (7.5, "7.5"), (2**53, str(2**53))]
)
def test_ids_become_text(sent: object, kept: str):
    assert event({**TRACK, "userId": sent}).user_id == kept


def test_a_missing_message_id_is_made():
    assert event(TRACK).message_id == "made"
    assert event({**TRACK, "messageId": ""}).message_id == "made"
    assert event({**TRACK, "messageId": 5}).message_id == "5"


def test_rudderstack_traits_stand_in_the_context():
    sent = {
        "type": "identify",
        "userId": "u",
        "traits": {"plan": "pro"},
        "context": {"traits": {"plan": "free", "name": "花子"}, "locale": "ja"},
        "channel": "server",
    }
    found = event(sent)
    assert found.traits == {"plan": "pro", "name": "花子"}
    assert found.context == {"locale": "ja", "channel": "server"}


def test_products_are_about_nobody():
    sent = {"type": "track", "event": "Kikubari Product Updated", "properties": {"product_id": 1}}
    assert event(sent).user_id is None


def test_an_alias_from_the_anonymous_id():
    found = event({"type": "alias", "userId": "u", "anonymousId": "a"})
    assert (found.kind, found.previous_id) == (EventKind.ALIAS, "a")


@pytest.mark.parametrize("depth", [MAX_DEPTH - 1, MAX_DEPTH, 500])
def test_depth(depth: int):
    nested: Any = 1
    for _ in range(depth - 1):
        nested = [nested]
    found = outcome({**TRACK, "properties": {"x": nested}})
    assert isinstance(found, Event) == (depth < MAX_DEPTH)
    wide = {"x": [[] for _ in range(500)], "text": "{[" * 500}
    assert isinstance(outcome({**TRACK, "properties": wide}), Event)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
        inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from("abc"), VALUES))
def test_properties_come_through_storage_unchanged(properties: dict[str, Any]):
    found = event({**TRACK, "properties": properties})
    assert decode_batch(encode_batch([found])) == [found]
    assert found.properties == properties


@given(st.binary(max_size=300))
def test_reading_never_fails(body: bytes):
    for read in (read_batch(body), read_single(body), read_message(body)):
        assert read is not None


def test_a_byte_order_mark_is_no_obstacle():
    body = b"\xef\xbb\xbf" + msgspec.json.encode({"batch": [TRACK]})
    assert not isinstance(read_batch(body), Rejection)
    assert not isinstance(read_single(body), Rejection)
