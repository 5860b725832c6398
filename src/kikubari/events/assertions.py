"""What an event says about a person: traits and consent, read in one place for every consumer."""

from collections.abc import Mapping
from typing import Any

from kikubari.events.contracts import ConsentAssertion, TraitAssertion
from kikubari.spec.envelope import Event, EventKind, Trust
from kikubari.spec.topics import CONSENT_CHANGED, TRAIT_COMPUTED

PROVENANCES = frozenset({"declared", "observed", "inferred_self", "inferred_group", "third_party"})
# What a public key says about how to reach a person is a claim until the person confirms it.
CONTACT_TRAITS = frozenset({"email", "phone"})
CONSENT_STATUSES = frozenset({"granted", "denied", "withdrawn"})
CONSENT_PURPOSES = frozenset({"marketing", "tracking", "profiling", "enrichment"})
# To use what is delicate, by what it is about: never implied by any other consent.
SENSITIVE_PREFIX = "sensitive:"
SENSITIVE_PURPOSES = frozenset(
    SENSITIVE_PREFIX + about
    for about in (
        *("health", "mental_health", "reproductive", "sexuality", "belief", "ethnicity"),
        *("politics", "biometrics", "crime", "children", "location_precise"),
    )
)
MAX_TRAITS = 200


def list_trait_assertions(event: Event) -> list[TraitAssertion]:
    """Return the traits an event asserts about its person.

    `context.kikubari` may carry ``provenance``, ``confidence`` and ``simulated_traits``; the
    default is declared with full confidence.
    """
    if event.kind is not EventKind.IDENTIFY and event.type != TRAIT_COMPUTED:
        return []
    marks = _marks(event)
    provenance = marks.get("provenance")
    simulated = marks.get("simulated_traits")
    is_all_simulated = marks.get("simulated") is True
    simulated_names = set(simulated) if isinstance(simulated, list) else set()
    return [
        TraitAssertion(
            name=name,
            value=value,
            provenance=provenance if provenance in PROVENANCES else "declared",
            confidence=_confidence(marks.get("confidence")),
            is_verified=event.trust is not Trust.PUBLIC or name not in CONTACT_TRAITS,
            is_simulated=is_all_simulated or name in simulated_names,
        )
        for name, value in list(event.traits.items())[:MAX_TRAITS]
    ]


def find_consent_assertion(event: Event) -> ConsentAssertion | None:
    """Return the consent an event records, None if it records none that counts.

    A public key cannot grant consent: anybody could do so for anybody. It may withdraw.
    """
    if event.type != CONSENT_CHANGED:
        return None
    text = {name: value for name, value in event.properties.items() if isinstance(value, str)}
    status, purpose = text.get("status", ""), text.get("purpose", "")
    if status not in CONSENT_STATUSES or purpose not in CONSENT_PURPOSES | SENSITIVE_PURPOSES:
        return None
    if event.trust is Trust.PUBLIC and status == "granted":
        return None
    return ConsentAssertion(
        purpose=purpose,
        channel=text.get("channel", ""),
        status=status,
        wording_version=text.get("wording_version", ""),
        source=text.get("source", ""),
        proof=text.get("proof", ""),
    )


def is_simulated(event: Event) -> bool:
    """Say whether the event is marked as simulated rather than real."""
    return _marks(event).get("simulated") is True


def _marks(event: Event) -> Mapping[str, Any]:
    marks = event.context.get("kikubari")
    return marks if isinstance(marks, dict) else {}


def _confidence(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    return 1.0
