"""Product feeds as shops write them, read through the import machinery into the catalogue."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kikubari.catalog import Availability, Catalog, CatalogProjection, Product
from kikubari.collect.imports import (
    AppendResult,
    FileCheckpoints,
    ImportKind,
    ImportOptions,
    ImportProgress,
    ImportReport,
    KnownProduct,
    guess_mapping,
    list_gone,
    list_named,
    open_rows,
    run_import,
)
from kikubari.events import SequencedEvent
from kikubari.kit.clock import ManualClock
from kikubari.kit.instants import parse_instant
from kikubari.kit.money import Money
from kikubari.spec.envelope import Event, EventKind
from kikubari.spec.errors import ConflictError, InvalidInputError, UnavailableError
from kikubari.storage import StateStore

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

MERCHANT = """\
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>
<title>菊配</title>
<item>
  <g:id>P001</g:id><title>急須 &amp; 茶こし</title>
  <description><![CDATA[<p>手づくりの急須。</p><p>容量 300ml</p>]]></description>
  <link>https://shop.example.jp/p/P001</link>
  <g:image_link>https://shop.example.jp/i/1.jpg</g:image_link>
  <g:additional_image_link>https://shop.example.jp/i/2.jpg</g:additional_image_link>
  <g:additional_image_link>https://shop.example.jp/i/3.jpg</g:additional_image_link>
  <g:price>1,980 JPY</g:price><g:sale_price>1,480 JPY</g:sale_price>
  <g:sale_price_effective_date>2026-11-20T00:00+0900/2026-11-30T00:00+0900</g:sale_price_effective_date>
  <g:availability>in_stock</g:availability><g:brand>菊</g:brand>
  <g:product_type>茶器 &gt; 急須</g:product_type>
  <g:shipping><g:country>JP</g:country><g:price>500 JPY</g:price></g:shipping>
</item>
<item>
  <g:id>T-M</g:id><g:item_group_id>T</g:item_group_id><g:title>Tシャツ M</g:title>
  <g:price>3000 JPY</g:price><g:availability>out of stock</g:availability><g:size>M</g:size>
</item>
<item>
  <g:id>T-L</g:id><g:item_group_id>T</g:item_group_id><g:title>Tシャツ L</g:title>
  <g:price>3200 JPY</g:price><g:availability>preorder</g:availability><g:size>L</g:size>
</item>
<item><g:id>BAD</g:id><g:title>壊れ物</g:title><g:price>たかい</g:price></item>
</channel></rss>
"""

SHOPIFY = """\
Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,\
Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,\
Variant Compare At Price,Image Src,Variant Image,Cost per item,Status
shirt,Shirt,<p>Soft</p>,Kotori,Wear,"cotton, new",true,Size,M,SH-M,shopify,4,deny,30.00,40.00,\
https://x.example/1.jpg,https://x.example/m.jpg,12.00,active
shirt,,,,,,,,L,SH-L,shopify,0,deny,32.00,,https://x.example/2.jpg,,12.00,
shirt,,,,,,,,,,,,,,,https://x.example/3.jpg,,,
shirt,,,,,,,,XL,SH-XL,shopify,1,deny,dear,,,,,
mug,Mug,Plain mug,Kotori,Home,,true,Title,Default Title,MUG,,0,deny,9.50,,,,,active
old,Old thing,,Kotori,Home,,true,Title,Default Title,OLD,shopify,3,deny,1.00,,,,,archived
"""


class Feeds:
    """Feeds go into a catalogue as they would through the server."""

    def __init__(self, state: StateStore, folder: Path) -> None:
        self.state = state
        self.folder = folder
        self.clock = ManualClock(NOON)
        self.catalog = Catalog(state)
        self.sent: list[dict[str, Any]] = []
        self.fails_after: int | None = None

    def append(self, messages: Sequence[dict[str, Any]], progress: ImportProgress) -> AppendResult:
        del progress
        if self.fails_after is not None and len(self.sent) >= self.fails_after:
            raise UnavailableError("gone")
        first = len(self.sent)
        self.sent += messages
        items = [
            SequencedEvent(first + i, 0, event_of(message))
            for i, message in enumerate(messages, start=1)
        ]
        self.state.write(lambda connection: CatalogProjection().apply(connection, items))
        return AppendResult(len(messages))

    def select_new(self, messages: Sequence[dict[str, Any]]) -> list[int]:
        return self.catalog.list_news_to([message["properties"] for message in messages])

    def open(self, content: str, name: str) -> Any:
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        source = open_rows(path)
        mapping = guess_mapping(ImportKind.PRODUCTS, source, constants={"currency": "GBP"})
        return source, mapping

    def run(self, content: str, name: str = "feed.xml", **options: Any) -> ImportReport:
        source, mapping = self.open(content, name)
        return run_import(
            source,
            mapping,
            self,
            FileCheckpoints(self.folder / "checkpoints"),
            clock=self.clock,
            novelty=self,
            **options,
        )

    def product(self, product_id: str) -> Product:
        return self.catalog.get_product(product_id)


def event_of(message: dict[str, Any]) -> Event:
    return Event(
        message_id=message["messageId"],
        kind=EventKind.TRACK,
        type=message["event"],
        occurred_at=parse_instant(message["timestamp"]),
        received_at=NOON,
        source_id=1,
        properties=message["properties"],
    )


@pytest.fixture
def feeds(state: StateStore, tmp_path: Path) -> Feeds:
    return Feeds(state, tmp_path)


def problems_of(report: ImportReport) -> list[tuple[str, str]]:
    return [(one.column, one.code) for one in report.first_problems]


def test_a_merchant_feed(feeds: Feeds):
    report = feeds.run(MERCHANT)
    assert (report.rows, report.messages, report.problems) == (4, 3, 1)
    assert problems_of(report) == [("price", "not_a_number")]
    assert report.first_problems[0].line == 25
    pot = feeds.product("P001")
    assert (pot.title, pot.brand, pot.category_path) == ("急須 & 茶こし", "菊", ("茶器", "急須"))
    assert pot.description == "手づくりの急須。\n容量 300ml"
    assert (pot.price, pot.list_price) == (Money(1480, "JPY"), Money(1980, "JPY"))
    assert [image[-5:] for image in pot.images] == ["1.jpg", "2.jpg", "3.jpg"]
    assert pot.url == "https://shop.example.jp/p/P001"
    assert pot.availability is Availability.IN_STOCK
    assert "shipping" not in pot.attributes


def test_items_of_a_group_are_variants_of_one_product(feeds: Feeds):
    feeds.run(MERCHANT)
    shirt = feeds.product("T")
    assert shirt.title == "Tシャツ"
    large, medium = shirt.variants
    assert (large.variant_id, large.options, large.is_for_sale) == ("T-L", {"size": "L"}, True)
    assert (medium.variant_id, medium.is_for_sale) == ("T-M", False)
    assert shirt.price == Money(3000, "JPY")
    assert shirt.is_for_sale
    assert feeds.catalog.load_products(["T-M", "T", "nothing"]) == {"T-M": shirt, "T": shirt}


def test_a_sale_is_the_price_while_it_lasts(feeds: Feeds):
    feeds.clock.advance(timedelta(days=30))
    feeds.run(MERCHANT)
    pot = feeds.product("P001")
    assert (pot.price, pot.list_price) == (Money(1980, "JPY"), None)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('<!DOCTYPE x [<!ENTITY a "aaaa">]><rss><item><id>&a;</id></item></rss>', "document type"),
        ("<rss><channel/></rss>", "no items"),
        ("<rss><item><id>1</id></item><item>", "not well-formed"),
        ("<rss>" + "<a>" * 100, "nested too deeply"),
    ],
)
def test_what_is_no_feed_is_refused(feeds: Feeds, content: str, reason: str):
    with pytest.raises(InvalidInputError, match=reason):
        feeds.run(content)


def test_an_item_that_is_too_long_is_told_and_the_others_are_taken(feeds: Feeds):
    long = f"<item><id>LONG</id><title>{'x' * 200_000}</title></item>"
    content = MERCHANT.replace("<item>", f"{long}<item>", 1)
    report = feeds.run(content)
    assert (report.messages, report.problem_codes["row_too_long"]) == (3, 1)


def test_a_shopify_export(feeds: Feeds):
    report = feeds.run(SHOPIFY, "products_export.csv")
    assert (report.rows, report.problems) == (6, 1)
    assert problems_of(report) == [("Variant Price", "not_a_number")]
    shirt = feeds.product("shirt")
    assert (shirt.title, shirt.description, shirt.category) == ("Shirt", "Soft", "Wear")
    assert (shirt.price, shirt.list_price, shirt.stock) == (
        Money(3000, "GBP"), Money(4000, "GBP"), 4,
    )  # fmt: skip
    assert shirt.margin_percent == 60
    assert [image[-5:] for image in shirt.images] == ["1.jpg", "2.jpg", "3.jpg"]
    assert shirt.attributes == {"tags": ["cotton", "new"]}
    large, medium = shirt.variants
    assert (large.variant_id, large.options, large.stock) == ("SH-L", {"Size": "L"}, 0)
    assert (medium.image_url, medium.title) == ("https://x.example/m.jpg", "M")
    mug = feeds.product("mug")
    assert (mug.variants, mug.sku, mug.stock, mug.price) == ((), "MUG", None, Money(950, "GBP"))
    assert feeds.product("old").is_gone


def test_only_what_changed_is_sent_and_what_comes_back_counts(feeds: Feeds):
    feed = "id,title,price,stock\na,A,10,5\nb,B,20,5\n"
    reports = []
    for n, content in enumerate((feed, feed, feed.replace("10", "8"), feed, feed)):
        feeds.clock.advance(timedelta(days=n))
        reports.append(feeds.run(content, "feed.csv"))
    assert [(one.accepted, one.unchanged) for one in reports] == [
        (2, 0), (0, 2), (1, 1), (1, 1), (0, 2),
    ]  # fmt: skip
    past = [one.price.amount_minor for one in feeds.catalog.list_past_offers("a")]
    assert past == [1000, 800, 1000]


def test_an_interrupted_feed_goes_on(feeds: Feeds):
    rows = "".join(f"p{n},Product {n},{n}\n" for n in range(1, 101))
    feeds.fails_after = 40
    with pytest.raises(UnavailableError):
        feeds.run(f"id,title,price\n{rows}", "feed.csv", batch_rows=20)
    feeds.fails_after = None
    feeds.clock.advance(timedelta(minutes=5))
    report = feeds.run(f"id,title,price\n{rows}", "feed.csv", batch_rows=20)
    assert report.resumed_from_line == 41
    assert len({message["messageId"] for message in feeds.sent}) == len(feeds.sent) == 100
    assert {message["timestamp"] for message in feeds.sent} == {"2026-11-22T12:00:00.000Z"}


def test_an_interrupted_merchant_feed_goes_on(feeds: Feeds):
    feeds.fails_after = 1
    with pytest.raises(UnavailableError):
        feeds.run(MERCHANT, batch_rows=1)
    feeds.fails_after = None
    feeds.run(MERCHANT, batch_rows=1)
    assert [one["properties"].get("variant_id") for one in feeds.sent] == [None, "T-M", "T-L"]


def a_feed(*ids: str) -> str:
    return "id,title,price\n" + "".join(f"{one},Title,5\n" for one in ids)


@pytest.fixture
def gone(feeds: Feeds) -> Callable[..., list[dict[str, str]]]:
    known = [KnownProduct(f"p{n}") for n in range(9)] + [KnownProduct("T", ("T-M", "T-S"))]

    def list_what_is_gone(content: str, name: str = "f.csv", **options: Any) -> Any:
        source, mapping = feeds.open(content, name)
        named = list_named(source, mapping, ImportOptions(), NOON)
        return list_gone(known, named, **{"max_gone_percent": 20.0, **options})

    return list_what_is_gone


ALL_BUT_TWO = a_feed("T", *(f"p{n}" for n in range(2, 9)))


def test_what_a_whole_feed_lacks_is_gone(gone: Any):
    assert gone(ALL_BUT_TWO) == [
        {"product_id": "p0"},
        {"product_id": "p1"},
        {"product_id": "T", "variant_id": "T-M"},
        {"product_id": "T", "variant_id": "T-S"},
    ]


def test_a_feed_that_was_cut_short_is_refused(gone: Any):
    with pytest.raises(ConflictError, match="3 of 10 products"):
        gone(a_feed("T", *(f"p{n}" for n in range(3, 9))))
    with pytest.raises(ConflictError, match="do not say which product"):
        gone(ALL_BUT_TWO + "p1,ragged\n")


def test_a_product_with_a_bad_row_is_still_there(gone: Any):
    content = ALL_BUT_TWO + "p0,Title,dear\n"
    assert {"product_id": "p0"} not in gone(content)
    assert {"product_id": "p1"} in gone(content)
    assert gone(MERCHANT, "f.xml", max_gone_percent=100.0)[-1] == {
        "product_id": "T", "variant_id": "T-S",
    }  # fmt: skip


def test_what_is_gone_comes_back_when_a_feed_names_it_again(feeds: Feeds):
    feeds.run(a_feed("a"), "feed.csv")
    statement = {"product_id": "a", "is_gone": True}
    message = {
        "messageId": "gone-a", "event": "Kikubari Product Updated",
        "timestamp": (NOON + timedelta(hours=1)).isoformat(), "properties": statement,
    }  # fmt: skip
    feeds.append([message], ImportProgress(0, 0, 0, 0, 0))
    assert feeds.product("a").is_gone
    assert not feeds.product("a").is_for_sale
    feeds.clock.advance(timedelta(days=1))
    assert feeds.run(a_feed("a"), "feed.csv").accepted == 1
    assert not feeds.product("a").is_gone
