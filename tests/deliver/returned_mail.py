"""Mail as servers of many makes send it back; `to` is the signed return path."""

import base64

TO_PLACE = "RETURN_PATH"


def report(
    to: str,
    fields: str,
    *,
    text: str = "I'm sorry to have to inform you that your message could not be delivered.",
    returned: str = "Subject: Hello\n",
    encoding: str = "7bit",
    head: str = "Auto-Submitted: auto-replied\n",
) -> bytes:
    """A delivery status notification in the form of RFC 3464, as Postfix writes it."""
    status = fields if encoding == "7bit" else base64.encodebytes(fields.encode()).decode()
    return (
        f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net (Mail Delivery System)\n"
        f"To: {to}\nSubject: Undelivered Mail Returned to Sender\n{head}"
        "MIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B/mx"\n\n'
        f"--B/mx\nContent-Type: text/plain; charset=us-ascii\n\n{text}\n\n"
        f"--B/mx\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: {encoding}\n\n"
        f"{status}\n"
        f"--B/mx\nContent-Type: text/rfc822-headers\n\n{returned}\n--B/mx--\n"
    ).encode()


def fields(status: str, said: str = "", *, action: str = "failed") -> str:
    diagnostic = f"Diagnostic-Code: smtp; {said}\n" if said else ""
    return (
        "Reporting-MTA: dns; mx.example.net\nX-Postfix-Sender: rfc822; news@shop.example\n"
        "Arrival-Date: Fri, 20 Nov 2026 18:00:00 +0900 (JST)\n\n"
        "Final-Recipient: rfc822; p1@example.com\n"
        f"Action: {action}\nStatus: {status}\nRemote-MTA: dns; mx1.example.com\n{diagnostic}"
    )


def complaint(to: str, feedback_type: str, *, returned: str) -> bytes:
    """A complaint in the form of RFC 5965."""
    return (
        f"From: <feedback@isp.example>\nTo: {to}\nSubject: FW: Hello\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=feedback-report;\n boundary=fbl\n\n"
        "--fbl\nContent-Type: text/plain\n\nThis is an email abuse report.\n\n"
        "--fbl\nContent-Type: message/feedback-report\n\n"
        f"Feedback-Type: {feedback_type}\nUser-Agent: SomeGenerator/1.0\nVersion: 1\n"
        "Arrival-Date: Fri, 20 Nov 2026 14:00:00 +0000\nReported-Domain: shop.example\n\n"
        f"--fbl\nContent-Type: message/rfc822\nContent-Disposition: inline\n\n{returned}\n"
        "--fbl--\n"
    ).encode()


QMAIL = """Return-Path: <>
From: MAILER-DAEMON@mx.example.net
To: RETURN_PATH
Subject: failure notice

Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<p1@example.com>:
Sorry, no mailbox here by that name. (#5.1.1)
"""

EXIM = """Return-path: <>
From: Mail Delivery System <Mailer-Daemon@exim.example.net>
To: RETURN_PATH
Auto-Submitted: auto-replied
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

  p1@example.com
    host mx.example.com [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<p1@example.com>:
    550 Requested action not taken: mailbox over quota
"""

CARRIER = (
    b"Return-Path: <>\nFrom: Mail Delivery Subsystem <MAILER-DAEMON@carrier.example>\n"
    b"To: RETURN_PATH\nSubject: =?ISO-2022-JP?B?GyRCJSglaSE8JWEhPCVrGyhC?=\n"
    b"Content-Type: text/plain; charset=ISO-2022-JP\nContent-Transfer-Encoding: 7bit\n\n"
) + "以下の宛先が見つかりませんでした。\nユーザーは存在しません。\n".encode("iso-2022-jp")

SHIFT_JIS = (
    b"Return-Path: <>\nFrom: postmaster@carrier.example\nTo: RETURN_PATH\n"
    b"Subject: Returned mail\nContent-Type: text/plain; charset=Shift_JIS\n"
    b"Content-Transfer-Encoding: base64\n\n"
) + base64.encodebytes("受信拒否設定のため①配信できませんでした。".encode("cp932"))

UNLABELLED = (
    b"Return-Path: <>\nFrom: postmaster@carrier.example\nTo: RETURN_PATH\nSubject: Error\n\n"
    + "メールボックスの容量を超えています。\n".encode("cp932")
)

VACATION = """Return-Path: <p1@example.com>
From: p1@example.com
To: RETURN_PATH
Subject: Re: Hello
Auto-Submitted: auto-replied (vacation)

I am away. If it is urgent: 550 Main Street, extension 5.1.1.
"""

AWAY_IN_JAPANESE = """From: p1@example.com
To: RETURN_PATH
Subject: =?UTF-8?B?6Ieq5YuV6L+U5L+h?=

User unknown to me. 550 5.1.1
"""

PERSON = """Return-Path: <p1@example.com>
From: p1@example.com
To: RETURN_PATH
Subject: Re: Hello

Your system says 550 5.1.1 user unknown, what does that mean?
"""


def addressed(mail: str | bytes, to: str) -> bytes:
    raw = mail.encode() if isinstance(mail, str) else mail
    return raw.replace(TO_PLACE.encode(), to.encode())
