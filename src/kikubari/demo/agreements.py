"""Simulated consents and suppressions: most agreed, some refused, some changed their mind."""

from collections.abc import Iterator
from random import Random

from kikubari.demo._resources import dice, happens
from kikubari.demo.people import Person
from kikubari.demo.source import DAY_SECONDS

CONSENT_COLUMNS = (
    "customer_id", "purpose", "channel", "status", "wording_version", "source", "at", "proof",
)  # fmt: skip
SUPPRESSION_COLUMNS = ("email", "reason", "at")
# Of a hundred customers: what their last word on marketing e-mail is. The other fourteen
# were never asked.
_GRANTED, _WITHDRAWN, _DENIED = 0.62, 0.07, 0.17
_TRACKING_GRANTED, _TRACKING_DENIED = 0.45, 0.30
_PROFILING_GRANTED = 0.60
_ENRICHMENT_GRANTED = 0.12
_SUPPRESSED = 0.005
_BOUNCED = 0.75

# Purpose, channel, status, seconds since 1970, proof.
_Word = tuple[str, str, str, int, str]


def consent_rows(people: list[Person], newest_at: int, seed: int) -> Iterator[tuple[object, ...]]:
    """Yield rows of CONSENT_COLUMNS; `at` in seconds since 1970."""
    rng = dice(seed, "consents")
    for person in people:
        wording = f"sign-up-{person.language}-2"
        for purpose, channel, status, at, proof in _words(person, newest_at, rng):
            yield (
                person.customer_id, purpose, channel, status, wording, "simulated", at, proof,
            )  # fmt: skip


def _words(person: Person, newest_at: int, rng: Random) -> Iterator[_Word]:
    """Yield what one person said, in order of time."""
    at = person.created_at + rng.randrange(20, 240)
    proof = "sign-up form: box ticked by the customer"
    chance = rng.random()
    if chance > _GRANTED + _WITHDRAWN + _DENIED:
        return
    if chance > _GRANTED + _WITHDRAWN:
        yield "marketing", "email", "denied", at, "sign-up form: box left empty"
        return
    yield "marketing", "email", "granted", at, proof
    tracking = rng.random()
    if tracking < _TRACKING_GRANTED:
        yield "tracking", "", "granted", at, proof
    elif tracking < _TRACKING_GRANTED + _TRACKING_DENIED:
        yield "tracking", "", "denied", at, "sign-up form: box left empty"
    if happens(rng, _PROFILING_GRANTED):
        yield "profiling", "", "granted", at, proof
    if happens(rng, _ENRICHMENT_GRANTED):
        yield "enrichment", "", "granted", at, proof
    if chance > _GRANTED:
        later = at + int((newest_at - at) * rng.uniform(0.2, 1))
        yield "marketing", "email", "withdrawn", later, "unsubscribe page: button pressed"


def suppression_rows(
    people: list[Person], newest_at: int, seed: int
) -> Iterator[tuple[object, ...]]:
    """Yield rows of SUPPRESSION_COLUMNS; `at` in seconds since 1970."""
    rng = dice(seed, "suppressions")
    for person in sorted(rng.sample(people, round(_SUPPRESSED * len(people))), key=_id):
        reason = "hard_bounce" if happens(rng, _BOUNCED) else "complaint"
        at = max(person.created_at, newest_at - rng.randrange(200 * DAY_SECONDS))
        yield person.email, reason, at


def _id(person: Person) -> str:
    return person.customer_id
