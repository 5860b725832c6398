"""Money, dates, numbers, counts and names in Japanese and English."""

from datetime import UTC, date, datetime

import pytest

from kikubari.decide.personalise import RenderError, RenderSettings, gather_facts, render_text
from kikubari.kit.money import Money

NOW = datetime(2026, 11, 5, 16, 30, tzinfo=UTC)  # 01:30 on the 6th in Tokyo
JA = RenderSettings(language="ja", timezone="Asia/Tokyo", now=NOW)
EN = RenderSettings(language="en", timezone="America/New_York", currency="USD", now=NOW)
NAMED = {"last_name": "山田", "first_name": "太郎"}
LATIN = {"last_name": "Yamada", "first_name": "Taro"}


def shown(template: str, settings: RenderSettings = JA, **customer: object) -> str:
    return render_text(template, gather_facts({"customer": customer}), settings=settings)[0]


@pytest.mark.parametrize(
    ("template", "ja", "en"),
    [
        ("{{ 1980 | money: 'JPY' }}", "￥1,980", "¥1,980"),
        ("{{ 1980 | money: 'USD' }}", "$19.80", "$19.80"),
        ("{{ 1980 | money }}", "￥1,980", "$19.80"),
        ("{{ '1980' | money: 'JPY' }}", "￥1,980", "¥1,980"),
        ("{{ nil | money }}", "", ""),
        ("{{ 1234567.5 | number }}", "1,234,567.5", "1,234,567.5"),
        ("{{ 3 | number: 2 }}", "3.00", "3.00"),
        ("{{ 2.4 | number: 0 }}", "2", "2"),
        ("{{ nothing | number }}", "", ""),
        ("{{ '2026-11-05' | date_long }}", "2026年11月5日", "November 5, 2026"),
        ("{{ '2026-11-05' | date_full }}", "2026年11月5日木曜日", "Thursday, November 5, 2026"),
        ("{{ '2026-11-05' | date_medium }}", "2026/11/05", "Nov 5, 2026"),
        ("{{ '2026-11-05' | date_short }}", "2026/11/05", "11/5/26"),
        ("{{ 'now' | date_long }}", "2026年11月6日", "November 5, 2026"),
        ("{{ now | date_long }}", "2026年11月6日", "November 5, 2026"),
        ("{{ 'now' | date: '%Y-%m-%d %H:%M' }}", "2026-11-06 01:30", "2026-11-05 11:30"),
        ("{{ now | date: '%H:%M' }}", "01:30", "11:30"),
        ("{{ '2026-11-05' | date: '%d.%m.%Y' }}", "05.11.2026", "05.11.2026"),
        ("{{ 'now' | time_short }}", "1:30", "11:30\u202fAM"),
        ("{{ nil | date_long }}", "", ""),
    ],
)
def test_formats_follow_the_language_and_zone(template, ja, en):
    assert shown(template, JA) == ja
    assert shown(template, EN) == en


def test_counts_need_no_grammar():
    assert shown("{{ 3 | count: '点' }}", JA) == "3点"
    assert shown("{{ 1 | count: 'item', 'items' }}", EN) == "1 item"
    assert shown("{{ 1200 | count: 'item', 'items' }}", EN) == "1,200 items"
    assert shown("{{ nil | count: 'item', 'items' }}", EN) == "0 items"


def test_money_objects_and_amounts_with_a_currency():
    assert shown("{{ customer.total }}", JA, total=Money(500, "JPY")) == "￥500"
    assert shown("{{ customer.total | money }}", EN, total=Money(500, "USD")) == "$5.00"
    amount = {"amount_minor": 1980, "currency": "JPY"}
    assert shown("{{ customer.total | money: 'USD' }}", JA, total=amount) == "￥1,980"
    content = {"pick": {"price": amount}}
    shop_price = render_text("{{ pick.price }}", gather_facts({}), content=content, settings=EN)
    assert shop_price == ("¥1,980", ())


def test_instants_of_facts_are_shown_in_the_customers_zone():
    assert shown("{{ customer.at | date_long }}", JA, at=NOW) == "2026年11月6日"
    assert shown("{{ customer.at | date: '%H:%M' }}", EN, at=NOW) == "11:30"
    assert shown("{{ customer.born | date_long }}", EN, born=date(1990, 2, 28)) == (
        "February 28, 1990"
    )


@pytest.mark.parametrize(
    ("template", "customer", "ja", "en"),
    [
        ("{{ customer | honorific }}", NAMED, "山田 様", "太郎"),
        ("{{ customer | honorific: 'san' }}", NAMED, "山田さん", "太郎"),
        ("{{ customer | honorific: 'none' }}", NAMED, "山田", "太郎"),
        ("{{ customer | honorific }}", LATIN, "Yamada 様", "Taro"),
        ("{{ customer | honorific }}", {"first_name": "太郎"}, "太郎 様", "太郎"),
        ("{{ customer | honorific }}", {"name": "山田太郎"}, "山田太郎 様", "山田太郎"),
        ("{{ customer | honorific }}", {"last_name": "山田 様"}, "山田 様", "山田 様"),
        ("{{ customer | honorific }}", {"last_name": "  "}, "お客様", "there"),
        ("{{ customer | honorific }}", {}, "お客様", "there"),
        ("{{ customer | honorific: fallback: 'dear reader' }}", {}, "dear reader", "dear reader"),
        ("{{ customer.last_name | honorific: 'san' }}", NAMED, "山田さん", "山田"),
        ("{{ customer.last_name | honorific }}", {}, "お客様", "there"),
        ("{{ customer.last_name | default: 'friend' }}", {}, "friend", "friend"),
    ],
)
def test_people_are_addressed_as_their_language_does(template, customer, ja, en):
    assert shown(template, JA, **customer) == ja
    assert shown(template, EN, **customer) == en


@pytest.mark.parametrize(
    "template",
    ["{{ 'x' | date_long }}", "{{ customer | honorific: 'king' }}", "{{ 'x' | money: 1, 2, 3 }}"],
)
def test_a_filter_that_cannot_says_where(template):
    with pytest.raises(RenderError) as caught:
        shown(template)
    assert (caught.value.line, caught.value.code) == (1, "render_failed")
    assert caught.value.column > 1
