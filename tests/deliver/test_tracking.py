import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikubari.deliver import TrackingTokens

TOKENS = TrackingTokens(b"t" * 32)
OTHER = TrackingTokens(b"u" * 32)
IDS = st.integers(0, 2**63 - 1)
URL = "https://shop.example/?q=あ&next=https://evil.example"


def token_of(path):
    return path.split("/")[2]


@given(IDS, st.integers(0, 999), st.text(max_size=200))
def test_a_token_stands_for_what_it_was_made_for(message_id, index, url):
    assert TOKENS.find_open(token_of(TOKENS.open_path(message_id))).message_id == message_id
    path = TOKENS.click_path(message_id, index, url) if url.isprintable() else None
    if path is not None:
        link = TOKENS.find_click(token_of(path), str(index), url)
        assert (link.message_id, link.index, link.url) == (message_id, index, url)


def test_a_token_is_good_for_one_thing_only():
    click = token_of(TOKENS.click_path(7, 0, URL))
    assert TOKENS.find_click(click, "0", URL) is not None
    assert TOKENS.find_click(click, "1", URL) is None
    assert TOKENS.find_click(click, "0", "https://evil.example") is None
    opened = token_of(TOKENS.open_path(7))
    stop = token_of(TOKENS.unsubscribe_path(7))
    page = token_of(TOKENS.preferences_path(7))
    finders = (TOKENS.find_open, TOKENS.find_unsubscribe, TOKENS.find_preferences)
    for own, token in enumerate((opened, stop, page)):
        assert [find(token) is not None for find in finders] == [i == own for i in range(3)]
    assert OTHER.find_open(opened) is None


@given(st.text(alphabet=string.ascii_letters + string.digits + "-_=.é", max_size=40))
def test_what_was_made_up_is_not_taken(token):
    assert TOKENS.find_open(token) is None
    assert TOKENS.find_unsubscribe(token) is None
    assert TOKENS.find_click(token, "0", URL) is None


@given(st.data())
def test_no_altered_character_passes(data):
    token = token_of(TOKENS.unsubscribe_path(12345))
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_"))
    if other != token[at]:
        assert TOKENS.find_unsubscribe(token[:at] + other + token[at + 1 :]) is None


@pytest.mark.parametrize("index", ["", "-1", "٣", "1e3", "9" * 30, " 0"])
def test_an_index_is_a_plain_number(index):
    assert TOKENS.find_click(token_of(TOKENS.click_path(7, 0, URL)), index, URL) is None


def test_an_address_shows_nobody_and_no_sequence():
    one, two = TOKENS.open_path(1000), TOKENS.open_path(1001)
    assert sum(a == b for a, b in zip(one, two, strict=True)) < 12
    assert set(one.removeprefix("/o/")) <= set(string.ascii_letters + string.digits + "-_")
    assert TOKENS.click_path(1, 0, "https://a.example/x?y=1").endswith(
        "/0?u=https%3A%2F%2Fa.example%2Fx%3Fy%3D1"
    )
