"""Looking people up: one profile in full, thousands in short."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row

from kikubari.events import Sealing
from kikubari.kit.instants import from_micros
from kikubari.profiles._repository import identity as rows
from kikubari.profiles._repository import traits as trait_rows
from kikubari.profiles.consent import ConsentLedger
from kikubari.profiles.contracts import (
    Decision,
    Evidence,
    IdentityChange,
    KnownIdentifier,
    PersonFacts,
    ProfileView,
)
from kikubari.profiles.identifiers import (
    ANONYMOUS_ID,
    EMAIL,
    EXTERNAL_PREFIX,
    PHONE,
    USER_ID,
    Identifier,
    IdentifierRules,
    normalise_email,
    rank_of,
)
from kikubari.profiles.resolution import NEVER, Limits, Link
from kikubari.profiles.traits import load_traits, normalise_term
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import NotFoundError

ID_PREFIX = "prf_"
_MAX_WORDS = 4
_KINDS_TO_TRY = (USER_ID, EMAIL, PHONE, ANONYMOUS_ID)


def profile_id(number: int) -> str:
    """Return the id that addresses and commands use. It stays valid when profiles merge."""
    return f"{ID_PREFIX}{number}"


class Profiles:
    """Reads profiles, on any connection.

    Args:
        sealing: opens trait values.
        limits: the same as numbering's: says which identifiers are shared.
        rules: the same as numbering's.
        workspace_id: whose people these are.
    """

    def __init__(
        self,
        sealing: Sealing,
        limits: Limits | None = None,
        rules: IdentifierRules | None = None,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._sealing = sealing
        self._limits = limits or Limits()
        self._rules = rules or IdentifierRules()
        self._workspace_id = workspace_id
        self._consents = ConsentLedger(sealing, workspace_id=workspace_id)

    def find_by_identifier(self, connection: Connection, kind: str, value: str) -> int | None:
        """Return the canonical number behind an identifier as anybody may write it."""
        identifier = self._rules.find(kind, value)
        if identifier is None:
            return None
        key = identifier.key(self._workspace_id)
        found = rows.list_by_keys(connection, self._workspace_id, [key])
        return found[0].profile if found else None

    def find_number(self, connection: Connection, reference: str | int) -> int | None:
        """Return the canonical number of a profile id, a number or any identifier's value.

        ``kind:value`` names an identifier exactly; else user id, e-mail address, phone number and
        anonymous id are tried in this order.
        """
        text = str(reference).strip()
        digits = text.removeprefix(ID_PREFIX)
        is_number = isinstance(reference, int) or text.startswith(ID_PREFIX)
        if is_number and digits.isascii() and digits.isdigit() and int(digits) <= rows.MAX_NUMBER:
            number = int(digits)
            return rows.list_profiles_of(connection, self._workspace_id, [number]).get(number)
        kind, separator, value = text.rpartition(":")
        if separator and (kind in _KINDS_TO_TRY or kind.startswith(EXTERNAL_PREFIX)):
            found = self.find_by_identifier(connection, kind, value)
            if found is not None:
                return found
        for kind in _KINDS_TO_TRY:
            found = self.find_by_identifier(connection, kind, text)
            if found is not None:
                return found
        return None

    def get_profile(self, connection: Connection, reference: str | int) -> ProfileView:
        """Return everything about one person.

        Args:
            connection: a snapshot.
            reference: see `find_number`.

        Raises:
            NotFoundError: nobody by that.
        """
        number = self.find_number(connection, reference)
        if number is None:
            raise NotFoundError(
                f"no profile by {reference!r}",
                hint="Use a profile id (prf_…), a user id, an e-mail address or a phone number.",
            )
        members = rows.list_members(connection, self._workspace_id, [number])
        numbers = tuple(sorted(row.number for row in members))
        traits, emails = load_traits(connection, self._sealing, self._workspace_id, [number])
        evidence, decisions = self._explain(connection, numbers)
        return ProfileView(
            id=profile_id(number),
            number=number,
            numbers=numbers,
            identifiers=tuple(self._known_identifiers(members)),
            traits=traits[number],
            email=emails.get(number),
            consents=self._consents.standing(connection, number),
            evidence=evidence,
            decisions=decisions,
        )

    def load_profiles(
        self,
        connection: Connection,
        numbers: Collection[int],
        *,
        names: Collection[str] | None = None,
    ) -> dict[int, PersonFacts]:
        """Return traits and address of many people, by canonical number.

        Args:
            connection: a snapshot.
            numbers: canonical; hundreds at once.
            names: traits to load, all if None; name only what is used.
        """
        wanted = None if names is None else {*names, "email"}
        traits, emails = load_traits(
            connection, self._sealing, self._workspace_id, numbers, names=wanted
        )
        return {
            number: PersonFacts(number, traits[number], emails.get(number)) for number in numbers
        }

    def load_emails(self, connection: Connection, numbers: Collection[int]) -> dict[int, str]:
        """Return the latest verified address of each person, by canonical number, if any."""
        _, emails = load_traits(
            connection, self._sealing, self._workspace_id, numbers, names=["email"]
        )
        return emails

    def resolve_numbers(self, connection: Connection, numbers: Collection[int]) -> dict[int, int]:
        """Return who these numbers are now; those that nobody has (any more) are left out."""
        return rows.list_profiles_of(connection, self._workspace_id, numbers)

    def list_numbers(self, connection: Connection, number: int) -> list[int]:
        """Return all numbers of the person a canonical number stands for."""
        members = rows.list_members(connection, self._workspace_id, [number])
        return sorted(row.number for row in members)

    def numbers_of(self, connection: Connection, people: Collection[int]) -> dict[int, int]:
        """Return every number of these people, each with its canonical number."""
        return rows.list_numbers_of(connection, self._workspace_id, people)

    def identity_history(self, connection: Connection, number: int) -> list[IdentityChange]:
        """Return how a person came to be who they are, oldest first.

        Numbers that came and numbers that left, grouped by the evidence that moved them.
        """
        members = rows.list_members(connection, self._workspace_id, [number])
        own = {row.number for row in members}
        decided = rows.list_decisions_of(connection, self._workspace_id, own)
        touched = own | {end for row in decided for end in (row.left, row.right)}
        made = rows.list_moves_of(connection, self._workspace_id, touched)
        names = rows.list_identifiers(connection, self._workspace_id, touched)
        explained = {(row.at_us, row.source_id, bytes(row.message_key)): row for row in decided}
        changes: dict[tuple[int, int, bytes], IdentityChange] = {}
        for row in made:
            is_ours = row.profile in own or row.previous in own
            if not is_ours or row.number not in names:
                continue
            cause = (row.at_us, row.source_id, bytes(row.message_key))
            change = changes.get(cause) or _change(cause, explained.get(cause))
            changes[cause] = change.with_number(names[row.number], came=row.profile in own)
        return [changes[cause] for cause in sorted(changes)]

    def search(self, connection: Connection, text: str, *, limit: int = 20) -> list[int]:
        """Return canonical numbers of people by the start of an id, address, phone or name."""
        text = text.strip()
        if not text:
            return []
        found: dict[int, None] = {}
        exact = self.find_number(connection, text)
        if exact is not None:
            found[exact] = None
        for prefix in dict.fromkeys((text, normalise_email(text) or normalise_term(text))):
            found |= dict.fromkeys(
                rows.search_values(connection, self._workspace_id, prefix=prefix, limit=limit)
            )
        named = self._find_named(connection, normalise_term(text).split(), limit)
        profile_of = rows.list_profiles_of(connection, self._workspace_id, named)
        found |= dict.fromkeys(profile_of[number] for number in named if number in profile_of)
        return list(found)[:limit]

    def _find_named(self, connection: Connection, words: list[str], limit: int) -> list[int]:
        """Return numbers by the start of a name written as one word, or of each of its words."""
        whole = ["".join(words)]
        by_words = sorted(set(words), key=lambda word: (-len(word), word))[:_MAX_WORDS]
        found: dict[int, None] = {}
        for prefixes in [whole] if len(by_words) == 1 else [whole, by_words]:
            if prefixes[0]:
                found |= dict.fromkeys(
                    trait_rows.search_names(
                        connection, self._workspace_id, prefixes=prefixes, limit=limit
                    )
                )
        return list(found)

    def _known_identifiers(self, members: list[Row[*tuple[Any, ...]]]) -> list[KnownIdentifier]:
        nodes = [(rows.node_of(row, rank_of(row.kind)), row.value) for row in members]
        return [
            KnownIdentifier(
                number=node.number,
                identifier=Identifier(node.kind, value),
                first_seen_at=from_micros(node.first[0]),
                # A device counts as shared as soon as a second person used it.
                is_shared=node.n_people > 1 if node.is_device else node.is_hub(self._limits),
            )
            for node, value in sorted(nodes, key=lambda one: (one[0].rank, one[0].first))
            if node.first != NEVER
        ]

    def _explain(
        self, connection: Connection, numbers: tuple[int, ...]
    ) -> tuple[tuple[Evidence, ...], tuple[Decision, ...]]:
        """Return the evidence that touches a person, what became of it, and decisions."""
        workspace_id = self._workspace_id
        people = rows.list_links_of_people(connection, workspace_id, numbers, only_decisions=False)
        devices = rows.list_links_towards_devices(connection, workspace_id, numbers)
        links = {(link.strong, link.weak, link.kind): link for link in [*people, *devices]}
        decided = rows.list_decisions_of(connection, workspace_id, numbers)
        ends = {n for link in links.values() for n in (link.strong, link.weak)}
        ends |= {number for row in decided for number in (row.left, row.right)}
        names = rows.list_identifiers(connection, workspace_id, ends)
        return (
            tuple(
                _evidence(link, names)
                for link in sorted(links.values(), key=lambda link: link.evidence)
                if link.strong in names and link.weak in names
            ),
            tuple(
                Decision(
                    is_merge=bool(row.is_merge),
                    left=names[row.left],
                    right=names[row.right],
                    by=row.decided_by,
                    explanation=row.explanation,
                    at=from_micros(row.at_us),
                )
                for row in decided
                if row.left in names and row.right in names
            ),
        )


def _change(
    cause: tuple[int, int, bytes], decision: Row[*tuple[Any, ...]] | None
) -> IdentityChange:
    return IdentityChange(
        at=from_micros(cause[0]),
        source_id=cause[1],
        by=decision.decided_by if decision else "",
        explanation=decision.explanation if decision else "",
    )


def _evidence(link: Link, names: dict[int, Identifier]) -> Evidence:
    return Evidence(
        left=names[link.strong],
        right=names[link.weak],
        kind=link.kind.name.lower(),
        outcome=link.outcome,
        at=from_micros(link.evidence[0]),
        source_id=link.evidence[1],
    )
