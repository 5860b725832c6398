"""From rows to Segment-shaped messages, one row at a time (orders: see orders.py)."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import msgspec

from kikubari.collect.imports._cells import CellReader, Cells
from kikubari.collect.imports.contracts import (
    ImportKind,
    ImportOptions,
    Mapping,
    Position,
    Problem,
    Row,
    UnreadableRow,
    WireMessage,
)
from kikubari.spec.envelope import EventKind
from kikubari.spec.topics import CONSENT_CHANGED, SUPPRESSION_CHANGED


class Outcome(msgspec.Struct, frozen=True):
    """What came of one row, or of the rows of one order or product.

    Messages lack a `timestamp` where the file has none and a `messageId` unless the file has one.
    After `resume`, reading again would neither repeat nor lose anything. `about` is the product
    that problems are about, where that is known.
    """

    line: int
    n_rows: int
    resume: Position
    messages: tuple[WireMessage, ...] = ()
    problems: tuple[Problem, ...] = ()
    about: str = ""


class RowConverter(ABC):
    """Turns the rows of one file into outcomes, in order."""

    def __init__(self, mapping: Mapping, options: ImportOptions) -> None:
        self.cells = CellReader(mapping, options.zone)
        self.options = options

    def add(self, row: Row) -> Iterator[Outcome]:
        """Take the next row; yield what is now complete."""
        cells = self.cells.read(row)
        self.cells.require(cells)
        message = self.to_message(cells)
        if cells.problems:
            yield Outcome(row.line, 1, row.next, problems=tuple(cells.problems))
            return
        message_id = cells.fields.get("message_id")
        if message_id:
            message["messageId"] = message_id
        yield Outcome(row.line, 1, row.next, (message,))

    def add_unreadable(self, row: UnreadableRow) -> Iterator[Outcome]:
        """Take a row that could not be read."""
        yield Outcome(row.problem.line, 1, row.next, problems=(row.problem,))

    def finish(self) -> Iterator[Outcome]:
        """Yield what was still open at the end of the file."""
        yield from ()

    @abstractmethod
    def to_message(self, cells: Cells) -> WireMessage:
        """Return the message of one row; problems found are added to the cells."""

    def address(self, cells: Cells, message: WireMessage) -> None:
        """Say whom a message is about; somebody must be named."""
        fields = cells.fields
        if "user_id" in fields:
            message["userId"] = fields["user_id"]
        if "anonymous_id" in fields:
            message["anonymousId"] = fields["anonymous_id"]
        elif "user_id" not in fields and "email" in fields:
            message["anonymousId"] = email_only_id(fields["email"])
        if "userId" not in message and "anonymousId" not in message:
            self.cells.add_missing(cells, "user_id")

    @staticmethod
    def time(cells: Cells, message: WireMessage) -> None:
        """Say when it happened, if the row does."""
        if "timestamp" in cells.fields:
            message["timestamp"] = cells.fields["timestamp"]


def email_only_id(email: str) -> str:
    """Return the anonymous id of somebody of whom a file knows an address and no id.

    The same address gives the same id, whatever its case and file.
    """
    digest = blake2b(email.casefold().encode(), digest_size=16, person=b"kikubari-address")
    return f"address-{digest.hexdigest()}"


class CustomerRows(RowConverter):
    """Customers → identify, every column a trait."""

    _NOT_TRAITS = frozenset(
        {"user_id", "anonymous_id", "message_id", "timestamp", "simulated_fields"}
    )

    def to_message(self, cells: Cells) -> WireMessage:
        """Return an identify call with the row's traits and their provenance."""
        message: WireMessage = {"type": EventKind.IDENTIFY.value}
        self.address(cells, message)
        self.time(cells, message)
        traits = {k: v for k, v in cells.fields.items() if k not in self._NOT_TRAITS}
        traits.update(cells.free_values("traits"))
        message["traits"] = traits
        marks: dict[str, Any] = {"provenance": self.options.provenance}
        simulated = self._simulated(cells.fields.get("simulated_fields", ()), traits)
        if simulated:
            marks["simulated_traits"] = simulated
        message["context"] = {**cells.free_values("context"), "kikubari": marks}
        return message

    def _simulated(self, named: list[str], traits: dict[str, Any]) -> list[str]:
        """Files name columns; traits may have another name."""
        wanted = set(named)
        return sorted(
            name
            for name in traits
            if name in wanted
            or self.cells.column_of(name) in wanted
            or self.cells.column_of(f"traits.{name}") in wanted
        )


class EventRows(RowConverter):
    """Events → the call they name, track unless they say so."""

    _KINDS = frozenset(kind.value for kind in EventKind)

    def __init__(self, mapping: Mapping, options: ImportOptions) -> None:
        super().__init__(mapping, options)
        self._has_ids = any(column.field == "message_id" for column in mapping.columns)

    def to_message(self, cells: Cells) -> WireMessage:
        """Return the message as a Segment SDK would send it."""
        fields = cells.fields
        kind = fields.get("type", EventKind.TRACK.value)
        message: WireMessage = {"type": kind}
        if kind not in self._KINDS:
            known = ", ".join(sorted(self._KINDS))
            self._refuse(cells, "type", "unknown_type", f"not one of {known}", kind)
        self.address(cells, message)
        self.time(cells, message)
        for name in ("timestamp", *(("message_id",) if self._has_ids else ())):
            if name not in fields:
                self.cells.add_missing(cells, name)
        properties = {**fields.get("properties", {}), **cells.free_values("properties")}
        traits = {**fields.get("traits", {}), **cells.free_values("traits")}
        if kind == EventKind.TRACK:
            if "event" not in fields:
                self.cells.add_missing(cells, "event")
            message["event"] = fields.get("event")
            properties.update({k: fields[k] for k in ("name", "category") if k in fields})
        else:
            message.update({k: fields[k] for k in ("name", "category") if k in fields})
        _set_if(message, "previousId", fields.get("previous_id"))
        _set_if(message, "groupId", fields.get("group_id"))
        _set_if(message, "properties", properties)
        _set_if(message, "traits", traits)
        _set_if(message, "context", self._context(cells))
        return message

    def _context(self, cells: Cells) -> dict[str, Any]:
        context = {**cells.fields.get("context", {}), **cells.free_values("context")}
        return with_email(context, cells.fields.get("email"))

    def _refuse(self, cells: Cells, field: str, code: str, reason: str, value: str) -> None:
        column = self.cells.column_of(field)
        cells.problems.append(Problem(cells.line, code, reason, column, value[:80]))


class ConsentRows(RowConverter):
    """Consents → entries of the consent ledger."""

    _PROPERTIES = ("purpose", "channel", "status", "wording_version", "source", "proof")

    def to_message(self, cells: Cells) -> WireMessage:
        """Return what one person said about one purpose; no channel means every channel."""
        fields = cells.fields
        properties = {name: fields[name] for name in self._PROPERTIES if name in fields}
        if "channel" in properties:
            properties["channel"] = properties["channel"].lower()
        message = track(CONSENT_CHANGED, properties)
        for name, key in (("user_id", "userId"), ("anonymous_id", "anonymousId")):
            _set_if(message, key, fields.get(name))
        if not fields.keys() & {"user_id", "anonymous_id", "email"}:
            self.cells.add_missing(cells, "user_id")
        _set_if(message, "context", with_email({}, fields.get("email")))
        self.time(cells, message)
        return message


class SuppressionRows(RowConverter):
    """Suppressions → addresses that must not be written to."""

    def to_message(self, cells: Cells) -> WireMessage:
        """Return the suppression of one address."""
        fields = cells.fields
        message = track(
            SUPPRESSION_CHANGED,
            {
                "channel": fields.get("channel", "email").lower(),
                "reason": fields.get("reason", "imported"),
                "status": "suppressed",
            },
        )
        message["context"] = with_email({}, fields.get("email"))
        self.time(cells, message)
        return message


def with_email(context: dict[str, Any], email: str | None) -> dict[str, Any]:
    """Return the context with an address by which the person can be found."""
    if email is None:
        return context
    traits = context.get("traits")
    inner = traits if isinstance(traits, dict) else {}
    return {**context, "traits": {**inner, "email": email}}


def track(name: str, properties: dict[str, Any]) -> WireMessage:
    """Return a track call."""
    return {"type": EventKind.TRACK.value, "event": name, "properties": properties}


def _set_if(message: WireMessage, key: str, value: Any) -> None:
    if value:
        message[key] = value


ROW_CONVERTERS: dict[ImportKind, type[RowConverter]] = {
    ImportKind.CUSTOMERS: CustomerRows,
    ImportKind.EVENTS: EventRows,
    ImportKind.CONSENTS: ConsentRows,
    ImportKind.SUPPRESSIONS: SuppressionRows,
}
