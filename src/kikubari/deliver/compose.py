"""From a person's facts to signed octets; runs inside a sandboxed worker process.

Everything here is a pure function of what it is given. What is the same for all messages of a
dispatch arrives once per worker, and parsed templates and keys are kept between messages.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

import msgspec

from kikubari.decide.guard import (
    LAW,
    NO_SIGNAL,
    OBJECTED_PROFILING,
    FactOfUse,
    GuardNote,
    GuardPolicy,
    Level,
    Moment,
    Standing,
    with_lineage,
)
from kikubari.decide.personalise import (
    Facts,
    InPieces,
    RenderedEmail,
    RenderSettings,
    render_email_in_pieces,
)
from kikubari.decide.reason import (
    MARK,
    Basis,
    ReasonLine,
    ReasonLinks,
    build_reason,
    place_reason,
    rests_on_more_than_told,
)
from kikubari.deliver.contracts import Composed, Letter, MessageRecord, Purpose
from kikubari.deliver.coupons import MessageCoupon
from kikubari.deliver.dkim import DkimKey, DkimSigner
from kikubari.deliver.judging import Judged, MessageJudge
from kikubari.deliver.message_links import MessageLinks
from kikubari.deliver.mime import AssembledEmail, EmailContent, assemble_email, message_id_for
from kikubari.deliver.reasons import Reason
from kikubari.deliver.tracking import TrackingTokens
from kikubari.spec.envelope import DEFAULT_WORKSPACE

# Stands in judged words for the name of the shop; shorter names are parts of other words.
_SOME_SHOP = "Acme"
_SHORTEST_NAME = 4
_encode_record = msgspec.json.Encoder().encode


class ComposeShared(msgspec.Struct, frozen=True, kw_only=True):
    """What all messages of a dispatch share.

    Attributes:
        letter: template and sender.
        base_url: where the public pages are, such as ``https://mail.shop.example``.
        tracking_key: secret of `TrackingTokens`.
        dkim_keys: of the sender's domain; none leaves the message unsigned.
        content: what templates may read beside the person: shop, campaign.
        currency: of amounts that carry none.
        guard_policy: JSON of the guard's `GuardPolicy`; empty: the law alone.
        topic_ja, topic_en: what the letter is about, as the preference page calls it.
    """

    letter: Letter
    base_url: str
    tracking_key: bytes
    dkim_keys: tuple[DkimKey, ...] = ()
    content: dict[str, Any] = {}
    currency: str = "JPY"
    workspace_id: int = DEFAULT_WORKSPACE
    guard_policy: bytes = b""
    topic_ja: str = ""
    topic_en: str = ""


class ComposeItem(msgspec.Struct, frozen=True, kw_only=True):
    """One message to make; `now` goes into its Date and is what templates call now.

    `standing` is what the person has said about the use of what is known of them, `consented_at`
    and `consent_source` tell of their consent to this purpose.
    """

    message_id: int
    address: str
    name: str
    language: str
    timezone: str
    is_tracked: bool
    facts: Facts
    now: datetime
    is_zone_assumed: bool = False
    standing: Standing = Standing()
    consented_at: datetime | None = None
    consent_source: str = ""
    coupon: MessageCoupon | None = None
    has_open_day: bool = False


_STOPS = {Level.HOLD: Reason.GUARD_HELD, Level.BLOCK: Reason.GUARD_BLOCKED}


def compose(shared: ComposeShared, item: ComposeItem) -> Composed:
    """Render, judge, build and sign one message; errors are those of `compose_in_pieces`."""
    made = compose_in_pieces(shared, item)
    return msgspec.structs.replace(made.value, data=b"".join(made.pieces))


def compose_in_pieces(shared: ComposeShared, item: ComposeItem) -> InPieces[Composed]:
    """Do what `compose` does; the message's octets come beside, in pieces of whole lines.

    Raises:
        RenderError: the template cannot work with these facts.
        InvalidInputError: something rendered cannot stand in a message.
    """
    started = time.process_time()
    made, pieces = _compose(shared, item)
    took = time.process_time() - started
    return InPieces(msgspec.structs.replace(made, cpu_seconds=took), pieces)


def _compose(shared: ComposeShared, item: ComposeItem) -> tuple[Composed, Sequence[bytes]]:
    """Return what came of it, and the message's octets: none if it must not leave."""
    if not all(_is_there(item.facts, path) for path in shared.letter.only_with):
        return Composed(stopped_by=Reason.NOTHING_LEFT), ()
    tokens = _tokens(shared.tracking_key, shared.workspace_id)
    links = MessageLinks(shared.base_url, tokens, item.message_id)
    rendered, html = _render(shared, item, links)
    note = _judge(_judge_by(shared.guard_policy), shared.letter, item, rendered)
    line = _reason(shared, item, rendered)
    told_only = item.standing.privacy_signal != NO_SIGNAL
    record = _record(rendered, line, note, item.coupon, told_only=told_only)
    if note.level in _STOPS:
        return Composed(record=record, guard=note, stopped_by=_STOPS[note.level]), ()
    email = _assemble(shared, item, rendered, html, line=line, links=links)
    return Composed(record=record, guard=note), email.to_pieces(_sign(shared, item, email))


def _render(
    shared: ComposeShared, item: ComposeItem, links: MessageLinks
) -> tuple[RenderedEmail, list[str]]:
    content = {
        **shared.content,
        "unsubscribe_url": links.unsubscribe,
        "preferences_url": links.preferences,
        "reason": MARK,
        "coupon": _coupon_content(shared.letter, item),
    }
    settings = RenderSettings(
        language=item.language, timezone=item.timezone, currency=shared.currency, now=item.now
    )
    return render_email_in_pieces(
        shared.letter.email, item.facts, content=content, settings=settings
    )


def _assemble(
    shared: ComposeShared,
    item: ComposeItem,
    rendered: RenderedEmail,
    html: list[str],
    *,
    line: ReasonLine,
    links: MessageLinks,
) -> AssembledEmail:
    """Put links, reason and parts together."""
    # First the links: those of the reason are never counted.
    if item.is_tracked and shared.letter.has_tracking:
        html = links.track(html)
    elif item.has_open_day and shared.letter.has_tracking:
        html = links.note_open_day(html, rendered.language)
    placed = place_reason(
        html,
        rendered.text,
        line,
        ReasonLinks(links.preferences, links.unsubscribe),
        is_appended=_is_reason_due(shared.letter, item, rendered),
    )
    rendered = msgspec.structs.replace(rendered, subject=_plain(rendered.subject), text=placed.text)
    return assemble_email(_content(shared, item, rendered, placed.html, links))


def _sign(shared: ComposeShared, item: ComposeItem, email: AssembledEmail) -> bytes:
    signer = _signer(_domain_of(shared.letter.sender.from_address), shared.dkim_keys)
    if signer is None:
        return b""
    return signer.sign_fields(email.fields, email.relaxed_body_hash(), signed_at=item.now)


def _is_there(facts: Facts, path: str) -> bool:
    """Say whether there is something at a path of a person's facts."""
    found: Any = facts.values
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return bool(found)


def _judge(
    judge: MessageJudge, letter: Letter, item: ComposeItem, rendered: RenderedEmail
) -> GuardNote:
    """Return what the guard says; what has no reason line yet gets one where it is due."""
    sender = letter.sender.from_name
    words = msgspec.structs.replace(
        rendered,
        subject=_said(rendered.subject, sender),
        preheader=_said(rendered.preheader, sender),
        text=_said(rendered.text, sender),
    )
    moment = Moment(
        at=item.now,
        zone=item.timezone,
        is_zone_assumed=item.is_zone_assumed,
        purpose=letter.purpose.value,
        gives=letter.gives,
    )
    selected_by = with_lineage(_choosing(letter, item), item.facts.lineage)
    return judge.judge(words, Judged(moment, _standing(letter, item), selected_by))


def _standing(letter: Letter, item: ComposeItem) -> Standing:
    """Return what the guard learns of a person.

    Who objects to profiling gets what they need all the same: an order's number, a new password.
    What is not theirs to have in it was left out of their facts.
    """
    is_objecting = item.standing.privacy_signal == OBJECTED_PROFILING
    if is_objecting and letter.purpose is Purpose.TRANSACTIONAL:
        return msgspec.structs.replace(item.standing, privacy_signal=NO_SIGNAL)
    return item.standing


def _reason(shared: ComposeShared, item: ComposeItem, rendered: RenderedEmail) -> ReasonLine:
    letter = shared.letter
    is_ja = rendered.language.startswith("ja")
    basis = Basis(
        is_marketing=letter.purpose is Purpose.MARKETING,
        topic=shared.topic_ja if is_ja else shared.topic_en,
        consented_at=item.consented_at,
        consent_source=item.consent_source,
    )
    return build_reason(
        basis,
        rendered.facts,
        language=rendered.language,
        zone=item.timezone,
        chosen_by=with_lineage(_choosing(letter, item), item.facts.lineage),
    )


def _choosing(letter: Letter, item: ComposeItem) -> tuple[FactOfUse, ...]:
    """Return the facts that chose the person, and those that chose their offer."""
    return letter.selected_by + (item.coupon.chosen_by if item.coupon else ())


def _coupon_content(letter: Letter, item: ComposeItem) -> dict[str, Any]:
    coupon = item.coupon
    if coupon is None:
        return {}
    is_known = item.language in letter.email.variants
    language = item.language if is_known else letter.email.default_language
    return {
        "code": coupon.code,
        "expires_at": coupon.expires_at,
        "benefit": coupon.benefit_ja if language.startswith("ja") else coupon.benefit_en,
    }


def _is_reason_due(letter: Letter, item: ComposeItem, rendered: RenderedEmail) -> bool:
    """Say whether a message rests on more than what the person told: then it says so."""
    return letter.purpose is Purpose.MARKETING and (
        bool(_choosing(letter, item)) or rests_on_more_than_told(rendered.facts)
    )


def _said(text: str, sender: str) -> str:
    """Return what a text says besides its sender's name: “Teapot & Sons” tells of nobody's sons."""
    plain = _plain(text)
    return plain.replace(sender, _SOME_SHOP) if len(sender) >= _SHORTEST_NAME else plain


def _plain(text: str) -> str:
    return text.replace(MARK, "")


def _content(
    shared: ComposeShared,
    item: ComposeItem,
    rendered: RenderedEmail,
    html: Sequence[str],
    links: MessageLinks,
) -> EmailContent:
    sender = shared.letter.sender
    is_marketing = shared.letter.purpose is Purpose.MARKETING
    return EmailContent(
        message_id=message_id_for(links.reply_token, _domain_of(sender.from_address)),
        date_at=item.now,
        from_address=sender.from_address,
        from_name=sender.from_name,
        reply_to=sender.reply_to,
        to_address=item.address,
        to_name=_one_line(item.name),
        subject=rendered.subject,
        html=html,
        text=rendered.text,
        list_id=sender.list_id if is_marketing else "",
        list_unsubscribe_url=links.unsubscribe if is_marketing else "",
        is_one_click=is_marketing,
    )


def _record(
    rendered: RenderedEmail,
    line: ReasonLine,
    note: GuardNote,
    coupon: MessageCoupon | None,
    *,
    told_only: bool,
) -> bytes:
    return _encode_record(
        MessageRecord(
            subject=_plain(rendered.subject),
            language=rendered.language,
            # The encoder writes them as the mappings that readers of a record see.
            facts=cast("list[dict[str, object]]", rendered.facts),
            reason=line.text,
            guard=note,
            coupon=coupon,
            recommended=rendered.recommended,
            told_only=told_only,
        )
    )


@lru_cache(maxsize=8)
def _judge_by(policy: bytes) -> MessageJudge:
    return MessageJudge(msgspec.json.decode(policy, type=GuardPolicy) if policy else LAW)


@lru_cache(maxsize=8)
def _tokens(key: bytes, workspace_id: int) -> TrackingTokens:
    return TrackingTokens(key, workspace_id=workspace_id)


@lru_cache(maxsize=8)
def _signer(domain: str, keys: tuple[DkimKey, ...]) -> DkimSigner | None:
    return DkimSigner(domain, keys) if keys else None


def _one_line(name: str) -> str:
    """Return a name fit for a header, whatever somebody wrote into a form."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())


def _domain_of(address: str) -> str:
    return address.rpartition("@")[2]
