"""Every query about offers, codes and what became of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from kikubari.decide.offers._tables import TO_TELL, offer_codes, offer_uses, offers
from kikubari.decide.offers.contracts import CodeState
from kikubari.storage import bulk_insert, upsert

Found = Row[*tuple[Any, ...]]

_HELD = (CodeState.ISSUED.value, CodeState.REDEEMED.value)
# SQLite allows 32,766 parameters in one statement.
_AT_ONCE = 5_000
_CODE_COLUMNS = (
    "workspace_id",
    "code_key",
    "offer_id",
    "code",
    "state",
    "claim",
    "number",
    "issued_us",
    "expires_us",
    "news",
)
_USE_KEY = ["workspace_id", "code_key", "kind", "use_key"]
_USE_VALUES = [
    "offer_id",
    "at_us",
    "source_id",
    "message_key",
    "number",
    "revenue_minor",
    "discount_minor",
]


def insert_offer(
    connection: Connection, workspace_id: int, offer_id: str, definition: bytes, *, now_us: int
) -> None:
    """Write a new offer, of which nothing has been handed out."""
    counts = ("n_issued", "n_free", "n_applied", "n_redeemed", "revenue_minor", "discount_minor")
    connection.execute(
        insert(offers).values(
            workspace_id=workspace_id,
            id=offer_id,
            definition=definition,
            is_ended=0,
            created_us=now_us,
            **dict.fromkeys(counts, 0),
        )
    )


def list_offers(connection: Connection, workspace_id: int, *, limit: int) -> Sequence[Found]:
    """Return the newest offers."""
    return connection.execute(
        select(offers)
        .where(offers.c.workspace_id == workspace_id)
        .order_by(offers.c.created_us.desc(), offers.c.id.desc())
        .limit(limit)
    ).all()


def find_offers(
    connection: Connection, workspace_id: int, offer_ids: Collection[str]
) -> dict[str, Found]:
    """Return offers by their ids."""
    rows = connection.execute(
        select(offers).where(offers.c.workspace_id == workspace_id, offers.c.id.in_(offer_ids))
    )
    return {row.id: row for row in rows}


def lock_offers(
    connection: Connection, workspace_id: int, offer_ids: Collection[str]
) -> dict[str, Found]:
    """Return offers and keep others from handing out their codes meanwhile.

    In order of id, so that two such transactions cannot wait for each other.
    """
    rows = connection.execute(
        select(offers)
        .where(offers.c.workspace_id == workspace_id, offers.c.id.in_(offer_ids))
        .order_by(offers.c.id)
        .with_for_update()
    )
    return {row.id: row for row in rows}


def set_definition(
    connection: Connection, workspace_id: int, offer_id: str, *, definition: bytes, is_ended: bool
) -> None:
    """Write an offer anew; what was handed out stays as it is."""
    connection.execute(
        update(offers)
        .where(offers.c.workspace_id == workspace_id, offers.c.id == offer_id)
        .values(definition=definition, is_ended=int(is_ended))
    )


def add_counts(
    connection: Connection, workspace_id: int, offer_id: str, changes: Mapping[str, int]
) -> None:
    """Add to the counts of an offer, by their columns."""
    values = {name: offers.c[name] + by for name, by in changes.items() if by}
    if values:
        connection.execute(
            update(offers)
            .where(offers.c.workspace_id == workspace_id, offers.c.id == offer_id)
            .values(values)
        )


def find_codes(
    connection: Connection, workspace_id: int, code_keys: Iterable[str]
) -> dict[str, Found]:
    """Return codes by their keys."""
    keys = list(code_keys)
    found: dict[str, Found] = {}
    for start in range(0, len(keys), _AT_ONCE):
        rows = connection.execute(
            select(offer_codes).where(
                offer_codes.c.workspace_id == workspace_id,
                offer_codes.c.code_key.in_(keys[start : start + _AT_ONCE]),
            )
        )
        found |= {row.code_key: row for row in rows}
    return found


def find_claimed(
    connection: Connection, workspace_id: int, claims: Collection[str]
) -> dict[str, Found]:
    """Return codes by what they were handed out for."""
    rows = connection.execute(
        select(offer_codes).where(
            offer_codes.c.workspace_id == workspace_id, offer_codes.c.claim.in_(claims)
        )
    )
    return {row.claim: row for row in rows}


def list_free(
    connection: Connection, workspace_id: int, offer_id: str, *, limit: int
) -> Sequence[Found]:
    """Return (key, code) of uploaded codes that nobody has."""
    return connection.execute(
        select(offer_codes.c.code_key, offer_codes.c.code)
        .where(
            offer_codes.c.workspace_id == workspace_id,
            offer_codes.c.offer_id == offer_id,
            offer_codes.c.state == CodeState.FREE.value,
        )
        .order_by(offer_codes.c.code_key)
        .limit(limit)
    ).all()


def count_held(
    connection: Connection, workspace_id: int, offer_id: str, numbers: Collection[int]
) -> dict[int, int]:
    """Return how many codes of an offer each number has."""
    rows = connection.execute(
        select(offer_codes.c.number, func.count())
        .where(
            offer_codes.c.workspace_id == workspace_id,
            offer_codes.c.offer_id == offer_id,
            offer_codes.c.number.in_(numbers),
            offer_codes.c.state.in_(_HELD),
        )
        .group_by(offer_codes.c.number)
    )
    return {row.number: row[1] for row in rows}


def insert_codes(
    connection: Connection, workspace_id: int, rows: Sequence[tuple[object, ...]]
) -> None:
    """Write new codes: their columns from `code_key` on."""
    bulk_insert(connection, offer_codes, _CODE_COLUMNS, [(workspace_id, *row) for row in rows])


def set_codes(
    connection: Connection, workspace_id: int, codes: Mapping[str, Mapping[str, Any]]
) -> None:
    """Write values of codes, by their keys: of each code the same columns."""
    if not codes:
        return
    names = list(next(iter(codes.values())))
    statement = (
        update(offer_codes)
        .where(
            offer_codes.c.workspace_id == workspace_id,
            offer_codes.c.code_key == bindparam("b_code_key"),
        )
        .values({name: bindparam(f"b_{name}") for name in names})
    )
    connection.execute(
        statement,
        [
            {"b_code_key": key, **{f"b_{name}": values[name] for name in names}}
            for key, values in codes.items()
        ],
    )


def list_news(
    connection: Connection, workspace_id: int, *, limit: int, is_locked: bool = False
) -> Sequence[Found]:
    """Return codes that are to be told, those of one offer together.

    Args:
        connection: inside a transaction.
        workspace_id: whose offers.
        limit: how many at most.
        is_locked: keep them for this transaction, and leave out what others keep.
    """
    of = offer_codes.c
    query = (
        select(offer_codes)
        .where(of.workspace_id == workspace_id, TO_TELL)
        .order_by(of.news, of.offer_id, of.code_key)
        .limit(limit)
    )
    if is_locked:
        query = query.with_for_update(skip_locked=True)
    return connection.execute(query).all()


def list_issued(
    connection: Connection,
    workspace_id: int,
    offer_id: str,
    *,
    since_us: int,
    after: tuple[int, str] | None,
    limit: int,
) -> Sequence[Found]:
    """Return codes in the order they were handed out, from the one after `after` on."""
    of = offer_codes.c
    query = select(offer_codes).where(
        of.workspace_id == workspace_id, of.offer_id == offer_id, of.issued_us >= max(since_us, 1)
    )
    if after is not None:
        issued_us, key = after
        query = query.where(
            (of.issued_us > issued_us) | ((of.issued_us == issued_us) & (of.code_key > key))
        )
    return connection.execute(query.order_by(of.issued_us, of.code_key).limit(limit)).all()


def find_uses(
    connection: Connection, workspace_id: int, code_keys: Collection[str]
) -> dict[tuple[str, str, str], Found]:
    """Return what became of codes, by (kind, code, order or basket)."""
    rows = connection.execute(
        select(offer_uses).where(
            offer_uses.c.workspace_id == workspace_id, offer_uses.c.code_key.in_(code_keys)
        )
    )
    return {(row.kind, row.code_key, row.use_key): row for row in rows}


def save_use(connection: Connection, row: Mapping[str, object]) -> None:
    """Write what became of a code, over what was known of the same order before."""
    connection.execute(upsert(connection, offer_uses, key=_USE_KEY, update=_USE_VALUES), dict(row))


def list_uses(
    connection: Connection,
    workspace_id: int,
    offer_id: str,
    *,
    kind: str,
    before_us: int | None,
    limit: int,
) -> Sequence[Found]:
    """Return uses of an offer's codes, newest first, each with the code as it is written.

    Those of one instant come together, beyond the limit if need be: who goes on before the last
    one's instant misses none.
    """
    query = (
        select(offer_uses, offer_codes.c.code)
        .join(
            offer_codes,
            (offer_codes.c.workspace_id == offer_uses.c.workspace_id)
            & (offer_codes.c.code_key == offer_uses.c.code_key),
        )
        .where(
            offer_uses.c.workspace_id == workspace_id,
            offer_uses.c.offer_id == offer_id,
            offer_uses.c.kind == kind,
        )
    )
    if before_us is not None:
        query = query.where(offer_uses.c.at_us < before_us)
    query = query.order_by(offer_uses.c.at_us.desc(), offer_uses.c.code_key, offer_uses.c.use_key)
    found = connection.execute(query.limit(limit)).all()
    if len(found) < limit:
        return found
    last_us = found[-1].at_us
    later = [row for row in found if row.at_us > last_us]
    return [*later, *connection.execute(query.where(offer_uses.c.at_us == last_us))]


def list_of_people(
    connection: Connection, workspace_id: int, numbers: Collection[int]
) -> Sequence[Found]:
    """Return the codes that numbers have."""
    return connection.execute(
        select(offer_codes)
        .where(offer_codes.c.workspace_id == workspace_id, offer_codes.c.number.in_(numbers))
        .order_by(offer_codes.c.issued_us)
    ).all()


def forget_numbers(connection: Connection, workspace_id: int, numbers: Collection[int]) -> None:
    """Forget who had codes and who used them; the counts stay."""
    for table in (offer_codes, offer_uses):
        connection.execute(
            update(table)
            .where(table.c.workspace_id == workspace_id, table.c.number.in_(numbers))
            .values(number=0)
        )
