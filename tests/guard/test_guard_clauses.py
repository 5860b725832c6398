"""What is said of the reader stays said when an offer stands beside it in another clause."""

import re

import pytest
from guard_cases import judge, own_rows

OFFERS = [
    ", so here is a voucher for your next order.",
    ": your coupon is inside.",
    "; our summer sale is on.",
]


def said_outright() -> list[dict[str, object]]:
    """Return the stopped cases of words alone, each cut to its first sentence in English."""
    rows = [
        {**row, "message_excerpt": re.split(r"(?<=[.!])\s", row["message_excerpt"])[0]}
        for row in own_rows()
        if row["expected"] == "block" and not row["uses"] and row["message_excerpt"].isascii()
    ]
    ended = [row for row in rows if row["message_excerpt"].endswith((".", "!"))]
    verdicts = judge(ended)
    return [row for row, one in zip(ended, verdicts, strict=True) if one.level.value == "block"]


SAID = said_outright()


@pytest.mark.parametrize("offer", OFFERS)
def test_an_offer_in_another_clause_takes_nothing_back(offer):
    joined = [{**row, "message_excerpt": row["message_excerpt"][:-1] + offer} for row in SAID]
    stopped = sum(one.level.value in {"block", "hold"} for one in judge(joined))
    assert len(SAID) > 500
    assert stopped / len(SAID) >= 0.95


@pytest.mark.parametrize(
    "text",
    [
        "You have lost your mother, and our vouchers are here for you.",
        "お母さまを亡くされたとのことですので、次のご注文に使えるクーポンをお送りします。",
    ],
)
def test_a_loss_is_no_less_said_for_a_voucher(text):
    assert judge([{**SAID[0], "message_excerpt": text}])[0].level.value == "block"
