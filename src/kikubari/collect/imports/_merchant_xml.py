"""Product feeds as Google Merchant Center takes them: RSS 2.0 or Atom with `g:` attributes.

Read piece by piece with the parser below Python's own; a document type, and with it every entity
but XML's five, is refused before anything is expanded. Memory is bounded by one item.
"""

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from kikubari.collect.imports.contracts import (
    MAX_COLUMNS,
    MAX_RECORD_BYTES,
    Position,
    Problem,
    Row,
    UnreadableRow,
)
from kikubari.spec.errors import InvalidInputError, TooLargeError

_CHUNK_BYTES = 1 << 16
_SAMPLED_ROWS = 200
_MAX_DEPTH = 64
# A gzip file that unpacks to more is no feed.
_MAX_RATIO = 300
_RATIO_APPLIES_FROM = 1 << 27
_ITEMS = frozenset({"item", "entry"})
# Those that an item may have several of.
_LISTS = frozenset({"additional_image_link", "product_highlight"})


class _Items:
    """Takes the parser's calls; `rows` are the items that ended since they were last taken."""

    def __init__(self, line_of: Callable[[], int], skip: int) -> None:
        self.rows: list[Row | UnreadableRow] = []
        self._line_of = line_of
        self._skip = skip
        self._n_items = 0
        self._depth = 0
        self._item_depth = 0
        self._values: dict[str, object] = {}
        self._text: list[str] = []
        self._is_group = False
        self._size = 0
        self._line = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise InvalidInputError(f"line {self._line_of()}: elements nested too deeply")
        tag = _local(name)
        if not self._item_depth:
            if tag in _ITEMS:
                self._item_depth, self._values, self._size = self._depth, {}, 0
                self._line = self._line_of()
        elif self._depth > self._item_depth + 1:
            self._is_group = True
        else:
            self._text, self._is_group = [], False
            if tag == "link" and attributes.get("href"):  # Atom
                self.text(attributes["href"])

    def text(self, text: str) -> None:
        """Take a piece of text."""
        if self._item_depth and self._size <= MAX_RECORD_BYTES:
            self._size += len(text.encode())
            self._text.append(text)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if self._item_depth:
            if self._depth == self._item_depth:
                self._end_item()
            # Groups of elements, such as shipping, are about no field.
            elif self._depth == self._item_depth + 1 and not self._is_group:
                self._put(_local(name), "".join(self._text).strip())
        self._depth -= 1

    def _put(self, tag: str, text: str) -> None:
        if not text:
            return
        if tag in _LISTS:
            known = self._values.setdefault(tag, [])
            if isinstance(known, list):
                known.append(text)
        else:
            self._values.setdefault(tag, text)

    def _end_item(self) -> None:
        self._item_depth = 0
        self._n_items += 1
        if self._n_items <= self._skip:
            return
        after = Position(self._n_items, self._line_of())
        if self._size > MAX_RECORD_BYTES:
            reason = f"an item longer than {MAX_RECORD_BYTES // 1024} KiB"
            self.rows.append(UnreadableRow(Problem(self._line, "row_too_long", reason), after))
        else:
            self.rows.append(Row(self._line, self._values, after))


class MerchantFile:
    """A feed of items; `columns` are the attributes of its first ones.

    Raises:
        InvalidInputError: not XML, or without any item.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._packed: BinaryIO | None = None
        self._bytes_read = 0
        self.start = Position()
        self.columns = self._sample_columns()

    def bytes_read(self) -> int:
        """Return how far into the file reading has come."""
        if self._packed is not None and not self._packed.closed:
            self._bytes_read = self._packed.tell()
        return self._bytes_read

    def iter_rows(self, start_at: Position) -> Iterator[Row | UnreadableRow]:
        """Yield every item, or those after as many as a position handed out before says.

        Raises:
            InvalidInputError: what follows is not XML, or has a document type.
            TooLargeError: a gzip bomb.
        """
        parser = expat.ParserCreate(namespace_separator=" ")
        items = _Items(lambda: parser.CurrentLineNumber, start_at.offset)
        parser.StartElementHandler = items.start
        parser.EndElementHandler = items.end
        parser.CharacterDataHandler = items.text
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.buffer_text = True
        for chunk in self._iter_chunks():
            try:
                parser.Parse(chunk, not chunk)
            except (expat.ExpatError, LookupError, ValueError) as error:
                yield from items.rows
                raise InvalidInputError(
                    f"{self._path.name} is not well-formed XML: {error}",
                    hint="it may be cut short; everything before was read",
                ) from error
            rows, items.rows = items.rows, []
            yield from rows

    def _iter_chunks(self) -> Iterator[bytes]:
        """Yield the file's pieces, and at the end an empty one."""
        n_bytes = 0
        with self._path.open("rb") as packed:
            self._packed = packed
            is_gzip = packed.read(2) == b"\x1f\x8b"
            packed.seek(0)
            stream = gzip.GzipFile(fileobj=packed) if is_gzip else packed
            while True:
                try:
                    chunk = stream.read(_CHUNK_BYTES)
                except (EOFError, OSError) as error:
                    raise InvalidInputError(
                        f"{self._path.name} cannot be read beyond byte {n_bytes}: {error}"
                    ) from error
                n_bytes += len(chunk)
                if n_bytes > max(_RATIO_APPLIES_FROM, _MAX_RATIO * packed.tell()):
                    raise TooLargeError(
                        f"the file unpacks to more than {_MAX_RATIO} times its size"
                    )
                self._bytes_read = packed.tell()
                yield chunk
                if not chunk:
                    return

    def _sample_columns(self) -> tuple[str, ...]:
        columns: dict[str, None] = {}
        is_empty = True
        rows = self.iter_rows(self.start)
        for number, row in enumerate(rows):
            is_empty = False
            if isinstance(row, Row):
                columns.update(dict.fromkeys(row.values))
            if number >= _SAMPLED_ROWS or len(columns) > MAX_COLUMNS:
                break
        if is_empty:
            raise InvalidInputError(
                f"{self._path.name} has no items",
                hint="a product feed is RSS 2.0 with an <item>, or Atom with an <entry>, a product",
            )
        return tuple(columns)


def _local(name: str) -> str:
    """Return an element's name without its namespace: `g:price` and `price` are one."""
    return name.rpartition(" ")[2]


def _refuse_doctype(*_: object) -> None:
    raise InvalidInputError("the feed has a document type", hint="remove <!DOCTYPE …> from it")
