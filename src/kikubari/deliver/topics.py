"""What the shop writes about, for customers to choose from. A broadcast is on one topic or none."""

import re
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, select, update

from kikubari.deliver._tables import dispatches, topics, wishes
from kikubari.deliver.wishes import NO
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import ConflictError, InvalidInputError, NotFoundError
from kikubari.storage import StateStore, insert_or_ignore

MAX_TOPICS = 50
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_ABOUT = "topic:"  # of wishes
_MAX_NAME = 80
_MAX_DESCRIPTION = 300


class TopicDefinition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A topic as the shop words it. `id` is lower-case letters, digits and hyphens, for ever."""

    id: str
    name_ja: str
    name_en: str
    description_ja: str = ""
    description_en: str = ""


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """A topic. One that is retired is offered no more; what people said of it is kept."""

    definition: TopicDefinition
    is_retired: bool
    created_at: datetime


class TopicCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many customers said that they want to read about a topic, and that they do not."""

    n_wanted: int = 0
    n_unwanted: int = 0


class Topics:
    """The shop's topics, in the order they were made."""

    def __init__(self, store: StateStore, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._store = store
        self._workspace_id = workspace_id

    def create(self, definition: TopicDefinition, *, at: datetime) -> Topic:
        """Add a topic.

        Raises:
            InvalidInputError: its id or a name cannot be used, or there are too many.
            ConflictError: there is one by that id.
        """
        _check(definition)

        def work(connection: Connection) -> None:
            if len(self._rows(connection)) >= MAX_TOPICS:
                raise InvalidInputError(f"at most {MAX_TOPICS} topics")
            added = connection.execute(
                insert_or_ignore(connection, topics)
                .values(
                    workspace_id=self._workspace_id,
                    is_retired=0,
                    created_us=to_micros(at),
                    **msgspec.structs.asdict(definition),
                )
                # PostgreSQL's driver counts no rows of an INSERT.
                .returning(topics.c.id)
            )
            if added.first() is None:
                raise ConflictError(
                    f"there is a topic {definition.id}", hint="Change it, or choose another id."
                )

        self._store.write(work)
        return self.get(definition.id)

    def change(self, definition: TopicDefinition, *, is_retired: bool) -> Topic:
        """Word a topic anew, retire it or bring it back.

        Raises:
            InvalidInputError: a name cannot be used.
            NotFoundError: there is none by that id.
        """
        _check(definition)
        values = {**msgspec.structs.asdict(definition), "is_retired": int(is_retired)}

        def work(connection: Connection) -> int:
            return connection.execute(
                update(topics)
                .where(topics.c.workspace_id == self._workspace_id, topics.c.id == definition.id)
                .values(values)
            ).rowcount

        if self._store.write(work) != 1:
            raise NotFoundError(f"no topic {definition.id}")
        return self.get(definition.id)

    def get(self, topic_id: str) -> Topic:
        """Return a topic.

        Raises:
            NotFoundError: there is none by that id.
        """
        for one in self.list_all():
            if one.definition.id == topic_id:
                return one
        raise NotFoundError(f"no topic {topic_id}", hint="GET /api/topics lists them.")

    def list_all(self) -> list[Topic]:
        """Return all topics, retired ones too."""
        with self._store.read() as connection:
            return [_topic(row) for row in self._rows(connection)]

    def list_broadcasts(self, topic_id: str) -> list[str]:
        """Return the ids of broadcasts sent on a topic."""
        with self._store.read() as connection:
            return list(
                connection.execute(
                    select(dispatches.c.origin_id).where(
                        dispatches.c.workspace_id == self._workspace_id,
                        dispatches.c.origin_kind == "broadcast",
                        dispatches.c.topic == topic_id,
                    )
                ).scalars()
            )

    def count_words(self) -> dict[str, TopicCount]:
        """Return how many customers said yes or no to each topic; most say nothing, which is yes.

        Two profiles that were merged count by themselves.
        """
        with self._store.read() as connection:
            rows = connection.execute(
                select(wishes.c.about, wishes.c.value, func.count())
                .where(
                    wishes.c.workspace_id == self._workspace_id,
                    wishes.c.about.startswith(_ABOUT, autoescape=True),
                )
                .group_by(wishes.c.about, wishes.c.value)
            ).all()
        counts: dict[str, TopicCount] = {}
        for about, value, n in rows:
            topic_id = about.removeprefix(_ABOUT)
            known = counts.get(topic_id, TopicCount())
            n_no = n if value == NO else 0
            counts[topic_id] = TopicCount(
                n_wanted=known.n_wanted + n - n_no, n_unwanted=known.n_unwanted + n_no
            )
        return counts

    def list_offered(self) -> list[TopicDefinition]:
        """Return the topics people can choose from."""
        return [one.definition for one in self.list_all() if not one.is_retired]

    def check(self, topic_id: str) -> None:
        """Refuse a topic that a broadcast cannot be on; none is fine.

        Raises:
            InvalidInputError: there is no such topic, or it is retired.
        """
        if topic_id and topic_id not in {one.id for one in self.list_offered()}:
            raise InvalidInputError(
                f"no topic {topic_id} is offered",
                hint="Make it with POST /api/topics, or leave the topic empty.",
            )

    def _rows(self, connection: Connection) -> list[Row[*tuple[Any, ...]]]:
        return list(
            connection.execute(
                select(topics)
                .where(topics.c.workspace_id == self._workspace_id)
                .order_by(topics.c.created_us, topics.c.id)
            )
        )


def _topic(row: Row[*tuple[Any, ...]]) -> Topic:
    return Topic(
        definition=msgspec.convert(row, TopicDefinition, from_attributes=True),
        is_retired=bool(row.is_retired),
        created_at=from_micros(row.created_us),
    )


def _check(definition: TopicDefinition) -> None:
    if not _ID.fullmatch(definition.id):
        raise InvalidInputError(
            "a topic's id is 1 to 40 lower-case letters, digits and hyphens",
            hint="Such as new-tea.",
        )
    for name in (definition.name_ja, definition.name_en):
        if not name.strip() or len(name) > _MAX_NAME or not name.isprintable():
            raise InvalidInputError(f"a topic needs a name of at most {_MAX_NAME} characters")
    for text in (definition.description_ja, definition.description_en):
        if len(text) > _MAX_DESCRIPTION or not text.isprintable():
            raise InvalidInputError(f"a description has at most {_MAX_DESCRIPTION} characters")
