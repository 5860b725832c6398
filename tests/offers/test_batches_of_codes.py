"""A batch of codes costs a few statements, however many people it has."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from kikubari.decide.offers import CodeSource, Limits, Wanted


@contextmanager
def counting(connection):
    """Count what is asked of a database; many rows for one statement count once."""
    asked = []

    def note(_connection, _cursor, statement, *_: object):
        asked.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(connection, "before_cursor_execute", note)


@pytest.mark.parametrize("source", list(CodeSource))
def test_handing_out_and_taking_back_asks_as_often_for_many_as_for_two(shop, source):
    codes = "\n".join(f"CODE-{n:04}" for n in range(200)) if source is CodeSource.UPLOADED else ""
    offer = shop.offer(codes_text=codes, source=source, limits=Limits(per_person=10))

    def cost(n_people, name):
        claims = [f"{name}{n}" for n in range(n_people)]
        wanted = [Wanted(claim, n, offer) for n, claim in enumerate(claims)]

        def work(connection):
            with counting(connection) as asked:
                given = shop.issuing.issue(connection, wanted, now=shop.clock.now())
                shop.issuing.release(connection, claims[::2])
            assert len({one.code for one in given.values()}) == n_people
            return len(asked)

        return shop.store.write(work)

    assert cost(80, "many") == cost(2, "few")
    assert shop.figures(offer).n_issued == 41
    if source is CodeSource.UPLOADED:
        assert shop.figures(offer).n_free == 200 - 41
