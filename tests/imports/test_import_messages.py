import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from kikubari.collect.imports import ImportKind, ImportOptions, guess_mapping, open_rows
from kikubari.collect.imports.fields import CONSENT_PURPOSE, CONSENT_STATUS, SUPPRESSION_REASON
from kikubari.collect.imports.values import CellFaultError, parse_instant_cell, parse_number
from kikubari.deliver import SuppressionReason
from kikubari.events.assertions import CONSENT_PURPOSES, CONSENT_STATUSES
from kikubari.spec.errors import InvalidInputError

TOKYO = ZoneInfo("Asia/Tokyo")


def told(report):
    return [(one.line, one.column, one.code) for one in report.first_problems]


def test_customers_become_identify_calls(importing):
    message = importing.one(
        "customers",
        "顧客ID,メールアドレス,姓,名,生年月日,性別,都道府県,郵便番号,会員ランク,興味,simulated_fields\n"
        "C1,taro@example.jp,山田,太郎,1980年4月1日,男性,東京都,100-0001,gold,本;花,姓;会員ランク\n",
    )
    assert message["type"] == "identify"
    assert message["userId"] == "C1"
    assert message["traits"] == {
        "email": "taro@example.jp",
        "last_name": "山田",
        "first_name": "太郎",
        "birthday": "1980-04-01",
        "gender": "男性",
        "prefecture": "東京都",
        "postal_code": "100-0001",
        "会員ランク": "gold",
        "interests": ["本", "花"],
    }
    assert message["context"]["kikubari"] == {
        "provenance": "declared",
        "simulated_traits": ["last_name", "会員ランク"],
    }
    assert message["timestamp"] == "2026-11-22T03:00:00.000Z"


def test_customers_known_by_address_alone_get_an_id_of_it(importing):
    first = importing.one("customers", "email,name\nA@example.com,Ada\n")
    again = importing.one("customers", "mail,city\na@example.com,Paris\n")
    assert "userId" not in first
    assert first["anonymousId"] == again["anonymousId"]
    assert "example" not in first["anonymousId"]


def test_problems_name_line_column_and_reason(importing):
    report = importing.run(
        "customers",
        "customer_id,email,birthday,updated_at\n"
        ",,,\n"
        "1,not-an-address,1980-13-45,soon\n"
        "2,b@example.com,1980-01-01,2026-01-01\n"
        ",,1980-01-01,\n"
        "3,,2990-01-01,\n"
        "4,,,2026-11-24\n",
    )
    assert told(report) == [
        (3, "email", "invalid_email"),
        (3, "birthday", "invalid_date"),
        (3, "updated_at", "invalid_date"),
        (5, "customer_id", "missing_value"),
        (6, "birthday", "date_out_of_range"),
        (7, "", "date_in_future"),
    ]
    assert (report.rows, report.messages, report.problems) == (5, 1, 4)


ORDER_LINES = (
    "注文番号,顧客ID,注文日,商品コード,商品名,カテゴリ,数量,単価,送料,通貨\n"
    'A1,C1,2026/11/20 10:05,P1,急須,茶器,2,"1,200",500,jpy\n'
    "A1,C1,2026/11/20 10:05,P2,湯呑,茶器,1,￥800,500,jpy\n"
    "A2,C2,2026/11/21,P1,急須,茶器,-1,1200,,jpy\n"
)  # fmt: skip


def test_order_lines_become_one_event_an_order(importing):
    importing.run("orders", ORDER_LINES, options=ImportOptions(zone=TOKYO))
    completed, refunded = importing.sink.messages
    assert completed["event"] == "Order Completed"
    assert completed["userId"] == "C1"
    assert completed["timestamp"] == "2026-11-20T01:05:00Z"
    assert completed["properties"] == {
        "order_id": "A1",
        "currency": "JPY",
        "shipping": 500,
        "revenue": 3200,
        "total": 3700,
        "products": [
            {"product_id": "P1", "name": "急須", "category": "茶器", "quantity": 2, "price": 1200},
            {"product_id": "P2", "name": "湯呑", "category": "茶器", "quantity": 1, "price": 800},
        ],
    }
    assert refunded["event"] == "Order Refunded"
    assert refunded["properties"]["total"] == 1200
    assert refunded["properties"]["products"][0]["quantity"] == 1


def test_nested_orders_and_shop_exports(importing):
    nested = {
        "order_id": "N1", "email": "a@example.com", "ordered_at": "2026-11-20T10:00:00Z",
        "products": [{"product_id": "P1", "price": "0.10", "quantity": 3}], "gift_wrap": True,
    }  # fmt: skip
    message = importing.one("orders", json.dumps(nested), name="o.jsonl")
    assert message["properties"]["total"] == 0.3
    assert message["properties"]["gift_wrap"] is True
    assert message["context"]["traits"] == {"email": "a@example.com"}
    shopify = (
        "Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,"
        "Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,"
        "Refunded Amount\n"
        "#1001,a@example.com,partially_refunded,2026-11-20 10:00:00 +0900,JPY,2000,0,200,2200,"
        "SALE,0,2026-11-20 10:00:00 +0900,1,Tea,1500,T1,500\n"
        "#1001,a@example.com,,,,,,,,,,2026-11-20 10:00:00 +0900,1,Cup,500,C1,\n"
    )
    importing.sink.log.clear()
    report = importing.run("orders", shopify, maps={"Name": "order_id", "Lineitem sku": "sku"})
    assert told(report) == []
    completed, refund = importing.sink.messages
    assert [p["sku"] for p in completed["properties"]["products"]] == ["T1", "C1"]
    assert (completed["properties"]["total"], refund["properties"]["total"]) == (2200, 500)
    assert (completed["event"], refund["event"]) == ("Order Completed", "Order Refunded")
    assert completed["messageId"] != refund["messageId"]


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        (["A,1,9,2026-01-01,P,x,1"], {"not_a_number", "order_left_out"}),
        (["A,2,9,2026-01-01,P,1,1"], {"lines_disagree", "order_left_out"}),
        (["A,1,9,2026-01-01,P,,1"], {"missing_value", "order_left_out"}),
        (["broken"], {"ragged_row", "order_left_out"}),
        (["B,1,9,2026-01-01,P,1,1", "A,1,9,2026-01-01,P,1,1"], {"order_reappears"}),
        (["A,1,odd,2026-01-01,P,1,1"], {"unknown_status", "order_left_out"}),
    ],
)
def test_an_order_with_a_fault_is_left_out_whole(importing, lines, codes):
    head = "order_id,customer_id,x_status,ordered_at,product_id,price,quantity"
    good = "A,1,,2026-01-01,P,1,1"
    rows = [head, good, *lines, *([good] if lines == ["broken"] else [])]
    content = "\n".join(rows).replace("x_status", "status").replace(",9,", ",,")
    report = importing.run("orders", content)
    assert set(report.problem_codes) == codes
    left = {message["properties"]["order_id"] for message in importing.sink.messages}
    assert left == ({"A", "B"} if codes == {"order_reappears"} else set())


def test_large_orders_are_abridged_to_fit(importing):
    name = "A rather long name of a product that nobody would read to its end"
    rows = "".join(f"A,1,2026-01-01,P{n},{name},Things,2,1.5\n" for n in range(1_900))
    head = "order_id,customer_id,ordered_at,product_id,product_name,category,quantity,price\n"
    message = importing.one("orders", head + rows)
    assert message["properties"]["total"] == 5_700
    assert message["properties"]["products_abridged"] is True
    assert message["properties"]["products"][7] == {"product_id": "P7", "quantity": 2, "price": 1.5}
    assert len(json.dumps(message, separators=(",", ":"))) < 128 * 1024


def test_products_consents_suppressions(importing):
    product = importing.one("products", '商品番号,商品名,価格,在庫,素材\nP1,急須,"1,200",3,陶\n')
    assert (product["type"], product["event"]) == ("track", "Kikubari Product Updated")
    assert product["properties"] == {
        "product_id": "P1", "name": "急須", "price": 1200, "stock": 3, "素材": "陶",
    }  # fmt: skip
    assert "userId" not in product
    consent = importing.one(
        "consents",
        "email,同意,channel,at,wording_version,proof\n"
        "a@example.com,はい,EMAIL,2026-01-02T00:00:00Z,v2,form\n",
        sets={"purpose": "marketing"},
    )
    assert consent["event"] == "Kikubari Consent Changed"
    assert consent["context"]["traits"] == {"email": "a@example.com"}
    assert consent["properties"] == {
        "purpose": "marketing", "channel": "email", "status": "granted",
        "wording_version": "v2", "proof": "form",
    }  # fmt: skip
    suppression = importing.one("suppressions", "Email,Reason\na@example.com,hard_bounce\n")
    assert suppression["properties"] == {
        "channel": "email", "reason": "bounced", "status": "suppressed",
    }  # fmt: skip
    assert suppression["context"]["traits"] == {"email": "a@example.com"}


def test_unknown_words_about_consent_are_never_taken_for_yes(importing):
    report = importing.run(
        "consents",
        "customer_id,purpose,status\n1,marketing,maybe\n2,party,yes\n3,marketing,\n4,marketing,1\n",
    )
    assert [code for _, _, code in told(report)] == [
        "unknown_status", "unknown_purpose", "missing_value",
    ]  # fmt: skip
    assert [message["userId"] for message in importing.sink.messages] == ["4"]


def test_words_of_consent_and_suppression_are_those_the_product_knows():
    assert set(CONSENT_STATUS.values()) == CONSENT_STATUSES
    assert set(CONSENT_PURPOSE.values()) == CONSENT_PURPOSES
    assert set(SUPPRESSION_REASON.values()) == set(SuppressionReason)


def test_events_from_columns_and_from_messages(importing):
    track = importing.one(
        "events",
        "event,user_id,timestamp,properties.product_id,price,context.page.url\n"
        "Product Viewed,C1,2026-11-22T00:00:00Z,P1,12.5,https://shop.example.com/\n",
    )
    assert track["event"] == "Product Viewed"
    assert track["properties"] == {"product_id": "P1", "price": "12.5"}
    assert track["context"] == {"page": {"url": "https://shop.example.com/"}}
    page = {
        "type": "page", "name": "Home", "anonymousId": "a1", "messageId": "m-1",
        "timestamp": "2026-11-22T00:00:00.000Z", "properties": {"url": "/"},
        "context": {"kikubari": {"simulated": True}},
    }  # fmt: skip
    sent = importing.one("events", json.dumps(page), name="e.jsonl")
    assert {**sent, "timestamp": page["timestamp"]} == page
    report = importing.run("events", "event,user_id,timestamp,type\nX,1,,\n,1,2026-01-01,\n"
                           "X,1,2026-01-01,party\n,1,2026-01-01,page\n")  # fmt: skip
    assert told(report) == [
        (2, "timestamp", "missing_value"),
        (3, "event", "missing_value"),
        (4, "type", "unknown_type"),
    ]


def test_formats_agree_on_ids(importing):
    rows = [{"customer_id": "17850", "city": "東京", "points": "12"}]
    text = "customer_id,city,points\n17850,東京,12\n"
    other_order = "points,city,customer_id\r\n12,東京,17850\r\n"
    book = openpyxl.Workbook()
    book.active.append(list(rows[0]))
    book.active.append(["17850", "東京", "12"])
    book.save(importing.folder / "c.xlsx")
    ids = {
        importing.one("customers", text)["messageId"],
        importing.one("customers", other_order.encode("cp932"))["messageId"],
        importing.one("customers", json.dumps(rows[0]), name="c.jsonl")["messageId"],
        importing.one("customers", importing.folder / "c.xlsx")["messageId"],
    }
    assert len(ids) == 1


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2026-11-22T09:05:00+09:00", "2026-11-22T00:05:00Z"),
        ("2026-11-22 09:05", "2026-11-22T00:05:00Z"),
        ("2026/11/22 9:05", "2026-11-22T00:05:00Z"),
        ("2026/1/2", "2026-01-01T15:00:00Z"),
        ("2026年11月22日", "2026-11-21T15:00:00Z"),
        ("2026年11月22日 9時05分", "2026-11-22T00:05:00Z"),
        ("２０２６年１１月２２日", "2026-11-21T15:00:00Z"),
        ("20261122", "2026-11-21T15:00:00Z"),
        ("2026-11-20 10:00:00 +0900", "2026-11-20T01:00:00Z"),
        ("2026-11-20 10:00:00 UTC", "2026-11-20T10:00:00Z"),
        (46348.5, "2026-11-22T03:00:00Z"),
        ("46348", "2026-11-21T15:00:00Z"),
        (1795305600, "2026-11-22T00:00:00Z"),
        ("1795305600000", "2026-11-22T00:00:00Z"),
    ],
)
def test_instants(raw, expected):
    assert parse_instant_cell(raw, TOKYO) == expected


@pytest.mark.parametrize(
    "raw", ["", "x", "2026-02-30", "11/22/2026", "9999999999999999999", True, [], "12", "2026"]
)
def test_what_is_no_instant(raw):
    with pytest.raises(CellFaultError):
        parse_instant_cell(raw, UTC)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("1,234.50", 1234.5), ("￥1,200", 1200), ("(5)", -5), ("-3", -3), (2.55, 2.55), ("１２", 12)],
)
def test_numbers(raw, expected):
    assert parse_number(raw, UTC) == expected


@pytest.mark.parametrize("raw", ["1,5", "nan", "inf", "1e400", "", "12a", True, "1.2.3", "--1"])
def test_what_is_no_number(raw):
    with pytest.raises(CellFaultError):
        parse_number(raw, UTC)


def mapping_of(importing, kind, header, **options):
    source = open_rows(importing.file(f"{header}\n{header}\n"))
    mapping = guess_mapping(ImportKind(kind), source, **options)
    return {column.column: column for column in mapping.columns}


def test_the_guess_is_shown_with_confidence_and_samples(importing):
    source = open_rows(importing.file("email,Mail,Shoe Size\na@example.com,b@example.com,42\n"))
    columns = guess_mapping(ImportKind.CUSTOMERS, source).columns
    assert [(c.field, c.origin, c.samples) for c in columns] == [
        ("email", "header", ("a@example.com",)),
        ("traits.mail", "own_name", ("b@example.com",)),
        ("traits.shoe_size", "own_name", ("42",)),
    ]
    assert columns[0].confidence > columns[1].confidence


def test_the_user_has_the_last_word(importing):
    columns = mapping_of(
        importing, "customers", "id,email,secret,Size",
        overrides={"secret": "-", "Size": "traits.shoe_size", "id": "traits.legacy_id"},
    )  # fmt: skip
    assert columns["secret"].field == "-"
    assert columns["Size"].field == "traits.shoe_size"
    assert columns["id"].field == "traits.legacy_id"


@pytest.mark.parametrize(
    ("kind", "header", "options", "words"),
    [
        ("customers", "id,email", {"overrides": {"mail": "email"}}, "no column 'mail'"),
        ("customers", "id,email", {"overrides": {"email": "e_mail"}}, "no field 'e_mail'"),
        ("customers", "id,email", {"constants": {"nope": "x"}}, "no field 'nope'"),
        ("customers", "a,b", {"overrides": {"a": "email", "b": "email"}}, "would all be email"),
        ("orders", "customer_id,total", {}, "no column seems to hold order_id, timestamp"),
        ("suppressions", "reason", {}, "no column seems to hold email"),
    ],
)
def test_mappings_that_cannot_be_are_refused(importing, kind, header, options, words):
    with pytest.raises(InvalidInputError, match=words):
        mapping_of(importing, kind, header, **options)


def test_rows_of_another_day_are_another_statement_only_when_told(importing):
    text = "customer_id,city\n1,Paris\n"
    plain = importing.one("customers", text)
    march = ImportOptions(as_of=datetime(2026, 3, 1, tzinfo=UTC))
    dated = importing.one("customers", text, options=march)
    assert dated["timestamp"] == "2026-03-01T00:00:00.000Z"
    assert plain["messageId"] != dated["messageId"]
    assert dated["messageId"] == importing.one("customers", text, options=march)["messageId"]
