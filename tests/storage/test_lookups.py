"""A statement made once finds what the same statement finds when SQLAlchemy handles it."""

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import bindparam, select

from kikubari.storage import bulk_insert, look_up
from kikubari.storage.tables import leases

_BY_NAME = (
    select(leases.c.name, leases.c.token)
    .where(
        leases.c.name.in_(bindparam("b_names", expanding=True)),
        leases.c.token > bindparam("b_above"),
        leases.c.holder.in_(bindparam("b_holders", expanding=True)),
    )
    .order_by(leases.c.name)
)
_NAMES = [f"n{i}" for i in range(12)]


def test_it_finds_what_the_statement_finds(state):
    rows = [(name, "ab"[i % 2], i, 0) for i, name in enumerate(_NAMES)]
    columns = ("name", "holder", "token", "expires_us")
    state.write(lambda connection: bulk_insert(connection, leases, columns, rows))

    @settings(max_examples=60, deadline=None)
    @given(
        st.lists(st.sampled_from([*_NAMES, "nobody's", "o'clock ? %s"]), max_size=30),
        st.integers(0, 12),
        st.lists(st.sampled_from(["a", "b", "c"]), max_size=3),
    )
    def agree(names, above, holders):
        asked = {"b_names": names, "b_above": above, "b_holders": holders}
        with state.read() as connection:
            expected = connection.execute(_BY_NAME, asked).all()
            found = look_up(connection, _BY_NAME, asked)
        assert [tuple(row) for row in found] == [tuple(row) for row in expected]
        assert [row.token for row in found] == [row.token for row in expected]

    agree()


def test_lists_longer_than_any_kept_length_are_asked_for_too(state):
    names = [f"other {i}" for i in range(6_000)]
    asked = {"b_names": [*names, "n1"], "b_above": -1, "b_holders": ["me"]}
    columns = ("name", "holder", "token", "expires_us")
    state.write(lambda connection: bulk_insert(connection, leases, columns, [("n1", "me", 1, 0)]))
    with state.read() as connection:
        assert [row.name for row in look_up(connection, _BY_NAME, asked)] == ["n1"]
