"""A message as rules see it: facts with family and sensitivity, words with their signs."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property

import msgspec

from kikubari.decide.guard.contracts import Context, FactOfUse, Message, Sensitivity
from kikubari.decide.guard.copy_check import Copy, read_copy
from kikubari.decide.guard.policy import LAW, GuardPolicy
from kikubari.decide.guard.signs import Sign
from kikubari.decide.guard.vocabulary import (
    are_related,
    families,
    family_of,
    family_of_category,
    is_address,
    normalise,
    sensitivity_of,
)
from kikubari.decide.personalise import Provenance

# These reach into a person's pocket; e-mail waits until it is looked at.
BUZZING = frozenset({"push", "sms", "mms", "line", "whatsapp", "voice", "call", "messenger", "rcs"})
_SURFACES = {
    **dict.fromkeys(BUZZING, "lock_screen"),
    "post": "household_post",
    "mail": "household_post",
    "letter": "household_post",
    "postcard": "household_post",
}
# The law treats these as no advertising: needed for what the person asked for, or for safety.
_NEEDED = frozenset(
    {"transactional", "service", "safety", "security", "legal", "support", "confirmation"}
)
# Nothing is opened more surely: an advertisement filed under these is dressed up.
_PROTECTIVE = frozenset({"safety", "security"})
_PURCHASE = re.compile(
    r"\b(?:orders?|ordered|purchases?|purchased|bought|reorders?|replenish\w*|refills?"
    r"|subscription|invoice|receipt|owned|last item)\b"
)
_CLICKED = re.compile(
    r"\b(?:click\w*|confirm\w*|sign ?up|opt in|opted in|alert|saved?|wishlist|subscribed?"
    r"|subscription|registered|registry|requested|asked|chosen|chose|form|reply|replied)\b"
)
_SUBJECT = re.compile(r"\s*(?:subject|件名)\s*:\s*(?P<subject>[^.!?。\n]+)", re.IGNORECASE)


class FactReading(msgspec.Struct, frozen=True):
    """A use with what it is about, how sensitive that is and whether its value is printed."""

    use: FactOfUse
    family: str
    level: Sensitivity
    is_rendered: bool

    @property
    def name(self) -> str:
        """The attribute's name."""
        return self.use.attribute

    @property
    def is_close(self) -> bool:
        """Whether it is S2 or S3."""
        return self.level.rank >= Sensitivity.S2.rank

    @property
    def is_declared(self) -> bool:
        """Whether the person said so."""
        return self.use.provenance is Provenance.DECLARED

    @property
    def is_observed(self) -> bool:
        """Whether they did it with us."""
        return self.use.provenance is Provenance.OBSERVED

    @property
    def is_guess(self) -> bool:
        """Whether somebody concluded or told it; unknown provenance counts as that."""
        return not (self.is_declared or self.is_observed)

    @property
    def is_purchase(self) -> bool:
        """Whether it is the person's own purchase."""
        return self.is_observed and self.is_of_purchase

    @property
    def is_of_purchase(self) -> bool:
        """Whether it says that something was bought, however that is known."""
        return self.family == "transactional" or bool(_PURCHASE.search(normalise(self.name)))

    @property
    def is_address(self) -> bool:
        """Whether it only says how to address the person: a name or language of their own."""
        return self.use.provenance is not Provenance.THIRD_PARTY and is_address(self.name)

    @property
    def is_explicit_act(self) -> bool:
        """Whether it is a click, a save, a sign-up: something done in order to be heard."""
        return self.is_observed and bool(_CLICKED.search(normalise(self.name)))


def _tells_age(fact: FactReading) -> bool:
    """Say whether it is a day of birth, which is a plain fact by itself."""
    return "birth" in normalise(fact.name) or "誕生" in fact.name


class Reading:
    """All that rules ask of one message. Every answer is worked out once."""

    def __init__(self, message: Message, policy: GuardPolicy = LAW) -> None:
        self.message = message
        self.context: Context = message.context
        self.policy = policy
        self.channel = message.channel.lower()
        self.purpose = self.context.purpose.lower()
        rendered = frozenset(self.context.rendered)
        self.facts = tuple(self._read(use, rendered) for use in message.uses)

    def _read(self, use: FactOfUse, rendered: frozenset[str]) -> FactReading:
        family = family_of(use)
        level = sensitivity_of(use, family)
        tightened = self.policy.sensitivities.get(use.attribute)
        if tightened is not None and tightened.rank > level.rank:
            level = tightened
        return FactReading(use, family, level, use.attribute in rendered)

    @cached_property
    def is_marketing(self) -> bool:
        """Whether it advertises: by its purpose, or because a needed message carries an offer.

        What is filed under safety and serves the shop alone is one whatever its words: a bill may
        be of little use to the person, an alarm may not.
        """
        return (
            self.purpose not in _NEEDED
            or self.carries_offer
            or (self.is_sent_as_protection and self.serves_shop_alone)
        )

    @property
    def carries_offer(self) -> bool:
        """Whether the words make an offer, or present something of the shop's and bid to get it."""
        signs = self.copy.signs
        return Sign.ADVERTISES in signs or signs >= {Sign.TOUTS, Sign.BIDS}

    @property
    def serves_shop_alone(self) -> bool:
        """Whether it is of little use to the person and of much to the shop."""
        return (self.context.customer_value, self.context.marketer_value) == ("low", "high")

    @property
    def is_sent_as_protection(self) -> bool:
        """Whether its sender files it under what protects people."""
        return self.purpose in _PROTECTIVE

    @property
    def is_sent_as_marketing(self) -> bool:
        """Whether it advertises by what its sender says of it, whatever its words."""
        return self.purpose not in _NEEDED

    @cached_property
    def copy(self) -> Copy:
        """All words of the message."""
        message = self.message
        return read_copy(f"{message.title}\n{message.text}" if message.title else message.text)

    @cached_property
    def subject(self) -> Copy:
        """The words seen before a message is opened: an e-mail's subject."""
        if self.message.title:
            return read_copy(self.message.title)
        found = _SUBJECT.match(unicodedata.normalize("NFKC", self.message.text))
        return read_copy(found["subject"] if found else "")

    @cached_property
    def surface(self) -> str:
        """Where the words are seen."""
        return self.context.surface.lower() or _SURFACES.get(self.channel, "private")

    @property
    def is_private(self) -> bool:
        """Whether nobody else sees the words."""
        return self.surface == "private"

    @cached_property
    def stage(self) -> str:
        """Journey stage and intent in words."""
        return f"{normalise(self.context.journey_stage)} | {normalise(self.context.intent)}"

    def allows(self, fact: FactReading) -> bool:
        """Say whether the person explicitly allowed the use of this fact for this."""
        known = families().get(fact.family)
        # A name may say more than the category: leave to locate somebody is not leave to know
        # where they pray.
        named = family_of_category(fact.use.category) if fact.use.category else None
        category = fact.use.category if named in {None, fact.family} else ""
        names = (
            *(fact.family, category, fact.name),
            *(known.categories if known is not None else ()),
        )
        return any(normalise(name) in self._allowed for name in names if name)

    def allows_family(self, family: str) -> bool:
        """Say whether the person explicitly allowed facts of this family to be used."""
        return normalise(family) in self._allowed

    @cached_property
    def _allowed(self) -> frozenset[str]:
        return frozenset(normalise(one) for one in self.context.explicit_consent)

    def told_by_person(self, family: str) -> bool:
        """Say whether a fact the person declared, or did with us, is of this family.

        A life event that words leave unnamed may be any close matter they told and allow.
        """
        return any(
            (fact.is_declared or fact.is_purchase)
            and (are_related(fact.family, family) or (family == "age" and _tells_age(fact)))
            for fact in self.facts
        ) or (
            family == "life_event"
            and any(f.is_declared and f.is_close and self.allows(f) for f in self.facts)
        )

    def guesses(self) -> Iterator[FactReading]:
        """Yield the facts that somebody concluded or told."""
        return (fact for fact in self.facts if fact.is_guess and not fact.is_address)
