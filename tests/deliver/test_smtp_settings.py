"""SMTP URLs, and replies as they arrive."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikubari.deliver.providers.smtp import (
    SmtpSettings,
    parse_smtp_url,
)
from kikubari.deliver.providers.smtp.wire import ReplyReader, WireError
from kikubari.spec.errors import InvalidInputError


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://127.0.0.1", SmtpSettings(host="127.0.0.1", port=25)),
        ("smtp://[::1]:2525", SmtpSettings(host="::1", port=2525)),
        (
            "smtp://u%40x:p%2F%3A@mail.example",
            SmtpSettings(
                host="mail.example", port=587, username="u@x", password="p/:", starttls="required"
            ),
        ),
        (
            "smtp://u:p@localhost:1025",
            SmtpSettings(host="localhost", port=1025, username="u", password="p"),
        ),
        (
            "smtps://u:p@mail.example?ehlo=shop.example&ca_file=/x.pem",
            SmtpSettings(
                host="mail.example", port=465, username="u", password="p", starttls="required",
                is_implicit_tls=True, ehlo_name="shop.example", ca_file="/x.pem",
            ),
        ),
        (
            "smtp://mail.example?starttls=none",
            SmtpSettings(host="mail.example", port=25, starttls="none"),
        ),
    ],
)  # fmt: skip
def test_smtp_urls(url: str, expected: SmtpSettings) -> None:
    assert parse_smtp_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "", "mail.example", "http://mail.example", "smtp://", "smtp://u:secret@", "smtp://h:x",
        "smtp://h:99999", "smtp://h/path", "smtp://h?starttls=maybe", "smtp://h?verify=no",
        "smtp://u:secret@h?ehlo=a%0d%0ab", "smtp://h?starttls", "smtp://[::1", "smtp://u:secret@h%0a",
    ],
)  # fmt: skip
def test_bad_smtp_urls_are_refused_without_repeating_the_secret(url: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_smtp_url(url)
    assert "secret" not in str(caught.value)


def test_a_secret_is_not_printed() -> None:
    assert "hush" not in repr(parse_smtp_url("smtp://u:hush@mail.example"))


@given(st.lists(st.integers(1, 60), max_size=6))
def test_replies_are_read_whatever_the_packets(cuts: list[int]) -> None:
    octets = b"250-a\r\n250-\r\n250 b \x1b[31m\xe3\x81\x82\r\n354\r\n421 x\n"
    reader, at = ReplyReader(), 0
    for cut in [*cuts, len(octets)]:
        reader.feed(octets[at : at + cut])
        at += cut
    assert [(reply.code, reply.lines) for reply in reader.replies] == [
        (250, ("a", "", "b  [31mあ")),
        (354, ("",)),
        (421, ("x",)),
    ]
    reader.replies.clear()
    assert reader.is_empty


@given(st.binary(max_size=60))
def test_any_octets_are_replies_or_a_typed_error(octets: bytes) -> None:
    reader = ReplyReader()
    with contextlib.suppress(WireError):
        reader.feed(octets)
    assert all(200 <= reply.code <= 599 for reply in reader.replies)
