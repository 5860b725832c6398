"""What is written: R10, R20, R23, R25, R26."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kikubari.decide.guard.reading import FactReading, Reading
from kikubari.decide.guard.rules.rule import Judge, Objection, block, warn
from kikubari.decide.guard.signs import Sign
from kikubari.decide.guard.vocabulary import family_of_name, normalise

_STOCK = re.compile(
    r"\b(?:stock|left|remaining|inventory|available|units?|seats?|rooms?|spots|places|quantity"
    r"|in stock)\b|在庫|残"
)
_TRUE = re.compile(r"\b(?:real|true|genuine|verified|actual|valid|authentic)\b")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_DAY = re.compile(r"\d{4}-\d\d?-\d\d?|\d{1,2}:\d\d")
_GENUINE_STYLES = re.compile(
    r"\b(?:brand|plain|official|company|shop|store|team|staff|real person|named employee|employee"
    r"|named staff|human|transactional|system|none|standard|neutral|real|person|founder|owner"
    r"|named|manager|signed|editor|author|maker|chef)\b"
)
_FALSE_STYLES = re.compile(
    r"\b(?:fake|false|pretend\w*|disguis\w*|camouflag\w*|impersonat\w*|spoof\w*|mimic\w*"
    r"|lookalike|look alike|deceptive|hidden|anonymous|fiction\w*|invented|imagin\w*|fabricat\w*"
    r"|non ?existent|made up|stranger|phish\w*|misleading|no such|unreal|synthetic|bogus|sham)\b"
)
# An advertisement dressed as what people have to open.
_POSING_STYLES = re.compile(
    r"\b(?:thread|reply|re|fwd?|forward\w*|friend|lover|invoice|bill|official notice|legal notice"
    r"|government|authority|bank|system alert|security alert|delivery notice|personal note)\b"
)
# What keeps people or their accounts from harm speaks of one of these.
_PROTECTS = re.compile(
    r"\b(?:codes?|pass(?:word|key|code)s?|log(?:ged)?[ -]?in|sign(?:ed)?[ -]?in|security|fraud\w*"
    r"|scam|suspicious|unusual|verif\w*|confirm|stopp?(?:ed)?|block(?:ed)?|froz\w*|lock(?:ed)?|recall\w*"
    r"|warning|alert|danger\w*|risk|harm|safe(?:ty|ly)?|unsafe|emergency|evacuat\w*|flood\w*|fire"
    r"|storm|outage|leak\w*|do not|never|don't|closed|shut|inspect\w*|check|update|vaccin\w*"
    r"|refund)\b"
    r"|コード|パスワード|ログイン|サインイン|認証|不正|本人確認|心当たり|停止|中止|止め|回収|リコール|点検|交換"
    r"|避難|地震|台風|大雨|津波|火災|停電|断水|警戒|注意|危険|安全|安否|おそれ|ワクチン|更新",
    re.IGNORECASE,
)
_SPENT = re.compile(
    r"\b(?:spen[dt]\w*|turnover|ltv|clv|order value|basket value|amount|total|totals|paid"
    r"|revenue|orders? (?:\d+ ?[dmy]|count|total|year))\b|金額|総額|合計|累計"
)
_UNPROVED = frozenset(
    {"fail", "failed", "softfail", "misaligned", "none", "missing", "unaligned", "permerror"}
    | {"unauthenticated", "unsigned", "no"}
)
_OTHERS = frozenset({"social_graph"})
_LABELS = frozenset({"internal_label", "free_text"})
_AGREED = re.compile(r"\b(?:agreed?|consent\w*|permi\w*|allow\w*|approved?|shared by)\b|同意|許可")


def judge_narration(reading: Reading) -> Iterator[Objection]:
    """R10: nobody is told how closely they were watched; their basket is theirs."""
    if not reading.is_marketing:
        return
    signs = reading.copy.signs
    for fact in reading.facts:
        if fact.family == "behaviour_micro" and (fact.is_rendered or Sign.NOTICES in signs):
            yield block(fact.name)
    if signs & {Sign.COUNTS, Sign.WATCHES}:
        yield block(reading.copy.where(Sign.COUNTS, Sign.WATCHES))
    elif signs & {Sign.NOTICES, Sign.SPENT}:
        yield warn(reading.copy.where(Sign.NOTICES, Sign.SPENT))
    elif any(_prints_spending(reading, fact) for fact in reading.facts):
        yield warn(next(one.name for one in reading.facts if _prints_spending(reading, one)))
    elif Sign.VIEWED in signs and not reading.is_private:
        yield warn(reading.copy.where(Sign.VIEWED))


def _prints_spending(reading: Reading, fact: FactReading) -> bool:
    """Say whether it prints what somebody has spent, with nobody having asked for it."""
    return (
        fact.is_rendered
        and not fact.is_declared
        and fact.family in {"finance_basic", "behaviour_aggregate"}
        and _SPENT.search(normalise(fact.name)) is not None
        and not reading.allows(fact)
    )


def judge_truth(reading: Reading) -> Iterator[Objection]:
    """R20: the sender is who they say, and what the words claim is so."""
    context = reading.context
    auth, style = normalise(context.sender_auth), normalise(context.sender_style)
    if auth in _UNPROVED:
        yield block("sender_auth")
    if _FALSE_STYLES.search(style) or (reading.is_marketing and _POSING_STYLES.search(style)):
        yield block(style)
    elif style and not _GENUINE_STYLES.search(style):
        yield warn(style)
    if Sign.RUSHES in reading.copy.signs and reading.is_marketing and not context.claims:
        yield block(reading.copy.where(Sign.RUSHES))
    if Sign.FEIGNS in reading.copy.signs and not _is_thread(reading):
        yield block(reading.copy.where(Sign.FEIGNS))
    if reading.is_sent_as_marketing and reading.copy.signs >= {Sign.POSES, Sign.SELLS}:
        yield block(reading.copy.where(Sign.POSES))
    if reading.is_sent_as_protection and _is_dressed_up(reading):
        yield block(reading.purpose)
    yield from _false_claims(reading)


def _is_dressed_up(reading: Reading) -> bool:
    """Say whether what is filed under safety sells, or presents or bids and protects nobody."""
    if reading.carries_offer or reading.serves_shop_alone:
        return True
    return bool(reading.copy.signs & {Sign.TOUTS, Sign.BIDS}) and not any(
        _PROTECTS.search(one.text) for one in reading.copy.sentences
    )


def judge_labels(reading: Reading) -> Iterator[Objection]:
    """R23: what the shop calls people among itself is not printed."""
    for fact in reading.facts:
        is_label = fact.family in _LABELS or (
            fact.is_guess and family_of_name(fact.name) in _LABELS
        )
        if fact.is_rendered and is_label:
            yield block(fact.name)
    if Sign.LABELS in reading.copy.signs:
        yield block(reading.copy.where(Sign.LABELS))
    elif any(
        Sign.CODES in one.signs and Sign.TYPED_CODES not in one.signs
        for one in reading.copy.sentences
    ):
        yield warn(reading.copy.where(Sign.CODES))


def judge_others(reading: Reading) -> Iterator[Objection]:
    """R25: what others bought or said is theirs."""
    for fact in reading.facts:
        if fact.family in _OTHERS and fact.is_rendered and not _have_agreed(reading, fact):
            yield block(fact.name)
    agreed = _others_agreed(reading) or any(
        reading.allows_family(family) for family in ("social_graph", "household", "sharing")
    )
    agreed = agreed or any(f.family in _OTHERS and reading.allows(f) for f in reading.facts)
    if Sign.TELLS_OTHERS in reading.copy.signs and not agreed:
        yield block(reading.copy.where(Sign.TELLS_OTHERS))


def _have_agreed(reading: Reading, fact: FactReading) -> bool:
    return reading.allows(fact) or _others_agreed(reading)


def _others_agreed(reading: Reading) -> bool:
    """Say whether it is on record that those of whom it tells have agreed."""
    return any(
        value is True and _AGREED.search(normalise(key))
        for key, value in reading.context.facts.items()
    )


def judge_figures(reading: Reading) -> Iterator[Objection]:
    """R26: a published figure is about so many that nobody is found in it."""
    size = reading.context.group_size
    if size is not None and size < reading.policy.min_group:
        yield block(str(size))
    elif size is None and Sign.FEW in reading.copy.signs:
        yield block(reading.copy.where(Sign.FEW))


def _is_thread(reading: Reading) -> bool:
    """Say whether there may be a talk to refer to: an answer to somebody's own request."""
    return not reading.is_marketing


def _false_claims(reading: Reading) -> Iterator[Objection]:
    claims, facts = reading.context.claims, reading.context.facts
    wrong = [name for name, value in claims.items() if _contradicts(name, value, facts)]
    if wrong:
        yield block(wrong[0])
        return
    unproved = [name for name in claims if _fact_for(name, facts) is None]
    if Sign.SCARCE in reading.copy.signs and not claims and (facts or reading.is_marketing):
        sentence = reading.copy.where(Sign.SCARCE)
        stock = _fact_for("stock", facts)
        said = _number(sentence)
        if stock is None:
            if not _prints_stock(reading):
                yield warn(sentence)
        elif said is not None and (_number(stock) or 0) > said:
            yield block(sentence)
    elif Sign.ENDS in reading.copy.signs and _is_denied(facts):
        yield block(reading.copy.where(Sign.ENDS))
    elif unproved:
        yield warn(unproved[0])


def _prints_stock(reading: Reading) -> bool:
    """Say whether the number comes from a record and is not made up by the author."""
    return any(_STOCK.search(normalise(name)) for name in reading.context.rendered)


def _contradicts(name: str, claim: Any, facts: Mapping[str, Any]) -> bool:
    """Say whether a claim and the fact about the same thing cannot both be true."""
    fact = _fact_for(name, facts)
    if fact is None:
        return _is_denied(facts)
    if isinstance(claim, bool) or isinstance(fact, bool):
        return bool(claim) and not fact
    said, true = _number(claim), _number(fact)
    if said is None or true is None:
        return normalise(str(claim)) != normalise(str(fact))
    if _STOCK.search(normalise(name)):
        return true > said
    return said > true if _is_more_better(name) else said != true


def _is_more_better(name: str) -> bool:
    """Say whether to claim more than there is flatters: buyers, viewers, savings, ratings."""
    return bool(
        re.search(
            r"\b(?:viewers?|viewing|people|buyers?|bought|sold|customers?|rating|reviews?|saving\w*"
            r"|discount|off|members|downloads)\b",
            normalise(name),
        )
    )


def _fact_for(name: str, facts: Mapping[str, Any]) -> Any:
    """Return the fact about what a claim names: by the same name, or by sharing a word."""
    if name in facts:
        return facts[name]
    words = set(normalise(name).split())
    is_stock = bool(_STOCK.search(normalise(name))) or words & {"scarcity", "urgency"}
    for key, value in facts.items():
        plain = normalise(key)
        if words & set(plain.split()) or (is_stock and _STOCK.search(plain)):
            return value
    return None


def _is_denied(facts: Mapping[str, Any]) -> bool:
    """Say whether the facts call something said untrue."""
    return any(
        value is False and _TRUE.search(normalise(key)) for key, value in facts.items()
    ) or any(
        value is True
        and re.search(r"\b(?:fake|extended|repeats|false|evergreen)\b", normalise(key))
        for key, value in facts.items()
    )


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    if _DAY.search(str(value)):
        return None
    found = _NUMBER.search(str(value))
    return float(found[0].replace(",", "")) if found else None


JUDGES: dict[str, Judge] = {
    "R10": judge_narration,
    "R20": judge_truth,
    "R23": judge_labels,
    "R25": judge_others,
    "R26": judge_figures,
}
