import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from kikubari.deliver import InboxStore
from kikubari.deliver.mime import EmailContent, build_email
from kikubari.deliver.providers.inbox import ReceivedMail
from kikubari.spec.errors import NotFoundError

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def mail(number=1, *, subject="秋のお知らせ", raw=None):
    content = EmailContent(
        message_id=f"<{number}@shop.example>",
        date_at=NOW,
        from_address="news@shop.example",
        to_address=f"p{number}@example.jp",
        to_name="山田花子",
        subject=subject,
        html="<p>こんにちは</p>",
        text="こんにちは",
    )
    return ReceivedMail(
        "news@shop.example",
        (f"p{number}@example.jp",),
        build_email(content) if raw is None else raw,
        NOW + timedelta(seconds=number),
    )


def keep(inbox, *mails: ReceivedMail):
    async def store():
        for one in mails:
            await inbox.store(one)

    asyncio.run(store())


def test_a_message_is_shown_as_it_came(state):
    inbox = InboxStore(state)
    received = mail()
    keep(inbox, received)
    [entry] = inbox.list_mail()
    assert (entry.subject, entry.rcpt_to) == ("秋のお知らせ", ["p1@example.jp"])
    assert entry.n_bytes == len(received.raw)
    shown = inbox.get(entry.id)
    assert shown.source == received.raw
    assert (shown.text.strip(), shown.html.strip()) == ("こんにちは", "<p>こんにちは</p>")
    assert ("Subject", "秋のお知らせ") in shown.headers


def test_newest_first_page_by_page_and_searched(state):
    inbox = InboxStore(state)
    keep(inbox, *(mail(n, subject=f"Offer {n}% off_") for n in range(1, 6)))
    first = inbox.list_mail(limit=2)
    assert [entry.rcpt_to[0] for entry in first] == ["p5@example.jp", "p4@example.jp"]
    rest = inbox.list_mail(before_id=first[-1].id)
    assert len(rest) == 3
    assert [e.subject for e in inbox.list_mail(search="OFFER 3%")] == ["Offer 3% off_"]
    assert len(inbox.list_mail(search="P2@example")) == 1
    assert inbox.list_mail(search="%_%") == []


def test_only_the_newest_are_kept(state):
    inbox = InboxStore(state, kept=3)
    keep(inbox, *(mail(n) for n in range(1, 10)))
    assert inbox.count() == 3
    assert inbox.list_mail()[0].rcpt_to == ["p9@example.jp"]


@pytest.mark.parametrize(
    "raw",
    [
        b"\r\n",
        b"Subject: =?no-such-charset?B?gICA?=\r\n\r\n\xff\xfe\x00body\r\n",
        b"Subject: a\x00b\r\nContent-Type: text/html; charset=nope\r\n\r\n<p>\xe3\x81</p>\r\n",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n",
        b"Subject: \xed\xa0\x80\r\n\r\nx\r\n",
        b"not a header at all",
    ],
)
def test_whatever_anybody_sends_is_kept_and_shown(state, raw):
    inbox = InboxStore(state)
    keep(inbox, mail(raw=raw))
    [entry] = inbox.list_mail()
    assert inbox.get(entry.id).source == raw


def test_japanese_mail_in_old_encodings_is_readable(state):
    inbox = InboxStore(state)
    raw = (
        b"Subject: =?ISO-2022-JP?B?GyRCPSkbKEI=?=\r\n"
        b"Content-Type: text/plain; charset=ISO-2022-JP\r\n\r\n\x1b$B$3$s\x1b(B\r\n"
    )
    keep(inbox, mail(raw=raw))
    [entry] = inbox.list_mail()
    assert entry.subject == "秋"
    assert inbox.get(entry.id).text.startswith("こん")


def test_an_unknown_id_is_not_found(state):
    with pytest.raises(NotFoundError):
        InboxStore(state).get(1)
