"""What the guard is given and what it says: a message with the facts it uses, and a verdict."""

from enum import StrEnum
from typing import Any

import msgspec

from kikubari.decide.personalise import Provenance


class Level(StrEnum):
    """What becomes of a message, from best to worst."""

    OK = "ok"
    WARN = "warn"  # goes out, and is counted
    HOLD = "hold"  # not now
    BLOCK = "block"  # not like this

    @property
    def rank(self) -> int:
        """Order of severity."""
        return _RANKS[self]


_RANKS = {level: rank for rank, level in enumerate(Level)}


class Sensitivity(StrEnum):
    """How close to the bone a fact is."""

    S0 = "S0"  # name, language, an order, a chosen topic
    S1 = "S1"  # interest, behaviour, coarse place, spend
    S2 = "S2"  # life event, relationship, children, loss, hardship, precise place, age
    S3 = "S3"  # special categories: health, sexuality, belief, ethnicity, politics, biometrics

    @property
    def rank(self) -> int:
        """Order of sensitivity."""
        return int(self.value[1])


class FactOfUse(msgspec.Struct, frozen=True, kw_only=True):
    """One fact about a person that a message uses, printed or to decide what is printed.

    Attributes:
        attribute: its name, such as ``interest:running`` or ``customer.birthday``.
        provenance: None when not known, which counts as inferred.
        confidence: 0..1; None when not known.
        sources_agree: None when there is but one source.
        category: what the fact is about, such as ``health``; empty: judged by its name.
        sensitivity: ``S0`` to ``S3``, where somebody has decided it; the guard never takes
            it for less than the category says.
    """

    attribute: str
    provenance: Provenance | None = None
    confidence: float | None = None
    sources_agree: bool | None = None
    category: str = ""
    sensitivity: Sensitivity | None = None


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about a message beside its words. What is missing counts as the worse case.

    Attributes:
        purpose: marketing, service, transactional, safety or security; others count as marketing.
        channel_consent: to this purpose on this channel.
        explicit_consent: categories (or attributes) the person allowed to be used for this.
        suppressed: the address may not be written to for this purpose.
        local_time: ``HH:MM`` where the person is; `tz_known` says whether that is known.
        surface: private, lock_screen, shared_device, household_post or public; empty: by channel.
        rendered: attributes whose values are printed.
        journey_stage: such as browsing, cart, checkout, purchased, cancelling, complaint.
        intent: what the person is doing, such as ``pickup_started``.
        sent_7d: messages of the last seven days; `cap_7d` is how many there may be, None: no cap.
        gives_last5: of the last five messages, those that gave something rather than asked;
            None when there were fewer than five.
        gives: this one does.
        customer_value: low, medium or high use to the person; `marketer_value` to the shop.
        sender_auth: pass or fail of the sender's alignment; `sender_style` such as brand,
            fake_thread, fake_person.
        why_link: the message says why it came and how to switch that off.
        recipient_age: adult, minor, likely_minor, unknown, or years.
        privacy_signal: none, gpc, objected_profiling, self_excluded, complained, deceased …
        open_issue: a complaint, refund or support case is open.
        occasion: which occasion the message is for; `occasion_optout` lists those not wanted.
        third_party_disclosed: the person was told that others pass data on.
        collected_for: attribute → purpose it was given for.
        data_age_days: attribute → days since it was learnt.
        group_size: people behind a published figure.
        same_content_24h: channels that carry this content within 24 hours.
        claims: what the words claim, such as ``{"stock": 3}``; `facts` what is true.
    """

    purpose: str = "marketing"
    channel_consent: bool = False
    explicit_consent: tuple[str, ...] = ()
    suppressed: bool = False
    local_time: str | None = None
    tz_known: bool = False
    surface: str = ""
    rendered: tuple[str, ...] = ()
    journey_stage: str = ""
    intent: str = ""
    sent_7d: int = 0
    cap_7d: int | None = None
    gives_last5: int | None = None
    gives: bool = False
    customer_value: str = "medium"
    marketer_value: str = "medium"
    sender_auth: str = ""
    sender_style: str = "brand"
    why_link: bool = False
    recipient_age: str | int = "unknown"
    privacy_signal: str = "none"
    open_issue: bool = False
    occasion: str | None = None
    occasion_optout: tuple[str, ...] = ()
    third_party_disclosed: bool = False
    collected_for: dict[str, str] = {}
    data_age_days: dict[str, float] = {}
    group_size: int | None = None
    same_content_24h: int = 1
    claims: dict[str, Any] = {}
    facts: dict[str, Any] = {}


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message before the guard. `text` is all a person reads of it, `title` its subject."""

    channel: str
    text: str
    title: str = ""
    uses: tuple[FactOfUse, ...] = ()
    context: Context = Context()


class Words(msgspec.Struct, frozen=True):
    """The same sentence in both languages of the product."""

    ja: str
    en: str


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One rule that objects: why, and what to change. `subject` is the fact or words meant."""

    rule: str
    level: Level
    reason: Words
    mend: Words
    subject: str = ""


class Verdict(msgspec.Struct, frozen=True):
    """What the guard says: the worst of its findings."""

    level: Level
    findings: tuple[Finding, ...] = ()

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of the rules that objected, worst first, each once."""
        return tuple(dict.fromkeys(one.rule for one in self.findings))
