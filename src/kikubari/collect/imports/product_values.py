"""Cells of product feeds: money with its currency, availability, flags, HTML."""

import re
from datetime import UTC, datetime, tzinfo
from typing import Any

import msgspec
from selectolax.lexbor import LexborHTMLParser

from kikubari.collect.imports.values import (
    CellFaultError,
    Parser,
    json_number,
    one_of,
    parse_decimal,
    parse_instant_cell,
    parse_text,
)

_CURRENCY_FIRST = re.compile(r"([A-Za-z]{3})\s*([^A-Za-z]+)")
_CURRENCY_LAST = re.compile(r"([^A-Za-z]+?)\s*([A-Za-z]{3})")
_MARKUP = re.compile(r"<[a-zA-Z/!]|&[a-z#]")
_SPACE = re.compile(r"[ \t\xa0]+")

AVAILABILITY = {
    **dict.fromkeys(("instock", "available", "在庫あり", "在庫有り", "販売中"), "in_stock"),
    **dict.fromkeys(("outofstock", "soldout", "在庫なし", "在庫切れ", "売り切れ", "売切れ",
                     "品切れ", "欠品"), "out_of_stock"),
    **dict.fromkeys(("preorder", "予約", "予約受付中"), "preorder"),
    **dict.fromkeys(("backorder", "取り寄せ", "お取り寄せ", "入荷待ち"), "backorder"),
    **dict.fromkeys(("discontinued", "廃番", "販売終了", "生産終了"), "discontinued"),
}  # fmt: skip
_FLAGS = {
    **dict.fromkeys(("true", "yes", "y", "1", "はい", "有"), "yes"),
    **dict.fromkeys(("false", "no", "n", "0", "いいえ", "無"), "no"),
}


class Amount(msgspec.Struct, frozen=True):
    """Money as a cell has it; `currency` is empty where the cell names none."""

    number: int | float
    currency: str = ""


parse_availability: Parser = one_of(AVAILABILITY, "unknown_availability")
_parse_flag_word: Parser = one_of(_FLAGS, "not_yes_or_no")


def parse_amount(raw: Any, zone: tzinfo) -> Amount:
    """Return money, from `1,980 JPY`, `JPY 1980`, `¥1,980` or a number; never below zero."""
    del zone
    text = raw.strip() if isinstance(raw, str) else raw
    currency = ""
    if isinstance(text, str):
        if match := _CURRENCY_LAST.fullmatch(text):
            text, currency = match[1], match[2].upper()
        elif match := _CURRENCY_FIRST.fullmatch(text):
            currency, text = match[1].upper(), match[2].strip()
    number = json_number(parse_decimal(text))
    if number < 0:
        raise CellFaultError("number_out_of_range", "a price is not below zero")
    return Amount(number, currency)


def parse_flag(raw: Any, zone: tzinfo) -> bool:
    """Return yes or no."""
    return raw if isinstance(raw, bool) else _parse_flag_word(raw, zone) == "yes"


def parse_description(raw: Any, zone: tzinfo) -> str:
    """Return plain text; of HTML its text, a line for each block."""
    text = parse_text(raw, zone)
    if not _MARKUP.search(text):
        return text
    for tag in ("</p>", "</li>", "</h1>", "</h2>", "</h3>", "</div>", "<br>", "<br/>", "<br />"):
        text = text.replace(tag, f"{tag}\n")
    body = LexborHTMLParser(text).body
    lines = (body.text(deep=True) if body else "").splitlines()
    return "\n".join(line for one in lines if (line := _SPACE.sub(" ", one).strip()))


def parse_period(raw: Any, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return beginning and end of a period as feeds write it: two instants with a slash between."""
    start, slash, end = parse_text(raw, zone).partition("/")
    if not slash:
        raise CellFaultError("invalid_date", "not a period: two dates with / between")
    first, last = (
        datetime.fromisoformat(parse_instant_cell(one.strip(), zone)).astimezone(UTC)
        for one in (start, end)
    )
    return first, last
