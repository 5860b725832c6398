"""Events to bytes and back: inbox batches and log payloads."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import msgspec
import zstandard

from kikubari.spec.envelope import Event

_encoder = msgspec.json.Encoder()
_event_decoder = msgspec.json.Decoder(Event)
_batch_decoder = msgspec.json.Decoder(list[Event])
# A batch is at most 500 KB of JSON and grows little by normalisation; the bound keeps a damaged
# frame header from asking for gigabytes.
_MAX_BATCH_BYTES = 64 * 1024 * 1024


def encode_batch(events: Sequence[Event]) -> bytes:
    """Return a compressed batch for the inbox."""
    # A compressor object is not safe to share between threads, and costs little to make.
    return zstandard.ZstdCompressor(level=1).compress(_encoder.encode(events))


def decode_batch(body: bytes) -> list[Event]:
    """Return the events of an inbox batch."""
    text = zstandard.ZstdDecompressor().decompress(body, max_output_size=_MAX_BATCH_BYTES)
    return _batch_decoder.decode(text)


def encode_event(event: Event) -> bytes:
    """Return an event as the JSON that is sealed into the log."""
    return _encoder.encode(event)


def decode_event(payload: bytes) -> Event:
    """Return the event of an opened log payload."""
    return _event_decoder.decode(payload)


def encode_json(value: Any) -> bytes:
    """Return compact JSON."""
    return _encoder.encode(value)


def message_key(message_id: str) -> bytes:
    """Return 16 bytes that stand for a messageId within its source."""
    return blake2b(message_id.encode("utf-8", "surrogatepass"), digest_size=16).digest()
