"""Whether we may write at all, and use this fact for it: R01, R02, R09, R27, R28."""

import re
from collections.abc import Iterator

from kikubari.decide.guard.reading import Reading
from kikubari.decide.guard.rules.rule import Judge, Objection, block, warn
from kikubari.decide.guard.signs import Sign
from kikubari.decide.guard.vocabulary import normalise
from kikubari.decide.personalise import Provenance

# The person objected to being advertised to; what they ordered still reaches them.
_NO_ADVERTISING = re.compile(
    r"\b(?:self excluded|excluded|complained|complaint|spam|suppressed|unsubscribed|withdrawn"
    r"|do not contact|objected (?:marketing|all|direct marketing))\b"
)
_NOBODY_THERE = re.compile(r"\b(?:deceased|dead|died)\b")
_NO_PROFILING = re.compile(
    r"\b(?:gpc|dnt|do not (?:track|sell)|object\w*|opt(?:ed)? out|no profiling|limit\w*"
    r"|restrict\w*|self excluded)\b"
)
# A purpose people did not think of advertising at.
_GIVEN_IN_TRUST = re.compile(
    r"\b(?:2 ?fa|mfa|otp|two factor|second factor|security|secur\w*|auth\w*|log ?in|password"
    r"|recovery|fraud|verif\w*|identity|identification|kyc|id check|age (?:check|gate|proof)"
    r"|support|help ?desk|ticket|complaint|case|service call|payment|billing|invoice|card|bank"
    r"|tax|care|medical|health|treatment|patient|prescription|consultation|emergency|delivery"
    r"|shipping|returns?|refund|warranty|repair|recruit\w*|employment|legal|contract|insurance"
    r"|account protection|abuse|dispute|safety|recall|diagnos\w*|pharmac\w*|courier"
    r"|hospital|clinic)\b"
    r"|本人確認|認証|セキュリティ|防犯|不正|サポート|問い?合わ?せ|決済|支払|請求|配送|配達|お届け|返品|返金|修理"
    r"|保証|診療|健康診断|健診|検診|病院|医療|治療|処方|介護|相談|採用|契約|緊急"
)
_GIVEN_FOR_THIS = re.compile(
    r"\b(?:marketing|newsletter|offers?|promotions?|advertis\w*|personali[sz]\w*|recommend\w*"
    r"|gifts?|treat|club|loyalty|preferences?|greetings?|birthday)\b"
    r"|広告|メルマガ|おすすめ|お勧め|特典|誕生日"
)
# Letters on a subject, care and health among them: who signed up for these asked to read of it.
_LETTERS = re.compile(
    r"\b(?:letters?|magazine|digest|tips|topics?|mailing list|news|bulletin|column|recipes?)\b"
    r"|便り|だより|通信|マガジン|レター|コラム|メール"
)
_SUBJECTS = re.compile(r"\b(?:care|health|medical)\b")


def judge_consent(reading: Reading) -> Iterator[Objection]:
    """R01: marketing needs consent for this channel."""
    if reading.is_marketing and not reading.context.channel_consent:
        yield block(reading.channel)


def judge_suppression(reading: Reading) -> Iterator[Objection]:
    """R02: some are never written to."""
    signal = normalise(reading.context.privacy_signal)
    if reading.context.suppressed or _NOBODY_THERE.search(signal):
        yield block()
    elif reading.is_marketing and _NO_ADVERTISING.search(signal):
        yield block(signal)
    elif reading.is_marketing and Sign.OVERRIDES in reading.copy.signs:
        yield block(reading.copy.where(Sign.OVERRIDES))


def judge_third_party(reading: Reading) -> Iterator[Objection]:
    """R09: what others told is used openly or not at all."""
    for fact in reading.facts:
        if fact.use.provenance is Provenance.THIRD_PARTY:
            is_open = reading.context.third_party_disclosed
            yield warn(fact.name) if is_open else block(fact.name)


def judge_purpose(reading: Reading) -> Iterator[Objection]:
    """R27: what was given for security, support, payment or care does not advertise."""
    if not reading.is_marketing:
        return
    used = {fact.name for fact in reading.facts} | set(reading.context.rendered)
    for attribute, given_for in reading.context.collected_for.items():
        purpose = normalise(given_for)
        if attribute not in used and not reading.channel.startswith(_medium_of(attribute)):
            continue
        if _is_given_in_trust(purpose):
            yield block(attribute)
    if Sign.REPURPOSES in reading.copy.signs:
        yield block(reading.copy.where(Sign.REPURPOSES))


def _is_given_in_trust(purpose: str) -> bool:
    """Say whether people who told us something for this purpose did not think of advertising."""
    if _GIVEN_FOR_THIS.search(purpose):
        return False
    subject = _SUBJECTS.sub("", purpose) if _LETTERS.search(purpose) else purpose
    return _GIVEN_IN_TRUST.search(subject) is not None


def _medium_of(attribute: str) -> tuple[str, ...]:
    """Return the channels that an address of this name carries."""
    plain = normalise(attribute)
    if any(word in plain for word in ("phone", "mobile", "sms", "電話")):
        return ("sms", "whatsapp", "voice", "line", "call")
    if "mail" in plain:
        return ("email",)
    return ("post", "mail", "letter") if "address" in plain else ("\0",)


def judge_objection(reading: Reading) -> Iterator[Objection]:
    """R28: who objects to profiling gets nothing that rests on it; explicit acts count."""
    if not _NO_PROFILING.search(normalise(reading.context.privacy_signal)):
        return
    for fact in reading.facts:
        if fact.is_declared or fact.is_explicit_act or fact.is_address:
            continue
        if fact.is_purchase and not reading.is_marketing:
            continue
        yield block(fact.name)


def judge_banned(reading: Reading) -> Iterator[Objection]:
    """P01: what the shop itself rules out."""
    for fact in reading.facts:
        if fact.name in reading.policy.banned:
            yield block(fact.name)


JUDGES: dict[str, Judge] = {
    "P01": judge_banned,
    "R01": judge_consent,
    "R02": judge_suppression,
    "R09": judge_third_party,
    "R27": judge_purpose,
    "R28": judge_objection,
}
