"""The stores of an installation: embedded files, or servers by address."""

import threading
from functools import cached_property

from kikubari.app.settings import Settings
from kikubari.storage import (
    ColumnarStore,
    PostgresStateStore,
    SqliteStateStore,
    StateStore,
    migrate,
)


class Engines:
    """Opens each store once, when it is first needed.

    Embedded, the intake and the sandbox inbox are files of their own: an acknowledgement never
    waits for another room's transaction.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._columnar: ColumnarStore | None = None

    @cached_property
    def state(self) -> StateStore:
        """The log and everything derived in its transaction."""
        return self._open("state")

    @cached_property
    def intake(self) -> StateStore:
        """Acknowledged batches."""
        return self._open("intake")

    @cached_property
    def sandbox(self) -> StateStore:
        """Mail the sandbox inbox received."""
        return self._open("sandbox")

    @property
    def columnar(self) -> ColumnarStore:
        """The columnar copy."""
        with self._lock:
            if self._columnar is None:
                dsn = self._settings.clickhouse_url or f"chdb://{self._settings.folder / 'copy'}"
                self._columnar = ColumnarStore(dsn)
            return self._columnar

    def close(self) -> None:
        """Finish what was submitted and close what was opened."""
        opened = {
            id(store): store
            for name in ("state", "intake", "sandbox")
            if (store := self.__dict__.get(name)) is not None
        }
        for store in opened.values():
            store.close()
        if self._columnar is not None:
            self._columnar.close()

    def _open(self, name: str) -> StateStore:
        if not self._settings.is_embedded:
            if name != "state":
                return self.state
            store: StateStore = PostgresStateStore(self._settings.database_url)
        else:
            store = SqliteStateStore(self._settings.folder / f"{name}.db")
        migrate(store)
        return store
