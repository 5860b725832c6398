"""Personas of a shop: found in behaviour, or defined; assigned, stored, and used as lists."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from pyroaring import BitMap
from sqlalchemy import Connection, func, insert, select

from kikubari.kit.clock import Clock
from kikubari.kit.instants import from_micros
from kikubari.segments._tables import persona_sets
from kikubari.segments.behaviour import Behaviour, read_behaviour
from kikubari.segments.engine import SegmentEngine
from kikubari.segments.lists import StoredLists
from kikubari.segments.personas.contracts import (
    Persona,
    PersonaRules,
    PersonaSet,
    Source,
)
from kikubari.segments.personas.finding import Found, find_clusters
from kikubari.segments.personas.naming import list_distinctions, name_clusters
from kikubari.segments.personas.search import PersonaSearch, Report, report_nothing
from kikubari.segments.stored import MAX_NAME
from kikubari.spec.conditions import Everyone, InSegment
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import InvalidInputError, NotFoundError
from kikubari.storage import ColumnarStore, StateStore

MAX_RULES = 30
# A cluster that shares half its people with an earlier persona is that persona.
_SAME = 0.5
_SEED = 20_070_101
# Reading the year takes about this share of a search.
_READ = 0.2
_decode = msgspec.json.Decoder(PersonaSet).decode


class _Draft(msgspec.Struct, frozen=True):
    """A persona before it is stored."""

    persona: Persona
    members: BitMap


class Personas:
    """Finds, defines, assigns; `search` finds beside the requests of who waits for it.

    Args:
        state: store of assignments.
        columnar: copy of the log.
        engine: evaluates the segments of defined personas.
        lists: where members are stored.
        clock: says when.
        workspace_id: whose customers.
    """

    def __init__(
        self,
        state: StateStore,
        columnar: ColumnarStore,
        engine: SegmentEngine,
        lists: StoredLists,
        clock: Clock,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._state = state
        self._columnar = columnar
        self._engine = engine
        self._lists = lists
        self._clock = clock
        self._workspace_id = workspace_id
        self.search = PersonaSearch(self.find, clock)

    def latest(self, source: Source) -> PersonaSet | None:
        """Return the newest assignment, None before the first."""
        query = select(persona_sets.c.body).where(
            persona_sets.c.workspace_id == self._workspace_id,
            persona_sets.c.source == source,
            persona_sets.c.version == _newest(self._workspace_id, source),
        )
        with self._state.read() as connection:
            body = connection.execute(query).scalar()
        return None if body is None else _decode(body)

    def find(self, as_of: datetime | None = None, report: Report = report_nothing) -> PersonaSet:
        """Look for kinds of customers in the year before an instant, and store them.

        Personas of an earlier search whose people are mostly the same keep their ids; those that
        are not found again stay as lists and are personas no longer.
        """
        moment = self._engine.moment(as_of)
        behaviour = read_behaviour(
            self._columnar,
            moment,
            left_out=self._engine.list_unprofiled(),
            workspace_id=self._workspace_id,
        )
        report(_READ)
        found = find_clusters(
            behaviour, seed=_SEED, report=lambda share: report(_READ + (1 - _READ) * share)
        )
        drafts = self._drafts(behaviour, found) if isinstance(found, Found) else []
        n_people = len(behaviour.numbers)
        return self._store(
            drafts,
            PersonaSet(
                source="found",
                version=0,
                made_at=self._clock.now(),
                as_of=from_micros(moment.as_of),
                n_people=n_people,
                personas=(),
                n_hidden=int((found.labels < 0).sum()) if isinstance(found, Found) else 0,
                rand=round(found.rand, 3) if isinstance(found, Found) else None,
                nothing=None if isinstance(found, Found) else found,
            ),
        )

    def define(self, rules: PersonaRules, as_of: datetime | None = None) -> PersonaSet:
        """Assign everybody to the first of some segments that fits, else to the default.

        Raises:
            InvalidInputError: no rule, too many, one name twice, or a name that cannot be used.
            NotFoundError: there is no such segment.
        """
        _check(rules)
        moment = self._engine.moment(as_of)
        at = from_micros(moment.as_of)
        left = self._engine.evaluate(Everyone(), at).members
        n_people = len(left)
        drafts = []
        for place, rule in enumerate(rules.rules, start=1):
            members = left & self._engine.evaluate(InSegment(rule.segment_id), at).members
            left = left - members
            drafts.append(
                _defined(f"defined-{place}", rule.name, members, n_people, rule.segment_id)
            )
        drafts.append(_defined("defined-default", rules.default_name, left, n_people, None))
        return self._store(
            drafts,
            PersonaSet(
                source="defined",
                version=0,
                made_at=self._clock.now(),
                as_of=at,
                n_people=n_people,
                personas=(),
            ),
        )

    def renew(self) -> PersonaSet:
        """Assign everybody anew by the rules defined last.

        Raises:
            NotFoundError: nothing was defined yet.
        """
        last = self.latest("defined")
        if last is None:
            raise NotFoundError("no personas were defined yet")
        return self.define(rules_of(last))

    def _drafts(self, behaviour: Behaviour, found: Found) -> list[_Draft]:
        n_clusters = len(found.jaccard)
        distinctions = list_distinctions(behaviour, found.labels, n_clusters)
        names = name_clusters(distinctions)
        members = [BitMap(behaviour.numbers[found.labels == label]) for label in range(n_clusters)]
        ids = self._ids(members)
        drafts = [
            _Draft(
                Persona(
                    id=id_,
                    name_ja=names[label][0],
                    name_en=names[label][1],
                    list_id=f"persona-{id_}",
                    size=len(members[label]),
                    share=round(len(members[label]) / len(behaviour.numbers), 4),
                    jaccard=round(found.jaccard[label], 3),
                    distinctions=distinctions[label],
                ),
                members[label],
            )
            for label, id_ in enumerate(ids)
        ]
        return sorted(drafts, key=lambda one: -one.persona.size)

    def _ids(self, members: Sequence[BitMap]) -> list[str]:
        """Return an id for each cluster: an earlier one's, or one never used."""
        last = self.latest("found")
        before = {
            one.id: self._lists.members(one.list_id) for one in (last.personas if last else ())
        }
        fresh = self._fresh_ids()
        ids = []
        for mine in members:
            alike = {id_: mine.jaccard_index(theirs) for id_, theirs in before.items() if theirs}
            best = max(alike, key=alike.__getitem__, default="")
            if best and alike[best] >= _SAME:
                del before[best]
                ids.append(best)
            else:
                ids.append(next(fresh))
        return ids

    def _fresh_ids(self) -> Iterator[str]:
        taken = {one.id for one in self._lists.list_all()}
        number = 1
        while True:
            if f"persona-found-{number}" not in taken:
                yield f"found-{number}"
            number += 1

    def _store(self, drafts: Sequence[_Draft], made: PersonaSet) -> PersonaSet:
        def work(connection: Connection) -> PersonaSet:
            for one in drafts:
                self._lists.save_in(
                    connection,
                    one.persona.list_id,
                    one.members,
                    name_ja=one.persona.name_ja,
                    name_en=one.persona.name_en,
                    at=made.made_at,
                )
            newest = _newest(self._workspace_id, made.source)
            last: int | None = connection.execute(select(newest)).scalar()
            stored = msgspec.structs.replace(
                made, version=(last or 0) + 1, personas=tuple(one.persona for one in drafts)
            )
            row = {
                "workspace_id": self._workspace_id,
                "source": stored.source,
                "version": stored.version,
                "body": msgspec.json.encode(stored).decode(),
            }
            connection.execute(insert(persona_sets), row)
            return stored

        return self._state.write(work)


def rules_of(defined: PersonaSet) -> PersonaRules:
    """Return the rules that a defined assignment was made by."""
    *first, default = defined.personas
    return msgspec.convert(
        {
            "rules": [{"name": one.name_en, "segment_id": one.segment_id} for one in first],
            "default_name": default.name_en,
        },
        PersonaRules,
    )


def _defined(id_: str, name: str, members: BitMap, n_people: int, segment_id: str | None) -> _Draft:
    persona = Persona(
        id=id_,
        name_ja=name,
        name_en=name,
        list_id=f"persona-{id_}",
        size=len(members),
        share=round(len(members) / n_people, 4) if n_people else 0.0,
        segment_id=segment_id,
    )
    return _Draft(persona, members)


def _check(rules: PersonaRules) -> None:
    if not 0 < len(rules.rules) <= MAX_RULES:
        raise InvalidInputError(f"personas need 1 to {MAX_RULES} rules")
    names = [*(one.name for one in rules.rules), rules.default_name]
    if any(not 0 < len(name.strip()) <= MAX_NAME for name in names):
        raise InvalidInputError(f"a persona's name has 1 to {MAX_NAME} characters")
    if len(set(names)) < len(names):
        raise InvalidInputError("two personas have the same name")


def _newest(workspace_id: int, source: Source) -> Any:
    return (
        select(func.max(persona_sets.c.version))
        .where(persona_sets.c.workspace_id == workspace_id, persona_sets.c.source == source)
        .scalar_subquery()
    )
