"""Mail that comes back to a running installation: by a mail server's pipe, and by HTTP."""

import asyncio
import json
import smtplib
import subprocess
import threading
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from returned_reports import hard_bounce

from e2e.letter import BROADCAST
from installation import Installation
from kikubari.deliver.providers.inbox import InboxServer, ReceivedMail
from kikubari.kit.clock import SystemClock

ADDRESSES = {f"B{n}": f"b{n}@example.com" for n in range(1, 4)}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    home = tmp_path_factory.mktemp("returning") / "home"
    settings = {
        "BOUNCE_ADDRESS": "bounces@mail.shop.example",
        "DNS_SERVER": "127.0.0.1:1",
        "POSTMARK_WEBHOOK_SECRET": "kikubari:quiet",
    }
    with Installation(home, **settings).served() as running:
        key = running.post("/api/sources", {"name": "shop"})["write_key"]
        with running.stranger() as api:
            for user, address in ADDRESSES.items():
                person = {"userId": user, "traits": {"email": address}}
                api.post("/v1/identify", json=person, auth=(key, "")).raise_for_status()
                agreed = {
                    "userId": user,
                    "event": "Kikubari Consent Changed",
                    "properties": {"purpose": "marketing", "channel": "email", "status": "granted"},
                }
                api.post("/v1/track", json=agreed, auth=(key, "")).raise_for_status()
        running.settle()
        yield running


@pytest.fixture(scope="module")
def broadcast_id(shop):
    draft = shop.post("/api/broadcasts", BROADCAST)["id"]
    shop.post(f"/api/broadcasts/{draft}/send")
    shop.wait(lambda: shop.get(f"/api/broadcasts/{draft}/progress")["state"] == "done")
    return draft


def return_path(shop, address):
    newest, *_ = shop.get("/api/inbox", recipient=address)
    found: str = newest["mail_from"]
    assert found.startswith("bounces+")
    assert found.endswith("@mail.shop.example")
    return found


def pipe(shop, raw, *arguments: str):
    """Hand a message over as a mail server does."""
    return subprocess.run(
        shop.command("mail", "receive", *arguments),
        env=shop.environment,
        input=raw,
        capture_output=True,
        timeout=120,
        check=False,
    )


def test_bounces_come_in_by_pipe_and_by_http_and_are_counted(shop, broadcast_id):
    by_pipe, by_http = return_path(shop, "b1@example.com"), return_path(shop, "b2@example.com")
    done = pipe(shop, hard_bounce("postmaster@shop.example"), "--recipient", by_pipe, "--json")
    assert done.returncode == 0, done.stderr
    assert b'"kind": "bounced"' in done.stdout
    answer = shop.client.post("/hooks/mail", content=hard_bounce(by_http)).raise_for_status()
    assert answer.json() == {"kind": "bounced", "bounce_type": "hard", "status": "5.1.1"}
    shop.settle()
    outcomes = shop.get(f"/api/broadcasts/{broadcast_id}/report")["outcomes"]
    assert (outcomes["sent"], outcomes["bounced"], outcomes["delivered"]) == (3, 2, 1)
    for address in ("b1@example.com", "B2+again@EXAMPLE.com"):
        (entry,) = shop.get("/api/suppressions", address=address)
        assert entry["reason"] == "bounced"


def test_a_forged_bounce_is_taken_and_changes_nothing(shop, broadcast_id):
    forged = f"bounces+{'a' * 44}@mail.shop.example"
    done = pipe(shop, hard_bounce(forged), "--json")
    assert (done.returncode, b'"kind": "not_ours"' in done.stdout) == (0, True)
    assert shop.get("/api/suppressions", address="b3@example.com") == []


class ShopMailbox:
    """The mail server of the shop, which hands over whatever comes in, as a pipe does."""

    def __init__(self, shop: Installation) -> None:
        self._shop = shop
        self.told: list[str] = []

    async def store(self, mail: ReceivedMail) -> None:
        arguments = ("--recipient", mail.envelope_to[0], "--json")
        done = await asyncio.to_thread(pipe, self._shop, mail.raw, *arguments)
        self.told.append(json.loads(done.stdout)["kind"])


@pytest.fixture
def mailbox(shop):
    received = ShopMailbox(shop)
    server = InboxServer(received, SystemClock())
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.start(), loop).result()
    yield received, server.port
    asyncio.run_coroutine_threadsafe(server.stop(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def write_reply(shop, *, answers: str, **headers: str):
    """Write what a mail program sends when somebody answers the newest letter to b3."""
    shop.wait(lambda: shop.get("/api/inbox", recipient="b3@example.com"))
    newest, *_ = shop.get("/api/inbox", recipient="b3@example.com")
    source = shop.get(f"/api/inbox/{newest['id']}")["source"].encode("latin-1")
    letter = BytesParser(policy=policy.default).parsebytes(source)
    reply = EmailMessage()
    reply["From"], reply["To"] = "b3@example.com", letter["From"]
    reply["Subject"] = f"Re: {letter['Subject']}"
    reply["Message-ID"] = f"<{answers}@customers.example>"
    reply["In-Reply-To"] = reply["References"] = letter["Message-ID"]
    for name, value in headers.items():
        reply[name.replace("_", "-")] = value
    reply.set_content(f"{answers}\n\n> Hello")
    return reply


def test_a_reply_begins_a_journey_and_a_vacation_does_not(shop, broadcast_id, mailbox):
    received, port = mailbox
    definition = {
        "name": "Answered",
        "trigger": {"type": "message", "act": "replied", "origin": broadcast_id},
        "start": "bye",
        "steps": [{"type": "end", "id": "bye"}],
        "rules": {
            "goal": {"events": {"event": "Order Completed"}},
            "reentry": {"allowed": True},
        },
    }
    shop.post("/api/journeys", {"id": "answered", "definition": definition})
    shop.post("/api/journeys/answered/publish")
    away = write_reply(shop, answers="away", Auto_Submitted="auto-replied")
    asked = write_reply(shop, answers="asked")
    stranger = write_reply(shop, answers="stranger")
    del stranger["In-Reply-To"], stranger["References"]
    stranger["In-Reply-To"] = f"<{'a' * 44}@shop.example>"
    with smtplib.SMTP("127.0.0.1", port) as client:
        for one in (away, asked, asked, stranger):
            client.send_message(one)
    assert received.told == ["auto_reply", "replied", "replied", "not_a_report"]
    shop.wait(lambda: shop.get("/api/journeys/answered/counts")["conversions"]["entered"] == 1)
    shop.settle()
    assert shop.get("/api/journeys/answered/counts")["conversions"]["entered"] == 1
    [entry] = shop.get("/api/journeys/answered/enrolments/B3")["entries"]
    assert entry["trigger"] == "Email Replied"


def test_strangers_and_keys_that_only_read_hand_nothing_in(shop):
    raw = hard_bounce("x@mail.shop.example")
    reader = shop.post("/api/keys", {"name": "reader", "scopes": ["read"]})["secret"]
    with shop.stranger() as nobody, shop.stranger(authorization=f"Bearer {reader}") as some:
        assert nobody.post("/hooks/mail", content=raw).status_code == 401
        assert some.post("/hooks/mail", content=raw).status_code == 403


def test_a_provider_reports_with_its_own_proof(shop, broadcast_id):
    token = return_path(shop, "b3@example.com").partition("@")[0].partition("+")[2]
    record = {"RecordType": "SpamComplaint", "ID": 1, "Metadata": {"kikubari": token}}
    with shop.stranger() as postmark:
        assert postmark.post("/hooks/postmark", json=record).status_code == 401
        assert postmark.post("/hooks/sendgrid", json=[]).status_code == 404
        proof = ("kikubari", "quiet")
        for recorded in (1, 0):
            answer = postmark.post("/hooks/postmark", json=record, auth=proof)
            assert answer.raise_for_status().json() == {"n_reports": 1, "n_recorded": recorded}
    (entry,) = shop.get("/api/suppressions", address="b3@example.com")
    assert entry["reason"] == "complained"
    assert "quiet" not in shop.run("settings").stdout


def test_a_sender_is_checked_and_what_fails_is_told(shop):
    report = shop.get("/api/senders/shop.example/check")
    levels = {one["code"]: one["level"] for one in report["findings"]}
    assert (levels["one_click"], levels["postal_address"]) == ("fail", "fail")
    done = shop.run("senders", "check", "shop.example", status=1)
    assert "KIKUBARI_SHOP_ADDRESS" in done.stdout


def test_a_mail_server_keeps_what_cannot_be_taken_now(shop):
    note = shop.home / "server.json"
    whole = note.read_text()
    note.write_text(whole.replace(shop.owner["token"], "of somebody else"))
    try:
        assert pipe(shop, b"Subject: x\n\n").returncode == 75
    finally:
        note.write_text(whole)
