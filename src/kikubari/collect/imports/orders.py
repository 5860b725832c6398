"""Orders: adjacent lines of one order become one event of the e-commerce spec v2."""

from collections.abc import Iterator
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import msgspec

from kikubari.collect.imports._cells import Cells
from kikubari.collect.imports.contracts import (
    MAX_MESSAGE_BYTES,
    ImportOptions,
    Mapping,
    Position,
    Problem,
    Row,
    UnreadableRow,
    WireMessage,
)
from kikubari.collect.imports.fields import ORDERS
from kikubari.collect.imports.message_ids import OccurrenceCounter
from kikubari.collect.imports.rows_to_messages import Outcome, RowConverter, with_email
from kikubari.collect.imports.values import CellFaultError, json_number, parse_decimal
from kikubari.spec.envelope import EventKind
from kikubari.spec.topics import ORDER_CANCELLED, ORDER_COMPLETED, ORDER_REFUNDED

MAX_ORDER_LINES = 2_000

_LINE_FIELDS = {field.name for field in ORDERS if field.is_line}
_PRODUCT_NAMES = {"product_name": "name"}
_AMOUNTS = ("total", "revenue", "subtotal", "shipping", "tax", "discount")
_TOPICS = {
    "completed": ORDER_COMPLETED,
    "refunded": ORDER_REFUNDED,
    "cancelled": ORDER_CANCELLED,
}
_PRICED = {"price", "line_total"}
# What a product's own record says, looked up by product_id.
_IN_CATALOGUE = {"name", "category", "brand", "variant", "sku"}
_ENVELOPE_BYTES = 2_048  # ids, person, time and context of a message
_SURELY_SMALL = 20  # products; with fewer, the size is not even asked for
_ZERO = Decimal(0)


class _OpenOrder:
    """The lines of one order read so far."""

    def __init__(self, order_id: str, status: str | None, line: int, position: Position) -> None:
        self.order_id = order_id
        self.status = status
        self.line = line
        self.resume = position
        self.n_rows = 0
        self.lines: list[Cells] = []
        self.problems: list[Problem] = []

    def add(self, cells: Cells, position: Position) -> None:
        self.n_rows += 1
        self.resume = position
        self.problems += cells.problems
        if len(self.lines) < MAX_ORDER_LINES:
            self.lines.append(cells)
        elif self.n_rows == MAX_ORDER_LINES + 1:
            reason = f"an order has at most {MAX_ORDER_LINES} lines"
            self.problems.append(Problem(cells.line, "too_many_lines", reason))


class OrderRows(RowConverter):
    """Orders → Order Completed, Order Refunded or Order Cancelled, one for each order.

    Lines of an order must be adjacent. An order with a bad line is left out as a whole: its total
    would be wrong.
    """

    def __init__(self, mapping: Mapping, options: ImportOptions, closed: OccurrenceCounter) -> None:
        super().__init__(mapping, options)
        self._closed = closed
        self._open: _OpenOrder | None = None
        self._unreadable: list[UnreadableRow] = []

    def add(self, row: Row) -> Iterator[Outcome]:
        """Take a line; yield the order before it when this one begins another."""
        cells = self.cells.read(row)
        order_id = cells.fields.get("order_id")
        if order_id is None:
            self.cells.add_missing(cells, "order_id")
            yield from self.add_unreadable(UnreadableRow(cells.problems[0], row.next))
            return
        status = cells.fields.get("status")
        if not self._continues(order_id, status):
            yield from self.finish()
            self._open = _OpenOrder(order_id, status, row.line, row.next)
        order = self._open
        assert order is not None  # noqa: S101 - opened just above
        for bad in self._unreadable:  # between lines of one order: one of its lines
            order.problems.append(bad.problem)
            order.n_rows += 1
        self._unreadable = []
        order.add(cells, row.next)

    def add_unreadable(self, row: UnreadableRow) -> Iterator[Outcome]:
        """Hold the row back: the next line tells whether it was inside an order."""
        if self._open is None or len(self._unreadable) >= MAX_ORDER_LINES:
            yield from self.finish()
            yield from super().add_unreadable(row)
        else:
            self._unreadable.append(row)

    def finish(self) -> Iterator[Outcome]:
        """Yield the order whose lines are over."""
        order, self._open = self._open, None
        if order is not None:
            yield self._close(order)
        unreadable, self._unreadable = self._unreadable, []
        for row in unreadable:
            yield from super().add_unreadable(row)

    def to_message(self, cells: Cells) -> WireMessage:
        """Return what all lines of an order share: who and when."""
        message: WireMessage = {"type": EventKind.TRACK.value}
        self.address(cells, message)
        self.time(cells, message)
        context = with_email(cells.free_values("context"), cells.fields.get("email"))
        if context:
            message["context"] = context
        return message

    def _continues(self, order_id: str, status: str | None) -> bool:
        order = self._open
        if order is None or order.order_id != order_id:
            return False
        if order.status is None:
            order.status = status
        return status is None or status == order.status

    def _close(self, order: _OpenOrder) -> Outcome:
        key = f"{order.order_id}\0{order.status or ''}".encode()
        if self._closed.count_again(blake2b(key, digest_size=8).digest()):
            reason = f"order {order.order_id} was already complete; its lines must be adjacent"
            order.problems.append(
                Problem(order.line, "order_reappears", reason, self.cells.column_of("order_id"))
            )
        messages: tuple[WireMessage, ...] = ()
        if not order.problems:
            messages = self._messages(order)
        if order.problems:
            self._name_left_out(order)
            messages = ()
        return Outcome(order.line, order.n_rows, order.resume, messages, tuple(order.problems))

    def _name_left_out(self, order: _OpenOrder) -> None:
        if order.n_rows > 1:
            reason = f"order {order.order_id} is left out with all its {order.n_rows} lines"
            order.problems.append(Problem(order.line, "order_left_out", reason))

    def _messages(self, order: _OpenOrder) -> tuple[WireMessage, ...]:
        head = _head(order.lines)
        order.problems += head.problems
        self.cells.require(head)
        base = self.to_message(head)
        try:
            products = _products(order.lines, head.fields.get("products"))
        except CellFaultError as fault:
            head.problems.append(
                Problem(order.line, fault.code, fault.reason, self.cells.column_of("products"))
            )
            products = []
        message_id = head.fields.get("message_id")
        if message_id:
            base["messageId"] = message_id
        self._require_amounts(head, products)
        events = [] if head.problems else list(self._events(order, head, products))
        order.problems += [problem for problem in head.problems if problem not in order.problems]
        return tuple(
            {**base, **_abridged(_named(base, event, number))}
            for number, event in enumerate(events)
        )

    def _require_amounts(self, head: Cells, products: list[dict[str, Any]]) -> None:
        """What an order came to is said, or follows from its lines."""
        if head.fields.keys() & {"total", "revenue", "subtotal"}:
            return
        if not products or any(product.keys().isdisjoint(_PRICED) for product in products):
            self.cells.add_missing(head, "price")

    def _events(
        self, order: _OpenOrder, head: Cells, products: list[dict[str, Any]]
    ) -> Iterator[dict[str, Any]]:
        """One event; two where a shop's export says that a completed order was refunded later."""
        financial = head.fields.get("financial_status") if order.status is None else None
        status = order.status or {"cancelled": "cancelled"}.get(financial or "") or "completed"
        if order.status is None and _is_return(products):
            status = "refunded"
        properties = _properties(order, head, products)
        if status == "refunded":
            _make_positive(properties)
        yield {"event": _TOPICS[status], "properties": _as_json(properties)}
        if financial in ("refunded", "partially_refunded"):
            amount = head.fields.get("refunded_amount")
            if amount is None and financial == "partially_refunded":
                self.cells.add_missing(head, "refunded_amount")
            refund = {k: v for k, v in properties.items() if k in ("order_id", "currency")}
            refund["total"] = amount or properties["total"]
            yield {"event": ORDER_REFUNDED, "properties": _as_json(refund)}


def _named(base: WireMessage, event: dict[str, Any], number: int) -> dict[str, Any]:
    """The second event of one row needs an id of its own."""
    if number and "messageId" in base:
        return {**event, "messageId": f"{base['messageId']}-refund"}
    return event


def _head(lines: list[Cells]) -> Cells:
    """Merge what the lines say about the order; where they disagree, that is a problem."""
    head = Cells(lines[0].line, {}, {"context": dict(lines[0].free_values("context"))}, [])
    for cells in lines:
        for name, value in cells.fields.items():
            if name in _LINE_FIELDS:
                continue
            known = head.fields.setdefault(name, value)
            if known != value and name not in ("timestamp", "message_id", "products"):
                reason = f"{name} is {value} here and {known} on the order's first line"
                head.problems.append(Problem(cells.line, "lines_disagree", reason, name))
    return head


def _products(lines: list[Cells], nested: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Return the products with exact numbers, from lines or from a nested list."""
    if nested is not None:
        return [_nested_product(product) for product in nested]
    shared = _shared_properties(lines)
    products = []
    for cells in lines:
        product = {
            _PRODUCT_NAMES.get(name, name): value
            for name, value in cells.fields.items()
            if name in _LINE_FIELDS
        }
        if not product:
            continue
        own = cells.free_values("properties")
        product.update({k: v for k, v in own.items() if k not in shared})
        product.update(cells.free_values("products"))
        products.append(_priced(product))
    return products


def _nested_product(product: dict[str, Any]) -> dict[str, Any]:
    exact = dict(product)
    for name in ("price", "quantity", "line_total"):
        if exact.get(name) is not None:
            exact[name] = parse_decimal(exact[name])
    return _priced(exact)


def _priced(product: dict[str, Any]) -> dict[str, Any]:
    """A line without quantity is one piece; a line's amount gives the price of a piece."""
    product.setdefault("quantity", Decimal(1))
    quantity, total = product["quantity"], product.get("line_total")
    if total is not None and "price" not in product and quantity:
        product["price"] = (total / quantity).quantize(Decimal("0.0001"))
    return product


def _shared_properties(lines: list[Cells]) -> set[str]:
    """Return the unnamed columns that say the same on all lines: they belong to the order."""
    shared: dict[str, Any] = {}
    differing: set[str] = set()
    for cells in lines:
        for name, value in cells.free_values("properties").items():
            if shared.setdefault(name, value) != value:
                differing.add(name)
    return shared.keys() - differing


def _is_return(products: list[dict[str, Any]]) -> bool:
    return bool(products) and all(product["quantity"] < 0 for product in products)


def _properties(order: _OpenOrder, head: Cells, products: list[dict[str, Any]]) -> dict[str, Any]:
    fields = head.fields
    properties: dict[str, Any] = {"order_id": order.order_id}
    shared = _shared_properties(order.lines)
    for cells in order.lines:
        own = cells.free_values("properties")
        properties.update({k: v for k, v in own.items() if k in shared})
    properties.update({k: fields[k] for k in ("currency", "coupon") if k in fields})
    if "currency" in properties:
        properties["currency"] = properties["currency"].upper()
    properties.update({name: fields[name] for name in _AMOUNTS if name in fields})
    goods = sum((_line_amount(product) for product in products), _ZERO)
    if "revenue" not in properties:
        properties["revenue"] = fields.get("subtotal", goods) - fields.get("discount", _ZERO)
    if "total" not in properties:
        extra = fields.get("shipping", _ZERO) + fields.get("tax", _ZERO)
        properties["total"] = properties["revenue"] + extra
    if products:
        properties["products"] = products
    return properties


def _line_amount(product: dict[str, Any]) -> Decimal:
    total = product.get("line_total")
    if total is None:
        total = product.get("price", _ZERO) * product["quantity"]
    return Decimal(total)


def _make_positive(properties: dict[str, Any]) -> None:
    """A refund says how much was given back, so its amounts have no sign."""
    for name in _AMOUNTS:
        if name in properties:
            properties[name] = abs(properties[name])
    for product in properties.get("products", ()):
        product["quantity"] = abs(product["quantity"])
        if "line_total" in product:
            product["line_total"] = abs(product["line_total"])


def _as_json(properties: dict[str, Any]) -> dict[str, Any]:
    """Return the properties with JSON numbers, those of the products too."""
    plain = _with_numbers(properties)
    if "products" in plain:
        plain["products"] = [_with_numbers(product) for product in plain["products"]]
    return plain


def _with_numbers(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: json_number(value) if type(value) is Decimal else value
        for key, value in values.items()
    }


def _abridged(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event too large to send without what the catalogue knows of its products."""
    products = event["properties"].get("products", [])
    if len(products) < _SURELY_SMALL:
        return event
    if len(msgspec.json.encode(event["properties"])) + _ENVELOPE_BYTES < MAX_MESSAGE_BYTES:
        return event
    brief = _merged([
        {k: v for k, v in product.items() if k not in _IN_CATALOGUE or "product_id" not in product}
        for product in products
    ])  # fmt: skip
    properties = {**event["properties"], "products": brief, "products_abridged": True}
    return {**event, "properties": properties}


def _merged(products: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add up the lines that differ in nothing but their quantity."""
    merged: dict[bytes, dict[str, Any]] = {}
    for product in products:
        rest = {k: v for k, v in product.items() if k not in ("quantity", "line_total")}
        known = merged.setdefault(msgspec.json.encode(rest, order="deterministic"), product)
        if known is not product:
            for name in ("quantity", "line_total"):
                if name in known:
                    known[name] += product.get(name, 0)
    return list(merged.values())
