import asyncio
from base64 import b64decode
from datetime import UTC, datetime

import pytest

from http_peer import DROP, STALL, serving
from kikubari.deliver.mime import EmailContent, build_email
from kikubari.deliver.providers.http import HttpTransport, open_provider
from kikubari.deliver.providers.http.client import (
    MAX_ANSWER,
    GuardedClient,
    HttpAnswer,
    HttpLost,
    is_public,
)
from kikubari.deliver.providers.http.sendgrid import SendGrid
from kikubari.deliver.providers.http.sigv4 import sign
from kikubari.deliver.providers.smtp import (
    Abandoned,
    Accepted,
    ConnectionLost,
    PermanentRefusal,
    TemporaryRefusal,
)
from kikubari.kit.clock import ManualClock
from kikubari.spec.errors import InvalidInputError

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TOKEN = "q" * 44
FROM = f"bounces+{TOKEN}@shop.example"
MAIL = build_email(
    EmailContent(
        message_id="<1@shop.example>",
        date_at=NOW,
        from_address="news@shop.example",
        from_name="気配り商店",
        reply_to="care@shop.example",
        to_address="hanako@example.jp",
        to_name="山田 花子",
        subject="秋のお知らせ、新しいお茶が届きました。どうぞご覧ください。",
        html="<p>こんにちは</p>",
        text="こんにちは",
        list_id="news.shop.example",
        list_unsubscribe_url="https://mail.shop.example/u/x",
        is_one_click=True,
    )
)
URLS = {
    "sendgrid": "sendgrid://apikey:SG.secret@",
    "postmark": "postmark://token:PM-secret@",
    "ses": "ses://AKID:AWS-secret@ap-northeast-1",
}
EVERY = pytest.mark.parametrize("name", sorted(URLS))


def transport(name: str, url: str, **options: str) -> HttpTransport:
    extra = "".join(f"&{key}={value}" for key, value in options.items())
    return open_provider(f"{URLS[name]}?endpoint={url}{extra}", size=2, clock=ManualClock(NOW))


def send(of: HttpTransport, *, times: int = 1, passes: bool = True, data: bytes = MAIL):
    async def go() -> list:
        async def gate() -> bool:
            return passes

        try:
            return [
                await of.send(FROM, "hanako@example.jp", data, before_final_dot=gate)
                for _ in range(times)
            ]
        finally:
            await of.close()

    return asyncio.run(go())


def test_sendgrid_gets_the_message_in_its_own_form_with_its_tracking_off():
    with serving((202, {"X-Message-Id": "sg-1"}, {})) as peer:
        (outcome,) = send(transport("sendgrid", peer.url))
    assert outcome == Accepted(202, "sg-1")
    path, headers, body = peer.requests[0]
    assert (path, headers["authorization"]) == ("/v3/mail/send", "Bearer SG.secret")
    (person,) = body["personalizations"]
    assert person["to"] == [{"email": "hanako@example.jp", "name": "山田 花子"}]
    assert person["custom_args"] == {"kikubari_message": TOKEN}
    assert body["from"] == {"email": "news@shop.example", "name": "気配り商店"}
    assert body["reply_to"] == {"email": "care@shop.example"}
    assert body["subject"].startswith("秋のお知らせ")
    assert [one["type"] for one in body["content"]] == ["text/plain", "text/html"]
    assert body["headers"]["List-Unsubscribe"] == "<https://mail.shop.example/u/x>"
    assert body["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    forbidden = {"from", "to", "subject", "reply-to", "content-type", "dkim-signature"}
    assert not forbidden & {one.lower() for one in body["headers"]}
    assert not any(one["enable"] for one in body["tracking_settings"].values())


def test_postmark_gets_the_message_in_its_own_form_with_its_tracking_off():
    with serving((200, {}, {"ErrorCode": 0, "MessageID": "pm-1"})) as peer:
        (outcome,) = send(transport("postmark", peer.url, stream="news"))
    assert isinstance(outcome, Accepted)
    path, headers, body = peer.requests[0]
    assert (path, headers["x-postmark-server-token"]) == ("/email", "PM-secret")
    assert body["From"] == '"気配り商店" <news@shop.example>'
    assert body["To"] == '"山田 花子" <hanako@example.jp>'
    assert (body["MessageStream"], body["Metadata"]) == ("news", {"kikubari": TOKEN})
    assert (body["TrackOpens"], body["TrackLinks"]) == (False, "None")
    assert body["TextBody"].strip() == "こんにちは"
    assert {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"} in body[
        "Headers"
    ]


def test_ses_gets_the_very_octets_signed():
    with serving((200, {}, {"MessageId": "ses-1"})) as peer:
        (outcome,) = send(transport("ses", peer.url, configuration_set="kikubari"))
    assert isinstance(outcome, Accepted)
    path, headers, body = peer.requests[0]
    assert path == "/v2/email/outbound-emails"
    assert b64decode(body["Content"]["Raw"]["Data"]) == MAIL
    assert body["Destination"] == {"ToAddresses": ["hanako@example.jp"]}
    assert body["FromEmailAddress"] == "news@shop.example"
    assert body["EmailTags"] == [{"Name": "kikubari", "Value": TOKEN}]
    assert body["ConfigurationSetName"] == "kikubari"
    assert headers["x-amz-date"] == "20261120T090000Z"
    assert headers["authorization"].startswith(
        "AWS4-HMAC-SHA256 Credential=AKID/20261120/ap-northeast-1/ses/aws4_request,"
        " SignedHeaders=content-type;host;x-amz-date, Signature="
    )


@pytest.mark.parametrize(
    ("method", "headers", "body", "signature"),
    [
        ("GET", {}, b"", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("POST", {}, b"", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        (
            "POST",
            {"Content-Type": "application/x-www-form-urlencoded"},
            b"Param1=value1",
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        ),
    ],
)
def test_signatures_are_those_of_the_published_suite(method, headers, body, signature):
    """The vectors get-vanilla, post-vanilla and post-x-www-form-urlencoded of AWS."""
    found = sign(
        method,
        "/",
        {"Host": "example.amazonaws.com", "X-Amz-Date": "20150830T123600Z", **headers},
        body,
        access_key="AKIDEXAMPLE",
        secret_key="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        region="us-east-1",
        service="service",
        at=datetime(2015, 8, 30, 12, 36, tzinfo=UTC),
    )
    assert found.endswith(f"Signature={signature}")


@EVERY
def test_when_the_last_gate_says_no_nothing_is_sent(name):
    with serving() as peer:
        assert send(transport(name, peer.url), passes=False) == [Abandoned()]
    assert peer.requests == []


@EVERY
@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_fault_of_theirs_leaves_it_unknown(name, status):
    with serving((status, {}, {})) as peer:
        (outcome,) = send(transport(name, peer.url))
    assert isinstance(outcome, ConnectionLost)
    assert outcome.is_after_dot


@EVERY
def test_no_answer_after_the_request_was_written_is_unknown_and_sent_once(name):
    with serving((DROP, {}, {})) as peer:
        (outcome,) = send(transport(name, peer.url))
    assert isinstance(outcome, ConnectionLost)
    assert outcome.is_after_dot
    assert len(peer.requests) == 1


def test_a_time_out_after_the_request_was_written_is_unknown():
    with serving((STALL, {}, 1.0)) as peer:
        client = GuardedClient(size=1, allows_private=True, seconds=0.2)
        (outcome,) = send(HttpTransport(SendGrid(peer.url, "k"), client, size=1))
    assert isinstance(outcome, ConnectionLost)
    assert outcome.is_after_dot
    assert len(peer.requests) == 1


@EVERY
def test_a_provider_that_cannot_be_reached_got_nothing(name):
    with serving() as peer:
        gone = peer.url
    (outcome,) = send(transport(name, gone))
    assert isinstance(outcome, ConnectionLost)
    assert not outcome.is_after_dot


@pytest.mark.parametrize(
    ("name", "status", "body", "phase", "said"),
    [
        (
            "sendgrid",
            400,
            {"errors": [{"message": "bad to", "field": "personalizations.0.to.0.email"}]},
            "rcpt",
            "bad to",
        ),
        ("sendgrid", 413, {"errors": [{"message": "too big", "field": None}]}, "data", "too big"),
        ("postmark", 422, {"ErrorCode": 406, "Message": "inactive"}, "rcpt", "5.7.1 inactive"),
        ("postmark", 422, {"ErrorCode": 300, "Message": "invalid"}, "data", "5.5.4 invalid"),
        ("ses", 400, {"message": "Email address is not verified"}, "data", "not verified"),
        ("ses", 404, [], "data", "HTTP 404"),
        ("postmark", 422, "?", "data", "HTTP 422"),
    ],
)
def test_a_refusal_is_final(name, status, body, phase, said):
    with serving((status, {}, body)) as peer:
        (outcome,) = send(transport(name, peer.url))
    assert isinstance(outcome, PermanentRefusal)
    assert (outcome.phase, outcome.code) == (phase, status)
    assert said in outcome.text


@EVERY
@pytest.mark.parametrize("status", [401, 403, 302, 307])
def test_trouble_with_the_account_or_the_address_is_not_the_messages_and_nothing_is_followed(
    name, status
):
    with serving() as elsewhere, serving((status, {"Location": elsewhere.url}, {})) as peer:
        (outcome,) = send(transport(name, peer.url))
    assert isinstance(outcome, TemporaryRefusal)
    assert outcome.phase == "auth"
    assert elsewhere.requests == []


@pytest.mark.parametrize(
    ("status", "retry_after", "slept"), [(429, "7", 7), (503, "9000", 30), (429, "Fri, 20", 30)]
)
def test_who_asks_to_wait_is_left_alone_for_so_long(status, retry_after, slept):
    pauses = []

    async def sleep(seconds: float) -> None:
        pauses.append(round(seconds))

    with serving((status, {"Retry-After": retry_after}, {})) as peer:
        client = GuardedClient(size=1, allows_private=True)
        outcomes = send(
            HttpTransport(SendGrid(peer.url, "k"), client, size=1, sleep=sleep), times=2
        )
    assert isinstance(outcomes[0], TemporaryRefusal)
    assert pauses == [slept]
    # What is longer than a wait is worth goes back to the queue.
    is_short = slept < 30
    assert isinstance(outcomes[1], Accepted) is is_short
    assert len(peer.requests) == 1 + is_short


@pytest.mark.parametrize(
    "url",
    [
        "sendgrid://api.sendgrid.com",
        "mailgun://apikey:K@",
        "sendgrid://apikey:K@?colour=red",
        "ses://A:S@evil.example/x",
        "ses://A:S@",
    ],
)
def test_a_setting_that_names_no_provider_is_refused_without_its_secret(url):
    with pytest.raises(InvalidInputError) as caught:
        open_provider(url, size=1, clock=ManualClock(NOW))
    assert "S@" not in f"{caught.value.message}{caught.value.hint}".replace("SECRET_KEY@", "")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "0.0.0.0",  # noqa: S104 - one of those that must not be connected to
        "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::", "2002:a9fe:a9fe::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_known_in_every_disguise(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_public_addresses_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"]
)
def test_a_name_that_leads_inside_is_not_connected_to(host):
    async def go(port: str) -> HttpAnswer | HttpLost:
        client = GuardedClient(size=1)
        try:
            return await client.request("POST", f"http://{host}:{port}/", {}, b"{}")
        finally:
            await client.close()

    with serving() as peer:
        found = asyncio.run(go(peer.url.rpartition(":")[2]))
    assert isinstance(found, HttpLost)
    assert not found.is_written
    assert peer.requests == []


def test_an_answer_without_end_is_cut_off():
    with serving((200, {}, {"x": "y" * 1_000_000})) as peer:

        async def go() -> HttpAnswer | HttpLost:
            client = GuardedClient(size=1, allows_private=True)
            headers = {"Content-Type": "application/json"}
            try:
                return await client.request("POST", peer.url, headers, b"{}")
            finally:
                await client.close()

        found = asyncio.run(go())
    assert isinstance(found, HttpAnswer)
    assert len(found.body) == MAX_ANSWER
