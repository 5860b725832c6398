"""The bytes of an e-mail, read back by the standard parser and by a strict checker of our own."""

import binascii
import email
import email.policy
import hashlib
import re
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from kikubari.deliver._header_text import mailbox_header, text_header
from kikubari.deliver.addresses import to_wire_address
from kikubari.deliver.dkim import relax_body
from kikubari.deliver.mime import EmailContent, assemble_email, build_email, message_id_for
from kikubari.spec.errors import InvalidInputError

AT = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
CONTENT = EmailContent(
    message_id=message_id_for("a" * 44, "shop.example"),
    date_at=AT,
    from_name="キクバリ商店",
    from_address="news@shop.example",
    to_name="山田 花子",
    to_address="hanako@example.jp",
    reply_to="care@shop.example",
    subject="花子様、秋のお知らせです",
    html="<p>こんにちは</p>",
    text="こんにちは",
    list_id="news.shop.example",
    list_unsubscribe_url="https://shop.example/u/abc",
    is_one_click=True,
)

ENCODED_WORD = re.compile(r"=\?([A-Za-z0-9-]+)\?([bBqQ])\?([!->@-~]*)\?=")


def build(**changes: object) -> bytes:
    return build_email(msgspec.structs.replace(CONTENT, **changes))


def parse(raw: bytes) -> email.message.EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    return message


def strict_decode(header: str) -> str:
    """Check one header against RFC 5322 and 2047 to the letter; return its decoded value."""
    assert header.endswith("\r\n")
    lines = header[:-2].split("\r\n")
    assert lines[0].partition(": ")[1]
    for number, line in enumerate(lines):
        assert line.isascii()
        assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", line), line
        assert number == 0 or (line[0] == " " and line.strip()), "a folded line has content"
        assert len(line) <= 998
        has_word = "=?" in line
        # One word that cannot be folded may be longer, alone or right after the header's name.
        is_single = not has_word and line.rpartition(" ")[0] in ("", lines[0].partition(" ")[0])
        assert len(line) <= (76 if has_word else 78) or is_single, line
        for word in re.findall(r"=\?\S*", line):
            assert ENCODED_WORD.fullmatch(word), word
            assert len(word) <= 75, word
    value = "".join(lines).partition(": ")[2]
    return ENCODED_WORD.sub(_decode_word, re.sub(r"(\?=) (?==\?)", r"\1", value))


def _decode_word(match: re.Match[str]) -> str:
    charset, encoding, text = match.groups()
    assert charset.lower() == "utf-8"
    if encoding in "bB":
        octets = binascii.a2b_base64(text.encode(), strict_mode=True)
    else:
        assert re.fullmatch(r"(?:[A-Za-z0-9!*+/_-]|=[0-9A-F]{2})*", text), text
        octets = binascii.a2b_qp(text.encode(), header=True)
    return octets.decode("utf-8", "strict")  # fails when a character is split over two words


ALPHABET = (
    "秋のお知らせ様、。ー㈱髙﨑" * 3
    + "😀👨👩👧\u200d🇯🇵❤\ufe0f\U0001f44d\U0001f3fd" * 2
    + "e\u0301n\u0303か\u3099\u202e"
    + "abcXYZ 0123456789 !?=_.,:;\"'()<>@[]%$&-" * 2
    + "\t\x0b\x1b\x7f\x85\xa0\u2028\uffff"
)
subjects = st.one_of(
    st.text(ALPHABET, max_size=90),
    st.text("abc =?_", max_size=90),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), max_size=40),
)


@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(subjects)
@example("")
@example("=?utf-8?b?44GC?=")
@example(" 前後に空白 ")
@example("a  b")
@example("x" * 2_000)
@example("word " * 60 + "end")
@example("\U0001f600" * 300)
def test_any_subject_keeps_to_the_limits_and_reads_back_equal(subject: str) -> None:
    assert strict_decode(text_header("Subject", subject)) == subject


@settings(max_examples=1_500, deadline=None, suppress_health_check=list(HealthCheck))
@given(subjects)
def test_the_standard_parser_reads_the_same_subject(subject: str) -> None:
    # The old parser API: the new one replaces some control characters it dislikes.
    raw = text_header("Subject", subject).encode() + b"\r\n"
    parts = email.header.decode_header(email.message_from_bytes(raw)["Subject"])
    decoded = "".join(p.decode(c or "ascii") if isinstance(p, bytes) else p for p, c in parts)
    # That API keeps the fold inside a plain value, where unfolding removes only the line end.
    assert decoded.replace("\r\n", "") == subject


@settings(max_examples=1_500, deadline=None, suppress_health_check=list(HealthCheck))
@given(subjects, st.sampled_from(["a@b.jp", "x" * 60 + "@" + "long." * 20 + "example"]))
def test_any_display_name_keeps_to_the_limits_and_reads_back_equal(name: str, address: str) -> None:
    header = mailbox_header("From", name, address)
    value = strict_decode(header)
    phrase, _, path = value.rpartition(" ") if name else ("", "", value)
    assert path == (f"<{address}>" if name else address)
    if phrase.startswith('"') and "=?" not in header:
        phrase = re.sub(r"\\(.)", r"\1", phrase[1:-1])
    assert phrase == name


def test_a_japanese_mail_reads_back_whole() -> None:
    message = parse(build())
    assert not message.defects
    assert message["Subject"] == CONTENT.subject
    assert message["From"].addresses[0].display_name == CONTENT.from_name
    assert message["To"].addresses[0].addr_spec == "hanako@example.jp"
    assert message["Date"].datetime == AT
    assert message["Message-ID"] == CONTENT.message_id
    assert message["List-Unsubscribe"] == "<https://shop.example/u/abc>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "<news.shop.example>"
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content() == "こんにちは\r\n"
    assert html.get_content() == "<p>こんにちは</p>\r\n"


def test_the_same_content_is_the_same_bytes() -> None:
    assert build() == build()
    assert build() != build(message_id=message_id_for("b" * 44, "shop.example"))
    assert b'boundary="here"' in build_email(CONTENT, boundary="here")


def test_a_message_id_is_its_token_at_the_senders_domain() -> None:
    assert message_id_for("a" * 44, "Shop.Example") == f"<{'a' * 44}@shop.example>"
    assert message_id_for("b", "菊.example") == "<b@xn--kp1a.example>"


@settings(max_examples=800, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.text(
        st.one_of(
            st.sampled_from("ab =.\t\n\r\0あ. "),
            st.characters(exclude_categories=["Cs"]),
        ),
        min_size=1,
        max_size=400,
    )
)
@example("  " * 200 + "\n" + "x" * 75 + " \n")
@example("--=_\n.\n..\nFrom here\n")
def test_any_body_comes_back_and_no_line_is_long(text: str) -> None:
    raw = build(html=text, text=text)
    assert raw.isascii()
    assert raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r")
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    expected = text.replace("\r\n", "\n").replace("\r", "\n")
    expected += "" if expected.endswith("\n") else "\n"
    for part in parse(raw).iter_parts():
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        assert payload.decode().replace("\r\n", "\n") == expected
        body = part.as_bytes(policy=email.policy.SMTP).partition(b"\r\n\r\n")[2]
        assert all(len(line) <= 76 for line in body.split(b"\r\n"))


any_text = st.text(
    st.one_of(st.sampled_from("ab =.\t\n\rあ "), st.characters(exclude_categories=["Cs"])),
    max_size=500,
)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.one_of(any_text, any_text.map(lambda t: t * 40), any_text.map(Markup))), any_text
)
@example(["a" * 300 + " ", "\n", "b" * 300, " ", "\n" * 300, "=" * 301], "")
@example(["é" * 301, "x" * 2_000, "\r", "\n", ". " * 200], "text")
def test_a_body_in_pieces_is_the_body_in_one(pieces: list[str], text: str) -> None:
    html = "".join(pieces)
    if not html and not text:
        return
    content = msgspec.structs.replace(CONTENT, html=pieces, text=text)
    built = assemble_email(content)
    raw = built.to_bytes()
    assert raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r")
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    body = raw.partition(b"\r\n\r\n")[2]
    assert built.relaxed_body_hash() == hashlib.sha256(relax_body(body)).digest()
    in_one = parse(build(html=html, text=text))
    for part, other in zip(parse(raw).walk(), in_one.walk(), strict=True):
        assert part.get_payload(decode=True) == other.get_payload(decode=True)


def test_the_cheaper_encoding_is_chosen_for_each_part() -> None:
    plain, html = parse(
        build(text="おはようございます" * 50, html="<p>hello</p>" * 50)
    ).iter_parts()
    assert plain["Content-Transfer-Encoding"] == "base64"
    assert html["Content-Transfer-Encoding"] == "quoted-printable"


def test_one_part_needs_no_multipart() -> None:
    message = parse(build(html=""))
    assert message.get_content_type() == "text/plain"
    assert parse(build(text="")).get_content_type() == "text/html"
    with pytest.raises(InvalidInputError):
        build(html="", text="")


@pytest.mark.parametrize("bad", ["\r", "\n", "\r\n", "\0", "\r\nBcc: x@example.com"])
@pytest.mark.parametrize(
    "field",
    [
        "subject", "from_name", "to_name", "reply_to", "from_address", "to_address", "message_id",
        "list_id", "list_unsubscribe_url", "list_unsubscribe_mailto",
    ],
)  # fmt: skip
def test_nothing_can_add_a_header(field: str, bad: str) -> None:
    for value in (f"{getattr(CONTENT, field)}{bad}", f"a{bad}b", f"{bad}a"):
        with pytest.raises(InvalidInputError):
            build(**{field: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-A", "b\r\nBcc: c@example.com"),
        ("X-A\r\nBcc", "c@example.com"),
        ("X A", "b"),
        ("X-A:", "b"),
        ("", "b"),
        ("Ä", "b"),
        ("bcc", "c@example.com"),
        ("Content-Type", "text/html"),
        ("X-A", "\ud800"),
    ],
)
def test_extra_headers_are_checked(name: str, value: str) -> None:
    with pytest.raises(InvalidInputError):
        build(headers={name: value})


def test_extra_headers_are_written() -> None:
    message = parse(build(headers={"Feedback-ID": "brd_1:kikubari", "X-Campaign": "秋"}))
    assert message["Feedback-ID"] == "brd_1:kikubari"
    assert message["X-Campaign"] == "秋"


@pytest.mark.parametrize(
    ("changes"),
    [
        {"date_at": AT.replace(tzinfo=None)},
        {"list_unsubscribe_url": "javascript:alert(1)"},
        {"list_unsubscribe_url": "https://a.example/x>,<https://b.example"},
        {"list_unsubscribe_url": "http://shop.example/u"},
        {"list_unsubscribe_url": ""},
        {"list_unsubscribe_url": "https://shop.example/" + "x" * 1000},
        {"list_unsubscribe_mailto": "u@shop.example"},
        {"list_id": "a b"},
        {"html": "\ud800"},
    ],
)
def test_what_cannot_stand_in_a_message_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError):
        build(**changes)


def test_a_long_unsubscribe_address_stays_whole() -> None:
    url = "https://shop.example/u/" + "x" * 300
    message = parse(
        build(list_unsubscribe_url=url, list_unsubscribe_mailto="mailto:u@shop.example")
    )
    assert message["List-Unsubscribe"] == f"<{url}>, <mailto:u@shop.example>"


@pytest.mark.parametrize(
    ("given_address", "wire"),
    [
        ("Hanako@Example.JP", "Hanako@example.jp"),
        ("a@日本語.jp", "a@xn--wgv71a119e.jp"),
        ("a@BÜCHER.example", "a@xn--bcher-kva.example"),
        ("taro..y@docomo.example", '"taro..y"@docomo.example'),
        ("taro.@docomo.example", '"taro."@docomo.example'),
        ('"a b"@example.jp', '"a b"@example.jp'),
        ("o'hara+tag@localhost", "o'hara+tag@localhost"),
    ],
)
def test_addresses_on_the_wire(given_address: str, wire: str) -> None:
    assert to_wire_address(given_address) == wire


@pytest.mark.parametrize(
    "bad",
    [
        "", "a", "@b.jp", "a@", "a b@c.jp", "a@b..jp", "a@-b.jp", "a@b.jp>", "<a@b.jp", "a@b c",
        "山田@example.jp", "x" * 65 + "@b.jp", "a@" + "b." * 130 + "jp", "a@\u200d.jp", 'a"b@c.jp',
        "a@b.jp\n", "a@[127.0.0.1]",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(bad: str) -> None:
    with pytest.raises(InvalidInputError):
        to_wire_address(bad)


def test_one_instant_is_written_in_the_zone_it_was_given_in() -> None:
    tokyo = AT.astimezone(timezone(timedelta(hours=9)))
    assert tokyo == AT
    dates = [
        email.message_from_bytes(build_email(msgspec.structs.replace(CONTENT, date_at=at)))["Date"]
        for at in (AT, tokyo, AT)
    ]
    assert [date.rpartition(" ")[2] for date in dates] == ["+0000", "+0900", "+0000"]
