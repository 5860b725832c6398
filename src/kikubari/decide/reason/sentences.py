"""Builds the reason from recorded facts: only what is recorded is said, and all of it by kind."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from kikubari.decide.guard import FactOfUse
from kikubari.decide.personalise import FactUse, Provenance, Use
from kikubari.decide.reason.contracts import Basis, ReasonLine
from kikubari.decide.reason.labels import ANY_ACT, label_of, label_of_choice, source_label

# More names than these make no sentence; the rest is a number.
_MOST_NAMES = 3
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_KINDS: Mapping[Provenance, tuple[str, str]] = {
    Provenance.DECLARED: ("お知らせいただいた{names}", "what you told us ({names})"),
    Provenance.OBSERVED: ("当店でのご利用（{names}）", "what you did with us ({names})"),  # noqa: RUF001 - Japanese brackets
    Provenance.INFERRED: ("当店の推定（{names}）", "what we guess ({names})"),  # noqa: RUF001 - Japanese brackets
    Provenance.THIRD_PARTY: ("他社からの情報（{names}）", "what others told us ({names})"),  # noqa: RUF001 - Japanese brackets
}
_NEWS_JA = ("お知らせ", "便り", "たより", "メール", "ニュース", "通信", "案内")
# Said where the only thing to name is that something was done.
_AN_ACT = ("当店でのご利用", "what you did with us")


def build_reason(
    basis: Basis,
    facts: Iterable[FactUse],
    *,
    language: str,
    zone: str = "UTC",
    chosen_by: Iterable[FactOfUse] = (),
) -> ReasonLine:
    """Return why a message came.

    Args:
        basis: consent, topic, purpose.
        facts: what the render recorded; those that were absent are not told.
        language: of the message; Japanese for ``ja…``, else English.
        zone: IANA name; the day of the consent is the reader's.
        chosen_by: what chose the person, such as the facts their segment looks at.
    """
    is_ja = language.lower().startswith("ja")
    used = _by_provenance(facts, chosen_by, is_ja=is_ja)
    if is_ja:
        text = _why_ja(basis, zone) + _what_ja(used)
        stop = "配信を止める" if basis.is_marketing else "お届けするものを選ぶ"
        return ReasonLine(text, "情報を確認・訂正する", stop)
    text = " ".join(filter(None, (_why_en(basis, zone), _what_en(used))))
    # What concerns an order goes on whatever is chosen: only the others can be stopped.
    stop = "Stop these messages" if basis.is_marketing else "Choose what reaches you"
    return ReasonLine(text, "See and correct what we know", stop)


def rests_on_more_than_told(facts: Iterable[FactUse]) -> bool:
    """Say whether anything worth telling was used that the person did not tell us."""
    return any(
        one.use is not Use.ABSENT
        and one.lineage.provenance is not Provenance.DECLARED
        and label_of(one.path, is_ja=False)
        for one in facts
    )


def _by_provenance(
    facts: Iterable[FactUse], chosen_by: Iterable[FactOfUse], *, is_ja: bool
) -> list[tuple[Provenance, Sequence[str]]]:
    """Return the names of what was used by where it is from; not known counts as a guess."""
    names: dict[Provenance, dict[str, None]] = {}
    told = [
        (label_of(one.path, is_ja=is_ja), one.lineage.provenance)
        for one in facts
        if one.use is not Use.ABSENT
    ]
    told += [(label_of_choice(one.attribute, is_ja=is_ja), one.provenance) for one in chosen_by]
    for label, provenance in told:
        if label:
            names.setdefault(provenance or Provenance.INFERRED, {})[label] = None
    return [(kind, tuple(names[kind])) for kind in Provenance if kind in names]


def _why_ja(basis: Basis, zone: str) -> str:
    if not basis.is_marketing:
        return "ご注文やお手続きに関するご連絡のため、お送りしています。"
    day = _day_ja(basis.consented_at, zone)
    source = source_label(basis.consent_source, is_ja=True)
    where = f"{source}で" if source else ""
    return f"{day}{where}{_news_ja(basis.topic)}の受け取りに同意いただいたため、お送りしています。"


def _news_ja(topic: str) -> str:
    """Return what was agreed to; a topic that is called news already needs no second word."""
    if not topic:
        return "お知らせ"
    return f"「{topic}」" if topic.endswith(_NEWS_JA) else f"「{topic}」のお知らせ"


def _why_en(basis: Basis, zone: str) -> str:
    if not basis.is_marketing:
        return "You get this because it concerns something you ordered or asked for."
    topic = f" about {basis.topic}" if basis.topic else ""
    day = _day_en(basis.consented_at, zone)
    source = source_label(basis.consent_source, is_ja=False)
    where = f" ({source})" if source else ""
    return f"You get this because you agreed to our e-mails{topic}{day}{where}."


def _what_ja(used: Sequence[tuple[Provenance, Sequence[str]]]) -> str:
    if not used:
        return ""
    parts = [_part_ja(kind, names) for kind, names in used]
    return f"内容は{'、'.join(parts)}をもとにしています。"


def _what_en(used: Sequence[tuple[Provenance, Sequence[str]]]) -> str:
    if not used:
        return ""
    parts = [_part_en(kind, names) for kind, names in used]
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"It is based on {listed}."


def _part_ja(kind: Provenance, names: Sequence[str]) -> str:
    told = [name for name in names if name != ANY_ACT[0]]
    return _KINDS[kind][0].format(names=_names_ja(told)) if told else _AN_ACT[0]


def _part_en(kind: Provenance, names: Sequence[str]) -> str:
    told = [name for name in names if name != ANY_ACT[1]]
    return _KINDS[kind][1].format(names=_names_en(told)) if told else _AN_ACT[1]


def _names_ja(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return "・".join(names[:_MOST_NAMES]) + (f"など{len(names)}項目" if more > 0 else "")


def _names_en(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _day_ja(at: datetime | None, zone: str) -> str:
    if at is None:
        return ""
    day = at.astimezone(ZoneInfo(zone))
    return f"{day.year}年{day.month}月{day.day}日に"


def _day_en(at: datetime | None, zone: str) -> str:
    if at is None:
        return ""
    day = at.astimezone(ZoneInfo(zone))
    return f" on {_MONTHS[day.month - 1]} {day.day}, {day.year}"
