"""Products: one row each, variants by their group, and the groups of rows of a Shopify export."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from kikubari.collect.imports._cells import Cells
from kikubari.collect.imports.contracts import (
    ImportOptions,
    Mapping,
    Position,
    Problem,
    Row,
    UnreadableRow,
    WireMessage,
)
from kikubari.collect.imports.product_values import Amount
from kikubari.collect.imports.rows_to_messages import Outcome, RowConverter, track
from kikubari.spec.topics import PRODUCT_UPDATED

_AMOUNTS = ("price", "compare_at_price", "sale_price", "cost")
_NOT_PROPERTIES = frozenset(
    {"message_id", "timestamp", "item_group_id", "sale_price", "sale_period"}
)
# What tells variants of a group apart in product feeds.
_OPTIONS = ("color", "colour", "size", "material", "pattern", "flavor", "scent")
_LONGEST_NAME = 150
# A Shopify product has at most 2,048 variants and 250 pictures.
_MAX_ROWS = 2_500
_SHOPIFY_COLUMNS = frozenset({"Handle", "Option1 Name", "Option1 Value"})
_OPTION_NUMBERS = ("1", "2", "3")
_VARIANT_FIELDS = ("sku", "price", "compare_at_price", "currency", "stock", "cost", "availability")
_ONLY_VARIANT = "Default Title"


class ProductRows(RowConverter):
    """Products → a reserved track event about no person, one for each row.

    A row with an `item_group_id` is a variant: the group is the product.
    """

    def __init__(self, mapping: Mapping, options: ImportOptions) -> None:
        super().__init__(mapping, options)
        self._now = options.as_of or datetime.now(UTC)

    def add(self, row: Row) -> Iterator[Outcome]:
        """Take the next row; what is wrong with it names the product it is about."""
        cells = self.cells.read(row)
        self.cells.require(cells)
        message = self.to_message(cells)
        product_id = message["properties"].get("product_id", "")
        if cells.problems:
            yield Outcome(row.line, 1, row.next, problems=tuple(cells.problems), about=product_id)
            return
        if message_id := cells.fields.get("message_id"):
            message["messageId"] = message_id
        yield Outcome(row.line, 1, row.next, (message,))

    def to_message(self, cells: Cells) -> WireMessage:
        """Return the product, or the variant, as it now is."""
        message = track(PRODUCT_UPDATED, self.to_properties(cells))
        self.time(cells, message)
        return message

    def to_properties(self, cells: Cells) -> dict[str, Any]:
        """Return what a row says of a product."""
        fields = cells.fields
        self._settle_money(cells)
        self._settle_sale(fields)
        description = fields.get("description", "")
        if "name" not in fields and 0 < len(description) <= _LONGEST_NAME:
            fields["name"] = fields.pop("description")
        properties = {k: v for k, v in fields.items() if k not in _NOT_PROPERTIES}
        properties |= cells.free_values("properties")
        group = fields.get("item_group_id")
        if group and "product_id" in fields:
            properties |= {"product_id": group, "variant_id": fields["product_id"]}
            options = {name: properties.pop(name) for name in _OPTIONS if name in properties}
            if options and "options" not in properties:
                properties["options"] = options
        return properties

    def _settle_money(self, cells: Cells) -> None:
        """Put plain numbers in place of amounts, and their currency beside them."""
        named = {
            amount.currency
            for name in _AMOUNTS
            if isinstance(amount := cells.fields.get(name), Amount) and amount.currency
        }
        if len(named) > 1:
            reason = f"prices in {' and '.join(sorted(named))}"
            column = self.cells.column_of("price")
            cells.problems.append(Problem(cells.line, "currencies_disagree", reason, column))
        elif named:
            cells.fields["currency"] = named.pop()
        for name in _AMOUNTS:
            if isinstance(amount := cells.fields.get(name), Amount):
                cells.fields[name] = amount.number

    def _settle_sale(self, fields: dict[str, Any]) -> None:
        """Let a reduced price be the price while it holds, and the full one what it was."""
        reduced = fields.get("sale_price")
        period = fields.get("sale_period")
        if reduced is None or (period and not period[0] <= self._now <= period[1]):
            return
        if "price" in fields:
            fields.setdefault("compare_at_price", fields["price"])
        fields["price"] = reduced


class _OpenProduct:
    """The rows of one product of a Shopify export read so far."""

    def __init__(self, handle: str, line: int) -> None:
        self.handle = handle
        self.line = line
        self.n_rows = 0
        self.resume = Position()
        self.rows: list[Cells] = []
        self.problems: list[Problem] = []

    def add(self, cells: Cells, position: Position) -> None:
        self.n_rows += 1
        self.resume = position
        self.problems += cells.problems
        if len(self.rows) >= _MAX_ROWS:
            reason = f"a product has at most {_MAX_ROWS} rows"
            self.problems.append(Problem(cells.line, "too_many_lines", reason))
        elif not cells.problems:
            self.rows.append(cells)


class ShopifyRows(ProductRows):
    """A product export of Shopify → a message for each product and for each of its variants.

    Rows of one handle are adjacent: the first has the title, others a further variant, a further
    picture, or both. A row that is bad is left out; the rest of its product is taken.
    """

    def __init__(self, mapping: Mapping, options: ImportOptions) -> None:
        super().__init__(mapping, options)
        self._open: _OpenProduct | None = None

    def add(self, row: Row) -> Iterator[Outcome]:
        """Take a row; yield the product before it when this one begins another."""
        cells = self.cells.read(row)
        handle = cells.fields.get("product_id")
        if handle is None:
            self.cells.add_missing(cells, "product_id")
            yield from self.add_unreadable(UnreadableRow(cells.problems[0], row.next))
            return
        if self._open is None or self._open.handle != handle:
            yield from self.finish()
            self._open = _OpenProduct(handle, row.line)
        self._settle_money(cells)
        self._open.add(cells, row.next)

    def add_unreadable(self, row: UnreadableRow) -> Iterator[Outcome]:
        """Take a row that could not be read: what was open is over."""
        yield from self.finish()
        yield from super().add_unreadable(row)

    def finish(self) -> Iterator[Outcome]:
        """Yield the product whose rows are over."""
        product, self._open = self._open, None
        if product is None:
            return
        messages = tuple(track(PRODUCT_UPDATED, one) for one in _list_statements(product))
        yield Outcome(
            product.line,
            product.n_rows,
            product.resume,
            messages,
            tuple(product.problems),
            about=product.handle,
        )


def is_shopify_export(mapping: Mapping) -> bool:
    """Say whether a file has the columns by which Shopify writes products."""
    return {column.column for column in mapping.columns} >= _SHOPIFY_COLUMNS


def _list_statements(product: _OpenProduct) -> Iterator[dict[str, Any]]:
    """Yield what the rows of a product say: of itself, then of its variants."""
    if not product.rows:
        return
    first = product.rows[0]
    names = [_free(first, f"option{number}_name") for number in _OPTION_NUMBERS]
    variants = [one for cells in product.rows if (one := _variant(product.handle, cells, names))]
    own = _own_properties(product)
    if len(variants) == 1 and not variants[0]["options"]:
        only = variants[0]
        yield own | {name: only[name] for name in _VARIANT_FIELDS if name in only}
        return
    yield own
    yield from variants


def _own_properties(product: _OpenProduct) -> dict[str, Any]:
    first = product.rows[0]
    fields = first.fields
    said: dict[str, Any] = {"product_id": product.handle}
    for name in ("name", "description", "brand"):
        if name in fields:
            said[name] = fields[name]
    if category := fields.get("category") or _free(first, "type"):
        said["category"] = category
    images = [cells.fields["image_url"] for cells in product.rows if "image_url" in cells.fields]
    if images:
        said |= {"image_url": images[0], "images": images}
    if tags := _free(first, "tags"):
        said["tags"] = [tag.strip() for tag in tags.split(",") if tag.strip()]
    is_draft = _free(first, "status").lower() in ("draft", "archived")
    if is_draft or _free(first, "published").lower() == "false":
        said["is_gone"] = True
    return said


def _variant(handle: str, cells: Cells, names: list[str]) -> dict[str, Any] | None:
    """Return what a row says of a variant, None if it only adds a picture."""
    given = [_free(cells, f"option{number}_value") for number in _OPTION_NUMBERS]
    if not any(given) and "price" not in cells.fields:
        return None
    is_only = given[0] in ("", _ONLY_VARIANT) and not any(given[1:])
    options = {name or f"Option {i}": value
               for i, (name, value) in enumerate(zip(names, given, strict=True), start=1)
               if value and not is_only}  # fmt: skip
    said = {name: cells.fields[name] for name in _VARIANT_FIELDS if name in cells.fields}
    if not _free(cells, "variant_inventory_tracker"):
        said.pop("stock", None)  # nobody counts: the cell's 0 says nothing
    elif _free(cells, "variant_inventory_policy").lower() == "continue":
        said["availability"] = "backorder" if said.get("stock", 0) <= 0 else "in_stock"
    if image := _free(cells, "variant_image"):
        said["image_url"] = image
    sku = cells.fields.get("sku")
    return {
        "product_id": handle,
        "variant_id": sku or "/".join([handle, *options.values()]),
        "title": " / ".join(options.values()),
        "options": options,
        **said,
    }


def _free(cells: Cells, name: str) -> str:
    value = cells.free_values("properties").get(name)
    return value if isinstance(value, str) else ""
