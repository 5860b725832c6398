"""Takes our own messages apart for providers that want fields instead of a message."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses

import msgspec

# What providers write themselves, or refuse to be given.
_THEIRS = frozenset(
    {
        "from", "to", "subject", "reply-to", "date", "mime-version", "content-type",
        "content-transfer-encoding", "dkim-signature", "cc", "bcc", "received", "return-path",
    }
)  # fmt: skip


class MailFields(msgspec.Struct, frozen=True, kw_only=True):
    """A message in pieces, decoded. `headers` are those that are neither address nor content."""

    from_address: str
    from_name: str
    to_name: str
    reply_to: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]


def read_fields(data: bytes) -> MailFields:
    """Take apart a message that `build_email` made."""
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what policy.default makes
    from_name, from_address = _mailbox(message, "From")
    return MailFields(
        from_address=from_address,
        from_name=from_name,
        to_name=_mailbox(message, "To")[0],
        reply_to=_mailbox(message, "Reply-To")[1],
        subject=str(message["Subject"] or ""),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        headers={
            name: str(value) for name, value in message.items() if name.lower() not in _THEIRS
        },
    )


def _mailbox(message: EmailMessage, name: str) -> tuple[str, str]:
    found = getaddresses([str(message[name] or "")])
    return found[0] if found else ("", "")


def _body(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    return str(part.get_content()) if part is not None else ""
