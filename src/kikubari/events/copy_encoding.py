"""Ranges of the log as the columnar engine takes them: rows encoded as MessagePack."""

import struct
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

import msgspec

from kikubari.events.copy_rows import Row, RowBuilder
from kikubari.events.log import EventLog
from kikubari.spec.envelope import DEFAULT_WORKSPACE

# A MessagePack array begins with its length, in a header whose size the first byte tells. The
# engine's format is the values alone, one after the other.
_HEADER_BYTES = {0xDD: 5, 0xDC: 3}

_encoder = msgspec.msgpack.Encoder()


class RangeEncoder:
    """Implements `RangeEncoding`: reads the log and builds and encodes the copy's rows.

    Args:
        log: read from.
        currency: of amounts that name none.
        workspace_id: leads every row.
    """

    def __init__(
        self, log: EventLog, *, currency: str, workspace_id: int = DEFAULT_WORKSPACE
    ) -> None:
        self._log = log
        self._builder = RowBuilder(workspace_id=workspace_id, currency=currency)
        self._workspace_id = workspace_id

    def encode(self, first: int, last: int, *, then: int | None = None) -> Mapping[str, bytes]:
        """Return the encoded rows of each table that has any for the range first..last."""
        del then  # nobody is here to begin with it
        events = self._log.read_range(first, last, workspace_id=self._workspace_id)
        return {
            table: encode_rows(table, rows)
            for table, rows in self._builder.build(events).items()
            if rows
        }


def encode_rows(table: str, rows: Sequence[Row]) -> bytes:
    """Return rows of a table in ClickHouse's MsgPack format, instants as microseconds."""
    if table == "traits":
        rows = [(*row[:-1], _float32(row[-1])) for row in rows]
    encoded = _encoder.encode(list(chain.from_iterable(rows)))
    return encoded[_HEADER_BYTES.get(encoded[0], 1) :]


@lru_cache(maxsize=1024)
def _float32(value: Any) -> msgspec.Raw:
    """The engine takes no 64-bit number for a 32-bit column (the confidence of a trait)."""
    return msgspec.Raw(b"\xca" + struct.pack(">f", value))
