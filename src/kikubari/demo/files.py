"""The columns and encodings of the demo shop's files: those the importers know by name."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from kikubari.demo.agreements import CONSENT_COLUMNS, SUPPRESSION_COLUMNS
from kikubari.demo.articles import Article
from kikubari.demo.behaviour import Behaviour
from kikubari.demo.catalogue import Product
from kikubari.demo.people import Person, countries
from kikubari.demo.restocking import RESTOCKING_COLUMNS, Change
from kikubari.demo.sessions import Session, guest_id
from kikubari.demo.source import CURRENCY, Sales
from kikubari.demo.stores import Visit
from kikubari.demo.trail import SHOP_URL, image_path, product_path

_PRODUCT_COLUMNS = (
    "product_id", "title", "title_ja", "category", "category_ja", "price", "currency", "stock",
    "image_url", "url", "brand", "released_on", "cost", "is_consumable", "simulated_fields",
)  # fmt: skip
_ARTICLE_COLUMNS = (
    "product_id", "kind", "title", "title_ja", "description", "description_ja", "category",
    "category_ja", "stage", "released_on", "image_url", "url", "simulated_fields",
)  # fmt: skip
_ORDER_COLUMNS = (
    "order_id", "customer_id", "anonymous_id", "ordered_at", "status", "currency", "country",
    "shipping", "product_id", "product_name", "category", "quantity", "unit_price",
)  # fmt: skip
_NAME_COLUMNS = {
    "ja": ("last_name", "first_name", "last_name_kana", "first_name_kana"),
    "en": ("first_name", "last_name"),
}
_REGION_COLUMN = {"ja": "prefecture", "en": "region"}
# What is used up, and bought again.
_CONSUMABLE = frozenset({"candles", "cards", "party"})
_SIMULATED = "title_ja;category;category_ja;stock;brand;url;cost;is_consumable"
_ENCODINGS = {"ja": "cp932", "en": "utf-8"}
_MESSAGE_BUFFER_BYTES = 1 << 20


def write_products(path: Path, products: list[Product]) -> int:
    """Write the catalogue, UTF-8 with a byte order mark as spreadsheets save it."""
    rows = (
        (
            product.product_id,
            product.title,
            product.title_ja,
            product.category.name,
            product.category.name_ja,
            _pounds(product.price),
            CURRENCY,
            product.stock,
            image_path(product),
            SHOP_URL + product_path(product),
            product.brand,
            product.released_on,
            _pounds(product.cost),
            "yes" if product.category.slug in _CONSUMABLE else "no",
            _SIMULATED,
        )
        for product in products
    )
    return _write(path, _PRODUCT_COLUMNS, rows, encoding="utf-8-sig")


def write_articles(path: Path, articles: Iterable[Article]) -> int:
    """Write what there is to read."""
    return _write(path, _ARTICLE_COLUMNS, map(_article_row, articles))


def _article_row(article: Article) -> tuple[str, ...]:
    values = (
        article.article_id,
        article.kind,
        article.title,
        article.title_ja,
        article.description,
        article.description_ja,
        article.category.name,
        article.category.name_ja,
        article.stage,
        article.released_on.isoformat(),
        f"/shop-images/{article.article_id}.svg",
        f"{SHOP_URL}/read/{article.article_id.removeprefix('read-')}",
    )
    said = [name for name, value in zip(_ARTICLE_COLUMNS, values, strict=False) if value]
    return (*values, ";".join(said))


def write_restocking(path: Path, changes: list[Change]) -> int:
    """Write the changes of price and stock of the shop's newest morning."""
    rows = (
        (
            product.product_id,
            _pounds(product.price if price is None else price),
            "" if price is None else _pounds(product.price),
            CURRENCY,
            stock,
            _SIMULATED if price is None else f"{_SIMULATED};price;compare_at_price",
        )
        for product, price, stock in changes
    )
    return _write(path, RESTOCKING_COLUMNS, rows)


def write_customers(
    path: Path, people: list[Person], last_visits: dict[str, Visit], language: str
) -> int:
    """Write the customers of one language; Japanese ones in CP932 with readings of their names."""
    columns = (
        "customer_id", "email", *_NAME_COLUMNS[language], "language", "gender", "birthday",
        "country", _REGION_COLUMN[language], "city", "postal_code", "timezone", "income_band",
        "interests", "gardening_since", "acquisition_channel", "created_at", "last_store",
        "last_staff", "simulated_fields",
    )  # fmt: skip
    rows = (
        _customer_row(person, last_visits.get(person.customer_id), columns)
        for person in people
        if person.language == language
    )
    return _write(path, columns, rows, encoding=_ENCODINGS[language])


def _customer_row(person: Person, visit: Visit | None, columns: tuple[str, ...]) -> Iterator[str]:
    values = {
        **{name: str(getattr(person, name, "")) for name in columns},
        "interests": ";".join(person.interests),
        "created_at": _instants([person.created_at])[0],
        "last_store": visit.store if visit else "",
        "last_staff": visit.staff if visit else "",
    }
    values[_REGION_COLUMN[person.language]] = person.region
    real = set()
    if person.buyer.orders:
        real.add("customer_id")
        if countries()[person.buyer.country][0] == person.country:
            real.add("country")
    simulated = [name for name in columns if values[name] and name not in real]
    values["simulated_fields"] = ";".join(simulated)
    return (values[name] for name in columns)


def write_consents(path: Path, rows: Iterable[Sequence[object]]) -> int:
    """Write what customers agreed to and refused."""
    return _write(path, CONSENT_COLUMNS, _timed(rows, CONSENT_COLUMNS.index("at")))


def write_suppressions(path: Path, rows: Iterable[Sequence[object]]) -> int:
    """Write the addresses that must not be written to."""
    return _write(path, SUPPRESSION_COLUMNS, _timed(rows, SUPPRESSION_COLUMNS.index("at")))


def _timed(rows: Iterable[Sequence[object]], position: int) -> Iterator[list[object]]:
    for row in rows:
        cells = list(row)
        cells[position] = _instants([cells[position]])[0]
        yield cells


def write_orders(path: Path, sales: Sales, products: list[Product]) -> int:
    """Write one row for each order line, those of one order adjacent."""
    return _write(path, _ORDER_COLUMNS, _order_rows(sales, products))


def _order_rows(sales: Sales, products: list[Product]) -> Iterator[tuple[object, ...]]:
    ordered_at = _instants(sales.ordered_at)
    goods = [(product.product_id, product.title, product.category.name) for product in products]
    for order, order_id in enumerate(sales.order_ids):
        customer = int(sales.customers[order])
        head = (
            order_id,
            customer or "",
            "" if customer else guest_id(order_id),
            ordered_at[order],
            "refunded" if sales.is_refund[order] else "completed",
            CURRENCY,
            countries()[sales.countries[order]][0],
            _pounds(int(sales.shipping[order])),
        )
        lines = slice(sales.first_line[order], sales.first_line[order + 1])
        for product, quantity, price in zip(
            sales.product[lines].tolist(),
            sales.quantity[lines].tolist(),
            sales.price[lines].tolist(),
            strict=True,
        ):
            yield (*head, *goods[product], quantity, _pounds(price))


def write_events(
    path: Path, sessions: list[Session], behaviour: Behaviour, told: Iterable[dict[str, Any]]
) -> int:
    """Write one message a line: visits in order of time, then what was told beside them."""
    encode = msgspec.json.Encoder().encode
    visits = (
        message
        for number, session in enumerate(sessions)
        for message in behaviour.messages(number, session)
    )
    count = 0
    with path.open("wb", buffering=_MESSAGE_BUFFER_BYTES) as file:
        for count, message in enumerate(chain(visits, told), start=1):
            message["messageId"] = f"demo-{count:07}"
            file.write(encode(message) + b"\n")
    return count


def write_visitors(path: Path, messages: Iterable[dict[str, Any]]) -> int:
    """Write one message a line; the same one sent again counts once."""
    lines = [
        msgspec.json.encode({**message, "messageId": f"demo-visitor-{number:03}"})
        for number, message in enumerate(messages)
    ]
    path.write_bytes(b"".join([line + b"\n" for line in lines]))
    return len(lines)


def _write(
    path: Path,
    columns: Sequence[str],
    rows: Iterable[Iterable[object]],
    *,
    encoding: str = "utf-8",
) -> int:
    count = 0
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for count, row in enumerate(rows, start=1):  # noqa: B007 - the last value is returned
            writer.writerow(row)
    return count


def _instants(seconds: object) -> list[str]:
    """Return UTC seconds since 1970 as RFC 3339."""
    instants = np.asarray(seconds, dtype="datetime64[s]")
    return [f"{text}Z" for text in np.datetime_as_string(instants)]


def _pounds(pence: int) -> str:
    return f"{pence // 100}.{pence % 100:02}"
