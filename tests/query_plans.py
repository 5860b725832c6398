"""How an engine would run what was asked of it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, event

from kikubari.storage import StateStore


def list_plans(store: StateStore, ask: Callable[[Connection], object]) -> list[str]:
    """Return the plan of each statement that `ask` runs, in order; what it wrote is undone."""
    plans: list[str] = []

    def explain(connection: Connection) -> None:
        asked: list[tuple[str, Any]] = []

        def note(
            _connection: Connection,
            _cursor: object,
            statement: str,
            parameters: Any,
            *_: object,
        ) -> None:
            asked.append((statement, parameters))

        event.listen(connection, "before_cursor_execute", note)
        try:
            ask(connection)
        finally:
            event.remove(connection, "before_cursor_execute", note)
        is_postgres = connection.dialect.name == "postgresql"
        how = "EXPLAIN " if is_postgres else "EXPLAIN QUERY PLAN "
        for statement, parameters in asked:
            found = connection.exec_driver_sql(how + statement, parameters)
            plans.append("\n".join(str(row[-1]) for row in found))
        raise _DoneError

    try:
        store.write(explain)
    except _DoneError:
        return plans
    raise AssertionError("the statements were not explained")


class _DoneError(Exception):
    """Everything is known, and nothing is to stay."""
