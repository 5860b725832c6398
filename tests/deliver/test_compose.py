import asyncio
import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from urllib.parse import unquote

import dkim
import pytest

from kikubari.decide.personalise import (
    EmailTemplateSource,
    EmailVariant,
    Facts,
    RenderError,
    compile_email,
)
from kikubari.deliver import (
    Claimed,
    ComposeItem,
    ComposeShared,
    Dispatch,
    DispatchState,
    Letter,
    MailSettings,
    Origin,
    Purpose,
    Reason,
    SandboxComposer,
    Sender,
    TrackingTokens,
    compose,
    dns_record,
    generate_rsa_key,
)
from kikubari.kit.clock import ManualClock
from kikubari.testing.deliver import person

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
KEY = b"t" * 32
TOKENS = TrackingTokens(KEY)
BASE = "https://mail.shop.example"
HTML = (
    "<html><body><p>{{ customer.name }} 様</p>"
    '<a href="https://shop.example/sale?a=1&amp;b={{ customer.code }}">見る</a>'
    '<a href="mailto:help@shop.example">help</a>'
    '<a href="{{ unsubscribe_url }}">停止</a></body></html>'
)


def a_letter(html=HTML, **changes):
    source = EmailTemplateSource(
        variants={"ja": EmailVariant(subject="{{ customer.name }}様へ", html=html)},
        default_language="ja",
    )
    sender = Sender(
        from_address="news@shop.example", from_name="気配り商店", list_id="news.shop.example"
    )
    return Letter(email=compile_email(source), sender=sender, **changes)


def shared(letter=None, **changes):
    return ComposeShared(letter=letter or a_letter(), base_url=BASE, tracking_key=KEY, **changes)


def item(**changes):
    values = {
        "message_id": 77,
        "address": "hanako@example.jp",
        "name": "山田花子",
        "language": "ja",
        "timezone": "Asia/Tokyo",
        "is_tracked": True,
        "facts": Facts({"customer": {"name": "山田花子", "code": "x1"}}),
        "now": NOW,
        **changes,
    }
    return ComposeItem(**values)


def opened(data):
    return message_from_bytes(data, policy=policy.default)


def html_of(data):
    return opened(data).get_body(("html",)).get_content()


def test_a_message_is_personal_and_complete():
    message = opened(compose(shared(), item()).data)
    assert message["Subject"] == "山田花子様へ"
    assert message["To"].addresses[0].display_name == "山田花子"
    assert "山田花子 様" in message.get_body(("html",)).get_content()
    assert "山田花子 様" in message.get_body(("plain",)).get_content()
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = message["List-Unsubscribe"].strip("<>")
    assert TOKENS.find_unsubscribe(url.removeprefix(f"{BASE}/u/")).message_id == 77


def test_those_who_agreed_get_signed_links_and_a_pixel():
    markup = html_of(compose(shared(), item()).data)
    [(token, index, target)] = re.findall(rf'"{BASE}/c/([\w-]+)/(\d+)\?u=([^"]+)"', markup)
    link = TOKENS.find_click(token, index, unquote(target))
    assert link.url == "https://shop.example/sale?a=1&b=x1"
    [pixel] = re.findall(rf'<img src="{BASE}/o/([\w-]+)"', markup)
    assert TOKENS.find_open(pixel).message_id == 77
    assert "mailto:help@shop.example" in markup
    assert re.search(rf'href="{BASE}/u/[\w-]+"', markup)
    assert markup.index("<img") < markup.index("</body>")


def test_those_who_agreed_get_a_link_that_nobody_sees_before_all_others():
    composed = compose(shared(), item()).data
    markup = html_of(composed)
    [(tag, trap)] = re.findall(rf'(<a href="{BASE}/t/([\w-]+)"[^>]*></a>)', markup)
    assert TOKENS.find_trap(trap).message_id == 77
    assert TOKENS.find_open(trap) is TOKENS.find_unsubscribe(trap) is None
    for unseen in ('aria-hidden="true"', 'tabindex="-1"', "display:none"):
        assert unseen in tag
    assert markup.index("<body") < markup.index(tag) < markup.index(f"{BASE}/c/")
    assert "/t/" not in opened(composed).get_body(("plain",)).get_content()


@pytest.mark.parametrize("has_tracking", [True, False])
def test_others_get_plain_links_and_no_pixel(has_tracking):
    # Who did not agree, in any broadcast; and everybody, in one without tracking.
    letter = a_letter(has_tracking=has_tracking)
    markup = html_of(compose(shared(letter), item(is_tracked=not has_tracking)).data)
    assert f"{BASE}/c/" not in markup
    assert f"{BASE}/o/" not in markup
    assert f"{BASE}/t/" not in markup
    assert "<img" not in markup
    assert "https://shop.example/sale" in markup


def test_nothing_in_an_address_names_the_person():
    data = compose(shared(), item(facts=Facts({"customer": {"name": "山田"}}))).data
    for url in re.findall(
        rf"{BASE}[^\s\"<>]+", html_of(data) + str(opened(data)["List-Unsubscribe"])
    ):
        assert "hanako" not in url
        assert "77" not in url.split("?")[0].split("/")[-1]


def test_a_transactional_message_has_no_list_headers():
    letter = a_letter("<p>ご注文ありがとうございます</p>", purpose=Purpose.TRANSACTIONAL)
    message = opened(compose(shared(letter), item()).data)
    assert message["List-Unsubscribe"] is None
    assert message["List-Id"] is None


def test_the_same_message_again_is_the_same_octets():
    assert compose(shared(), item()).data == compose(shared(), item()).data
    other = compose(shared(), item(message_id=78)).data
    assert opened(other)["Message-ID"] != opened(compose(shared(), item()).data)["Message-ID"]


def test_the_signature_verifies():
    key = generate_rsa_key("s1")
    data = compose(shared(dkim_keys=(key,)), item()).data
    record = dns_record(key, "shop.example")
    found = dkim.verify(data, dnsfunc=lambda name, timeout=5: record.value.encode())
    assert found
    signed = opened(data)["DKIM-Signature"].replace(" ", "").lower()
    assert "list-unsubscribe:" in signed
    assert "list-unsubscribe-post" in signed


def test_the_record_holds_each_fact_that_was_used():
    record = compose(shared(), item()).record.decode()
    assert '"path":"customer.name","use":"printed"' in record
    assert '"subject":"山田花子様へ"' in record


@pytest.mark.parametrize("name", ["山田\r\nBcc: all@example.com", "a\nSubject: x", "a\u2028b"])
def test_no_fact_can_add_a_header(name):
    data = compose(shared(), item(facts=Facts({"customer": {"name": name, "code": "1"}}))).data
    assert opened(data)["Bcc"] is None
    assert len(opened(data).get_all("Subject")) == 1


def test_a_recipient_name_with_a_line_end_is_written_in_one():
    message = opened(compose(shared(), item(name="山田\r\nBcc: all@example.com\0")).data)
    assert message["Bcc"] is None
    assert message["To"].addresses[0].addr_spec == "hanako@example.jp"


def test_a_template_that_fails_for_these_facts_says_so():
    letter = a_letter('{{ customer.name | divided_by: 0 }}<a href="{{ unsubscribe_url }}">x</a>')
    with pytest.raises(RenderError):
        compose(shared(letter), item())


def test_worker_processes_make_the_rest_when_one_fails():
    letter = a_letter(
        "{% if customer.code == 'bad' %}{% for i in (1..10000) %}{% for j in (1..10000) %}x"
        "{% endfor %}{% endfor %}{% endif %}{{ customer.code }}"
    )
    dispatch = Dispatch(
        id=1,
        origin=Origin("broadcast", "b"),
        state=DispatchState.RUNNING,
        letter=letter,
        letter_key=b"",
    )
    people = [
        (Claimed(n, 1, n, 1, 0, NOW), person(n, facts=Facts({"customer": {"code": code}})))
        for n, code in enumerate(["a", "bad", "c"], start=1)
    ]
    settings = MailSettings(base_url=BASE, tracking_key=KEY)
    composer = SandboxComposer(settings, ManualClock(NOW), workers=1)
    try:
        composed = asyncio.run(composer.compose(dispatch, people))
    finally:
        composer.close()
    assert [one.stopped_by for one in composed] == [None, Reason.RENDER_FAILED, None]
    assert opened(composed[2].data)["To"] == "p3@example.com"
