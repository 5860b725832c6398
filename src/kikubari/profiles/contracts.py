"""What profiles hands out."""

from datetime import datetime
from typing import Any

import msgspec

from kikubari.profiles.identifiers import Identifier


class TraitFact(msgspec.Struct, frozen=True):
    """What one source says about a person, as of its latest statement."""

    name: str
    value: Any
    at: datetime
    source_id: int
    provenance: str  # declared | observed | inferred_self | inferred_group | third_party
    confidence: float  # 0..1
    is_verified: bool
    is_simulated: bool


class Trait(msgspec.Struct, frozen=True):
    """The statement that stands, and the other sources that say something else."""

    fact: TraitFact
    disagreements: tuple[TraitFact, ...] = ()

    @property
    def value(self) -> Any:
        """Return the value that stands."""
        return self.fact.value


class KnownIdentifier(msgspec.Struct, frozen=True):
    """An identifier of a profile. `number` is its own, for ever."""

    number: int
    identifier: Identifier
    first_seen_at: datetime
    is_shared: bool  # seen with several people: hold back what is private


class Evidence(msgspec.Struct, frozen=True):
    """Why two identifiers are, or are not, the same person's.

    Attributes:
        left: stronger of the two.
        right: weaker of the two.
        kind: public | seen | alias | merged | apart.
        outcome: stable code, see docs/identity.md; ``joined`` and ``same`` count, others refuse.
        at: when it was said.
        source_id: by whom.
    """

    left: Identifier
    right: Identifier
    kind: str
    outcome: str
    at: datetime
    source_id: int


class Decision(msgspec.Struct, frozen=True):
    """A merge or an unmerge that a member decided on."""

    is_merge: bool
    left: Identifier
    right: Identifier
    by: str
    explanation: str
    at: datetime


class IdentityChange(msgspec.Struct, frozen=True, kw_only=True):
    """Identifiers that came to a person, or left, by one piece of evidence.

    Attributes:
        at: of the evidence.
        source_id: whose it is.
        by: the member who decided it, empty if evidence alone did.
        explanation: the member's.
        joined: identifiers that came.
        left: identifiers that went.
    """

    at: datetime
    source_id: int
    by: str = ""
    explanation: str = ""
    joined: tuple[Identifier, ...] = ()
    left: tuple[Identifier, ...] = ()

    def with_number(self, identifier: Identifier, *, came: bool) -> "IdentityChange":
        """Return the change with one more identifier that came or left."""
        if came:
            return msgspec.structs.replace(self, joined=(*self.joined, identifier))
        return msgspec.structs.replace(self, left=(*self.left, identifier))


class ConsentState(msgspec.Struct, frozen=True):
    """Where a person stands on one purpose and channel. Unknown means no."""

    status: str = "unknown"  # granted | denied | withdrawn | unknown
    purpose: str = ""
    channel: str = ""  # as stated; empty: every channel
    at: datetime | None = None
    wording_version: str = ""
    source: str = ""

    @property
    def is_granted(self) -> bool:
        """Say whether there is a consent to rely on."""
        return self.status == "granted"


class WordingUse(msgspec.Struct, frozen=True, kw_only=True):
    """Consents given under one version of the words, at one place.

    Attributes:
        version: of the words; empty when a source named none.
        source: where they were given: a form, a page, an import.
        n_people: who gave them there, also those who withdrew since. Profiles that were merged
            count by themselves.
        last_at: of the newest.
    """

    version: str
    purpose: str
    channel: str
    source: str
    n_people: int
    last_at: datetime


class ConsentEntry(msgspec.Struct, frozen=True):
    """One line of the consent ledger."""

    number: int
    purpose: str
    channel: str
    status: str
    wording_version: str
    source: str
    proof: str | None  # None: erased with the person's key
    at: datetime
    received_at: datetime
    position: int


class PersonFacts(msgspec.Struct, frozen=True):
    """What rendering and choosing need to know about one person.

    Attributes:
        number: canonical.
        traits: by name.
        email: latest verified address, None when there is none to write to.
    """

    number: int
    traits: dict[str, Trait]
    email: str | None


class ProfileView(msgspec.Struct, frozen=True):
    """Everything the product knows about who somebody is.

    `consents` holds the standing statements, one per purpose and channel.
    """

    id: str
    number: int
    numbers: tuple[int, ...]
    identifiers: tuple[KnownIdentifier, ...]
    traits: dict[str, Trait]
    email: str | None
    consents: tuple[ConsentState, ...]
    evidence: tuple[Evidence, ...]
    decisions: tuple[Decision, ...]


class ErasureReceipt(msgspec.Struct, frozen=True):
    """Proof that a person was erased, which names nobody.

    Attributes:
        receipt_id: quote it.
        profile: canonical number that was.
        numbers: all numbers that were; other stores delete what they hold under these.
        erased_at: when.
        counts: rows removed, by kind.
        hashes: keyed hashes of the identifiers: whoever presents one can be shown the receipt.
        erased_by: member or key.
        reason: as they put it; must not name the person.
    """

    receipt_id: str
    profile: int
    numbers: tuple[int, ...]
    erased_at: datetime
    counts: dict[str, int]
    hashes: tuple[str, ...]
    erased_by: str = ""
    reason: str = ""


class ExportReceipt(msgspec.Struct, frozen=True):
    """Proof of what was handed out about a person.

    Attributes:
        receipt_id: quote it.
        profile: canonical number at the time.
        exported_at: when.
        exported_by: member or key.
        counts: entries by kind.
        digest: SHA-256 of the file's content, in hex.
    """

    receipt_id: str
    profile: int
    exported_at: datetime
    exported_by: str
    counts: dict[str, int]
    digest: str
