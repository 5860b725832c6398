"""Building blocks in which recipes are written: messages of two languages, conditions, needs."""

from typing import Any

import msgspec

from kikubari.decide.guard import Words
from kikubari.decide.personalise import (
    Align,
    AnyBlock,
    Button,
    Coupon,
    Document,
    EmailTemplateSource,
    EmailVariant,
    Footer,
    Heading,
    Paragraph,
    ParagraphKind,
    Products,
    Reason,
    Span,
    Text,
)
from kikubari.deliver import Purpose
from kikubari.journeys.definition import BranchStep, MessageStep, Way
from kikubari.journeys.recipes.contracts import Need
from kikubari.spec.conditions import (
    Condition,
    CountRange,
    Duration,
    EventCount,
    Events,
    Last,
    encode_condition,
)

_HEAD = Text(
    id="shop",
    paragraphs=(Paragraph(spans=(Span(text="{{ shop.name }}", bold=True),)),),
    align=Align.CENTER,
    is_small=True,
)
_FOOT = ("{{ shop.name }}", "{{ shop.address }}", "{{ shop.contact }}")
SHOP = "{{ shop.url }}/"
PREFERENCES = "{{ preferences_url }}"
# The reader's own pages: leave to look at more, their birthday, one question, going on.
PERMISSION_PAGE = f"{PREFERENCES}/personalise"
BIRTHDAY_PAGE = f"{PREFERENCES}/known?ask=birthday"
FEEDBACK_PAGE = f"{PREFERENCES}/feedback"
STAY_PAGE = f"{PREFERENCES}/stay"
# The shop's own link back to the cart where its events bring one, else its cart by its id.
CART = (
    "{% if trigger.cart_url %}{{ trigger.cart_url }}"
    "{% else %}{{ shop.url }}/cart"
    "{% if trigger.cart_id %}?restore={{ trigger.cart_id | url_encode }}{% endif %}{% endif %}"
)
# Until when the person's own code is good, where it is not good for ever.
_GOOD_UNTIL = {
    "ja": "{{ coupon.expires_at | date_long }} {{ coupon.expires_at | time_short }}まで有効です。",
    "en": "Valid until {{ coupon.expires_at | date_long }}, {{ coupon.expires_at | time_short }}.",
}
# Between numbers that are links: wide enough for a thumb.
_THUMB = "\u2003"


class Copy(msgspec.Struct, frozen=True):
    """One language of a message, to which the shop's name, reason and footer are added."""

    subject: str
    preheader: str
    blocks: tuple[AnyBlock, ...]


def copy(subject: str, preheader: str, *blocks: AnyBlock) -> Copy:
    """Return the words of one language."""
    return Copy(subject, preheader, blocks)


def message(
    step_id: str,
    *,
    ja: Copy,
    en: Copy,
    then: str | None = None,
    purpose: Purpose = Purpose.MARKETING,
    gives: bool = False,
    only_with: str = "",
) -> MessageStep:
    """Return a step that sends these words by e-mail.

    Args:
        step_id: of the step.
        ja: the Japanese words.
        en: the English words.
        then: the step that follows.
        purpose: marketing needs consent.
        gives: thanks, advice or something of use, without goods and without a request; the guard
            counts it so unless an offer is added.
        only_with: list that it is about; to whom nothing of it is left, it is not sent.
    """
    return MessageStep(
        id=step_id,
        template=EmailTemplateSource(
            variants={"ja": _variant(ja, "ja"), "en": _variant(en, "en")}, default_language="en"
        ),
        purpose=purpose,
        gives=gives,
        only_with=(only_with,) if only_with else (),
        next=then,
    )


def _variant(words: Copy, language: str) -> EmailVariant:
    numbered = [
        msgspec.structs.replace(_told(block, language), id=f"{block.id}-{place}")
        for place, block in enumerate(words.blocks, 1)
    ]
    blocks = (_HEAD, *numbered, Reason(id="reason"), Footer(id="footer", lines=_FOOT))
    return EmailVariant(
        subject=words.subject, preheader=words.preheader, blocks=Document(blocks=blocks)
    )


def _told(block: AnyBlock, language: str) -> AnyBlock:
    """Return a code with the words until when it is good; every other block as it is."""
    if not isinstance(block, Coupon):
        return block
    until = f"{{% if coupon.expires_at %}}\n{_GOOD_UNTIL[language]}{{% endif %}}"
    return msgspec.structs.replace(block, terms=f"{block.terms}{until}")


def heading(text: str, *, when: str = "") -> Heading:
    """Return the line a message opens with."""
    return Heading(id="heading", text=text, when=when)


def text(*paragraphs: str, when: str = "", is_centred: bool = False) -> Text:
    """Return paragraphs."""
    lines = tuple(Paragraph(spans=(Span(text=one),)) for one in paragraphs)
    align = Align.CENTER if is_centred else Align.LEFT
    return Text(id="text", paragraphs=lines, when=when, align=align)


def points(*lines: str, when: str = "") -> Text:
    """Return a list of points."""
    items = tuple(Paragraph(spans=(Span(text=one),), kind=ParagraphKind.BULLET) for one in lines)
    return Text(id="points", paragraphs=items, when=when)


def scale(href: str, least: str, most: str) -> Text:
    """Return the numbers 0 to 10, each a link with `score` added, and what the ends stand for."""
    numbers: list[Span] = []
    for score in range(11):
        numbers += [Span(text=str(score), href=f"{href}{score}", bold=True), Span(text=_THUMB)]
    ends = Paragraph(spans=(Span(text=f"{least}\n{most}"),))
    lines = (Paragraph(spans=tuple(numbers[:-1])), ends)
    return Text(id="scale", paragraphs=lines, align=Align.CENTER)


def products(
    source: str, *, limit: int = 3, columns: int = 3, shows_price: bool = True
) -> Products:
    """Return products of a list, gone where it is empty."""
    return Products(
        id="products", source=source, limit=limit, columns=columns, shows_price=shows_price
    )


def recommended(
    strategy: str,
    *,
    title: str = "",
    seed: str = "",
    limit: int = 3,
    fills: bool = False,
    shows_reason: bool = False,
) -> Products:
    """Return products found for each reader, gone with their title where there are none."""
    return Products(
        id="products",
        strategy=strategy,
        title=title,
        seed=seed,
        limit=limit,
        fills=fills,
        shows_reason=shows_reason,
    )


def button(label: str, href: str = SHOP, *, when: str = "") -> Button:
    """Return the link that the message is for."""
    return Button(id="button", label=label, href=href, when=when)


def coupon(title: str, terms: str = "") -> Coupon:
    """Return the person's own code; nothing where the step has no offer."""
    return Coupon(id="coupon", code="", title=title, terms=terms)


def who(condition: Condition) -> dict[str, Any]:
    """Return a condition as definitions hold it."""
    plain: dict[str, Any] = msgspec.json.decode(encode_condition(condition))
    return plain


def did(event: str, *, times: int = 1, most: int | None = None, days: int | None = None) -> Any:
    """Return the condition that somebody did something so often."""
    count = CountRange(at_least=times or None, at_most=0 if times == 0 else most)
    if days is None:
        return EventCount(event=event, count=count)
    return EventCount(event=event, count=count, window=Last(duration=Duration(days=days)))


def either(
    step_id: str, condition: Condition | str, then: str | None, otherwise: str | None
) -> BranchStep:
    """Return a branch of one question; a text is the id of a segment."""
    asked = condition if isinstance(condition, str) else who(condition)
    return BranchStep(id=step_id, ways=(Way(id="yes", when=asked, next=then),), otherwise=otherwise)


def event(name: str) -> Events:
    """Return all events of a name."""
    return Events(event=name)


def needs_event(name: str, ja: str, en: str, *, is_required: bool = True) -> Need:
    """Return the need of an event."""
    return Need(
        kind="event",
        name=name,
        use=Words(ja, en),
        is_required=is_required,
        how="docs/collecting.md",
    )


def needs_trait(name: str, ja: str, en: str, *, is_required: bool = True) -> Need:
    """Return the need of a trait."""
    return Need(
        kind="trait", name=name, use=Words(ja, en), is_required=is_required, how="docs/profiles.md"
    )


def needs_catalogue(ja: str, en: str, *, is_required: bool = False) -> Need:
    """Return the need of the shop's products."""
    return Need(
        kind="catalogue",
        name="products",
        use=Words(ja, en),
        is_required=is_required,
        how="docs/importing.md",
    )
