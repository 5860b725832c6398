"""Every query on news about products."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
from pyroaring import BitMap
from sqlalchemy import Connection, Row, func, or_, select, update

from kikubari.catalog._tables import (
    news_rules,
    product_news,
    product_versions,
    product_watch,
)
from kikubari.catalog.news_rules import NewsRules, Offer
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.topics import NEW_ARRIVAL
from kikubari.storage import insert_or_ignore, upsert

TELLING, TOLD, OVERTAKEN = "telling", "told", "overtaken"

_decode_seen = msgspec.json.Decoder(dict[str, Offer]).decode


def load_rules(connection: Connection, workspace_id: int) -> NewsRules:
    """Return the shop's rules, the usual ones if it has none of its own."""
    body = connection.execute(
        select(news_rules.c.body).where(news_rules.c.workspace_id == workspace_id)
    ).scalar()
    return NewsRules() if body is None else msgspec.json.decode(body, type=NewsRules)


def save_rules(connection: Connection, workspace_id: int, rules: NewsRules) -> None:
    """Replace the shop's rules."""
    statement = upsert(connection, news_rules, key=["workspace_id"], update=["body"])
    body = msgspec.json.encode(rules).decode()
    connection.execute(statement, {"workspace_id": workspace_id, "body": body})


def mark_changed(
    connection: Connection, workspace_id: int, product_ids: Collection[str], *, position: int
) -> None:
    """Note that products may have changed, as of a position of the log."""
    statement = upsert(
        connection, product_watch, key=["workspace_id", "product_id"], update=["changed_position"]
    )
    connection.execute(
        statement,
        [
            {"workspace_id": workspace_id, "product_id": one, "changed_position": position}
            for one in product_ids
        ],
    )


class Changed(msgspec.Struct, frozen=True):
    """A product that may have changed since its news were told; `seen` is None the first time."""

    product_id: str
    position: int
    seen: dict[str, Offer] | None


def list_changed(connection: Connection, workspace_id: int, *, limit: int) -> list[Changed]:
    """Return products that may have changed, the first changed first."""
    c = product_watch.c
    rows = connection.execute(
        select(c.product_id, c.changed_position, c.seen)
        .where(c.workspace_id == workspace_id, c.changed_position.is_not(None))
        .order_by(c.changed_position, c.product_id)
        .limit(limit)
    )
    return [
        Changed(
            row.product_id,
            row.changed_position,
            None if row.seen is None else _decode_seen(row.seen),
        )
        for row in rows
    ]


def count_changed(connection: Connection, workspace_id: int) -> int:
    """Return how many products may have changed."""
    c = product_watch.c
    rows = select(func.count()).where(
        c.workspace_id == workspace_id, c.changed_position.is_not(None)
    )
    return connection.execute(rows).scalar_one()


def save_seen(
    connection: Connection, workspace_id: int, change: Changed, seen: dict[str, Offer]
) -> None:
    """Remember what the next change is compared with, unless it is there already."""
    c = product_watch.c
    connection.execute(
        update(product_watch)
        .where(
            c.workspace_id == workspace_id,
            c.product_id == change.product_id,
            c.changed_position == change.position,
        )
        .values(changed_position=None, seen=msgspec.json.encode(seen).decode())
    )


def add_news(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write news; those written before stay as they are."""
    if rows:
        connection.execute(insert_or_ignore(connection, product_news), rows)


def has_settled(connection: Connection, workspace_id: int, *, before: datetime) -> bool:
    """Say whether a product looked at already was in the catalogue before an instant."""
    version, watch = product_versions.c, product_watch.c
    found = connection.execute(
        select(version.product_id)
        .join(
            product_watch,
            (watch.workspace_id == version.workspace_id) & (watch.product_id == version.product_id),
        )
        .where(
            version.workspace_id == workspace_id,
            version.at_us < to_micros(before),
            watch.seen.is_not(None),
        )
        .limit(1)
    )
    return found.first() is not None


def load_first_stated(
    connection: Connection, workspace_id: int, product_ids: Collection[str]
) -> dict[str, datetime]:
    """Return when each product was first said to be there."""
    c = product_versions.c
    rows = connection.execute(
        select(c.product_id, func.min(c.at_us).label("at_us"))
        .where(c.workspace_id == workspace_id, c.product_id.in_(product_ids))
        .group_by(c.product_id)
    )
    return {row.product_id: from_micros(row.at_us) for row in rows}


def count_arrivals(
    connection: Connection, workspace_id: int, *, after: datetime, until: datetime
) -> int:
    """Return how many products are news as new between two instants."""
    c = product_news.c
    found = connection.execute(
        select(func.count()).where(
            c.workspace_id == workspace_id,
            c.event == NEW_ARRIVAL,
            c.state.in_((TELLING, TOLD, OVERTAKEN)),  # all there are, for the index
            c.at_us > to_micros(after),
            c.at_us <= to_micros(until),
        )
    )
    return int(found.scalar_one())


def list_untold(
    connection: Connection, workspace_id: int, *, now: datetime, limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return news that not everybody was told yet, oldest first; what is to be released waits."""
    c = product_news.c
    return connection.execute(
        select(product_news)
        .where(
            c.workspace_id == workspace_id,
            c.state == TELLING,
            or_(c.event != NEW_ARRIVAL, c.at_us <= to_micros(now)),
        )
        .order_by(c.at_us, c.news_id)
        .limit(limit)
    ).all()


def load_told(
    connection: Connection, workspace_id: int, product_id: str, event: str, *, since: datetime
) -> BitMap:
    """Return the numbers that were told such news of a product since an instant."""
    c = product_news.c
    rows = connection.execute(
        select(c.told).where(
            c.workspace_id == workspace_id,
            c.product_id == product_id,
            c.event == event,
            c.at_us > to_micros(since),
            c.told.is_not(None),
        )
    )
    return BitMap.union(BitMap(), *(BitMap.deserialize(row.told) for row in rows))


def move_on(
    connection: Connection,
    workspace_id: int,
    row: Row[*tuple[Any, ...]],
    *,
    state: str,
    after_number: int,
    told: BitMap,
) -> bool:
    """Note how far people were told; return whether nobody else did since `row` was read."""
    c = product_news.c
    done = connection.execute(
        update(product_news)
        .where(
            c.workspace_id == workspace_id,
            c.news_id == row.news_id,
            c.state == TELLING,
            c.after_number == row.after_number,
        )
        .values(
            state=state,
            after_number=after_number,
            n_told=len(told),
            told=told.serialize() if told else None,
        )
    )
    return done.rowcount == 1


def list_recent(
    connection: Connection, workspace_id: int, *, product_id: str | None, offset: int, limit: int
) -> tuple[Sequence[Row[*tuple[Any, ...]]], int]:
    """Return news, newest first, and how many there are."""
    c = product_news.c
    matches = [c.workspace_id == workspace_id]
    if product_id is not None:
        matches.append(c.product_id == product_id)
    rows = connection.execute(
        select(c.news_id, c.event, c.product_id, c.item_id, c.at_us, c.body, c.state, c.n_told)
        .where(*matches)
        .order_by(c.at_us.desc(), c.news_id)
        .offset(offset)
        .limit(limit)
    ).all()
    total = connection.execute(select(func.count()).select_from(product_news).where(*matches))
    return rows, int(total.scalar_one())
