"""The people around somebody, loaded from their devices and marks outwards."""

from collections.abc import Collection, Iterable
from itertools import combinations

import msgspec
from sqlalchemy import Connection

from kikubari.kit.instants import from_micros
from kikubari.profiles._repository import identity
from kikubari.profiles._repository import sharing as rows
from kikubari.profiles.household_marks import Mark
from kikubari.profiles.sharing import (
    HOUSEHOLD_SCORE,
    MAX_AT_ADDRESS,
    MAX_MEMBERS,
    MAX_ON_DEVICE,
    DeviceUse,
    SharedDevice,
    Sharing,
    Span,
    Tie,
    component_of,
    is_interleaved,
    make_tie,
)

# A person may have several identifiers: until people are loaded, identifiers are counted.
_NUMBERS_PER_PERSON = 5
_DEVICE = "device"


class _Person(msgspec.Struct):
    """What is known of one person: standing marks, and spans of use by device."""

    profile: int
    marks: dict[int, bytes] = {}
    uses: dict[bytes, Span] = {}


class Nearby:
    """The people around those asked about, as far as they were looked at.

    Those *expanded* are known with all who share something with them; their neighbours are known
    with their own marks and devices only.
    """

    def __init__(self, connection: Connection, workspace_id: int) -> None:
        self._connection = connection
        self._workspace_id = workspace_id
        self._people: dict[int, _Person] = {}
        self._users: dict[bytes, set[int]] = {}
        self._crowded: set[bytes] = set()
        self._expanded: set[int] = set()
        self._ties: dict[int, list[Tie]] = {}
        self._beside: dict[int, set[int]] = {}

    def expand(self, people: Collection[int]) -> set[int]:
        """Look at everybody around these; return who should be expanded next."""
        self._take_in(people)
        self._expanded |= set(people)
        self._take_in(self._find_neighbours(people))
        self._tie_together()
        found: set[int] = set()
        for person in people:
            household = component_of(person, self._beside)
            if len(household) <= MAX_MEMBERS:
                found |= household
        return found - self._expanded

    def describe(self, profile: int) -> Sharing:
        """Return what one person shares."""
        household = component_of(profile, self._beside)
        is_found = 1 < len(household) <= MAX_MEMBERS
        return Sharing(
            profile,
            household=tuple(sorted(household)) if is_found else (),
            ties=tuple(
                sorted(
                    self._ties.get(profile, ()), key=lambda tie: (-tie.score, tie.left, tie.right)
                )
            ),
            devices=tuple(self._shared_devices(self._people[profile])),
            is_crowded=len(household) > MAX_MEMBERS,
        )

    def _take_in(self, people: Collection[int]) -> None:
        """Load marks and devices of people not known yet."""
        fresh = [profile for profile in people if profile not in self._people]
        profile_of = identity.list_numbers_of(self._connection, self._workspace_id, fresh)
        self._people |= {profile: _Person(profile) for profile in fresh}
        latest: dict[tuple[int, int], tuple[int, int, bytes]] = {}
        for row in rows.list_marks(self._connection, self._workspace_id, profile_of.keys()):
            one = self._people[profile_of[row.number]]
            order = (row.at_us, row.source_id, bytes(row.message_key))
            key = (one.profile, row.field)
            if key not in latest or order > latest[key]:
                latest[key] = order
                one.marks[row.field] = bytes(row.digest)
        for row in rows.list_uses(self._connection, self._workspace_id, profile_of.keys()):
            one = self._people[profile_of[row.number]]
            device = bytes(row.device)
            first, last = one.uses.get(device, (row.first_us, row.last_us))
            one.uses[device] = (min(first, row.first_us), max(last, row.last_us))
            self._users.setdefault(device, set()).add(one.profile)

    def _find_neighbours(self, people: Collection[int]) -> set[int]:
        """Return who shares a device, an address or a fixed line with any of these."""
        devices = {device for profile in people for device in self._people[profile].uses}
        digests = {
            digest
            for profile in people
            for field, digest in self._people[profile].marks.items()
            if digest and field != Mark.SURNAME
        }
        on_device, crowded_devices = rows.list_numbers_by_device(
            self._connection,
            self._workspace_id,
            devices,
            most=MAX_ON_DEVICE * _NUMBERS_PER_PERSON,
        )
        by_digest, crowded_digests = rows.list_numbers_by_digest(
            self._connection,
            self._workspace_id,
            digests,
            most=MAX_AT_ADDRESS * _NUMBERS_PER_PERSON,
        )
        self._crowded |= crowded_devices | crowded_digests
        found = identity.list_profiles_of(
            self._connection, self._workspace_id, on_device | by_digest
        )
        return set(found.values())

    def _tie_together(self) -> None:
        """Find every tie of the people expanded."""
        pairs: dict[tuple[int, int], set[str]] = {}
        for (kind, value), together in self._things_in_common().items():
            for left, right in combinations(sorted(together, key=lambda one: one.profile), 2):
                pair = (left.profile, right.profile)
                if not self._expanded.isdisjoint(pair):
                    pairs.setdefault(pair, set()).add(_sign(kind, value, left, right))
        self._ties, self._beside = {}, {}
        for (one, other), kinds in pairs.items():
            tie = make_tie(one, other, kinds)
            for person, beside in ((one, other), (other, one)):
                self._ties.setdefault(person, []).append(tie)
                if tie.score >= HOUSEHOLD_SCORE:
                    self._beside.setdefault(person, set()).add(beside)

    def _things_in_common(self) -> dict[tuple[str, bytes], list[_Person]]:
        """Return who has what, of all things that few enough people have."""
        common: dict[tuple[str, bytes], list[_Person]] = {}
        for person in self._people.values():
            for device in person.uses:
                if not self._is_public(device):
                    common.setdefault((_DEVICE, device), []).append(person)
            for field, digest in person.marks.items():
                if digest and field != Mark.SURNAME and digest not in self._crowded:
                    common.setdefault((Mark(field).name, digest), []).append(person)
        return {
            (kind, value): people
            for (kind, value), people in common.items()
            if kind == _DEVICE or len(people) <= MAX_AT_ADDRESS
        }

    def _shared_devices(self, person: _Person) -> Iterable[SharedDevice]:
        shared = [
            device
            for device in person.uses
            if len(self._users[device]) > 1 or device in self._crowded
        ]
        found = identity.list_by_keys(self._connection, self._workspace_id, shared)
        number_of = {bytes(row.key): row.number for row in found}
        names = identity.list_identifiers(
            self._connection, self._workspace_id, list(number_of.values())
        )
        for device in shared:
            name = names.get(number_of.get(device, 0))
            if name is not None:
                yield self._shared_device(person, device, name.value)

    def _shared_device(self, person: _Person, device: bytes, name: str) -> SharedDevice:
        is_public = self._is_public(device)
        users = {person.profile} if is_public else self._users[device]
        spans = {profile: self._people[profile].uses[device] for profile in users}
        return SharedDevice(
            device=name,
            uses=tuple(
                DeviceUse(profile, from_micros(first), from_micros(last))
                for profile, (first, last) in sorted(
                    spans.items(), key=lambda use: (use[1], use[0])
                )
            ),
            is_interleaved=is_interleaved(list(spans.values())),
            is_public=is_public,
        )

    def _is_public(self, device: bytes) -> bool:
        return device in self._crowded or len(self._users[device]) > MAX_ON_DEVICE


def _sign(kind: str, value: bytes, left: _Person, right: _Person) -> str:
    if kind == _DEVICE:
        is_side_by_side = is_interleaved([left.uses[value], right.uses[value]])
        return "interleaved_device" if is_side_by_side else "handed_over_device"
    if kind == Mark.LANDLINE.name:
        return "landline"
    surnames = [person.marks.get(Mark.SURNAME, b"") for person in (left, right)]
    return "address_and_surname" if surnames[0] and surnames[0] == surnames[1] else "address"
