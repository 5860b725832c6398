"""The stores of an installation: embedded files, or servers by address."""

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

    @cached_property
    def columnar(self) -> ColumnarStore:
        """The columnar copy."""
        return ColumnarStore(
            self._settings.clickhouse_url or f"chdb://{self._settings.folder / 'copy'}"
        )

    @property
    def state_stores(self) -> list[StateStore]:
        """Every state store once."""
        return list(dict.fromkeys((self.intake, self.sandbox, self.state)))

    def close(self) -> None:
        """Finish what was submitted and close what was opened."""
        opened = (self.__dict__.get(name) for name in ("state", "intake", "sandbox"))
        for store in dict.fromkeys(opened):
            if store is not None:
                store.close()
        if "columnar" in self.__dict__:
            self.columnar.close()

    def _open(self, name: str) -> StateStore:
        if not self._settings.is_embedded and name != "state":
            return self.state
        store = open_state(self._settings, name)
        migrate(store)
        return store


def open_state(settings: Settings, name: str = "state") -> StateStore:
    """Open a state store as it is, without migrating it."""
    if settings.is_embedded:
        # Everything that arrives passes through the intake; see `Forgetting` on what it leaves.
        return SqliteStateStore(settings.folder / f"{name}.db", overwrites=name != "intake")
    return PostgresStateStore(settings.database_url)
