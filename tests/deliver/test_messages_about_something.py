"""A message that is about something goes only to those to whom something of it is left."""

from datetime import UTC, datetime

import pytest

from kikubari.decide.personalise import (
    EmailTemplateSource,
    EmailVariant,
    Facts,
    compile_email,
)
from kikubari.deliver import ComposeItem, ComposeShared, Letter, Reason, Sender, compose

NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # in Tokyo
BODY = '<html><body>Kettles <a href="{{ unsubscribe_url }}">Stop</a></body></html>'
KETTLE = {"product_id": "P1", "title": "Kettle"}


def make(only_with, **values):
    variant = EmailVariant(subject="News", html=BODY)
    source = EmailTemplateSource(variants={"en": variant}, default_language="en")
    letter = Letter(
        email=compile_email(source),
        sender=Sender(from_address="news@shop.example"),
        only_with=only_with,
    )
    item = ComposeItem(
        message_id=7,
        address="a@example.com",
        name="",
        language="en",
        timezone="Asia/Tokyo",
        is_tracked=False,
        facts=Facts(values),
        now=NOON,
    )
    shared = ComposeShared(letter=letter, base_url="https://m.example", tracking_key=b"k" * 32)
    return compose(shared, item)


@pytest.mark.parametrize(
    "values",
    [{}, {"trigger": {}}, {"trigger": {"products": []}}, {"trigger": None}, {"trigger": "P1"}],
)
def test_without_it_nothing_is_sent_and_the_reason_says_so(values):
    made = make(("trigger.products",), **values)
    assert made.stopped_by is Reason.NOTHING_LEFT
    assert made.data == b""


def test_with_it_the_message_goes():
    made = make(("trigger.products",), trigger={"products": [KETTLE]})
    assert made.stopped_by is None
    assert made.data


def test_all_of_several_must_be_there():
    paths = ("trigger.products", "favourites.products")
    assert make(paths, trigger={"products": [KETTLE]}).stopped_by is Reason.NOTHING_LEFT
    both = {"trigger": {"products": [KETTLE]}, "favourites": {"products": [KETTLE]}}
    assert make(paths, **both).stopped_by is None


def test_a_message_about_nothing_in_particular_always_goes():
    assert make(()).stopped_by is None
