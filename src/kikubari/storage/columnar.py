"""The columnar store: ClickHouse, inside the process (chDB) or as a server, one client class."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import clickhouse_connect
import numpy as np
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from pyroaring import BitMap

from kikubari.spec.errors import UnavailableError


class QueryBudget:
    """What one query may use, by the class of work it is for."""

    EDIT: Mapping[str, int] = {"max_execution_time": 5, "max_memory_usage": 2_000_000_000}
    LIVE: Mapping[str, int] = {"max_execution_time": 30, "max_memory_usage": 2_000_000_000}
    REPORT: Mapping[str, int] = {"max_execution_time": 120, "max_memory_usage": 3_000_000_000}


class ColumnarStore:
    """Queries and inserts on ClickHouse; values only ever travel as parameters.

    Args:
        dsn: ``chdb:///path`` for the embedded engine, else an http(s) address of a server.
        database: data base that holds this installation's tables.
    """

    def __init__(self, dsn: str, *, database: str = "kikubari") -> None:
        self._dsn = dsn
        self.database = database
        self._local = threading.local()
        self._clients: list[Client] = []
        self._lock = threading.Lock()
        self.is_embedded = dsn.startswith("chdb:")
        client = self._connect(database="default")
        client.command(f"CREATE DATABASE IF NOT EXISTS {database}")
        client.close()

    def query_rows(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        budget: Mapping[str, int] = QueryBudget.LIVE,
    ) -> Sequence[Sequence[Any]]:
        """Run a SELECT and return its rows; instants are aware, in UTC."""
        result = self._client().query(
            sql, parameters=dict(parameters or {}), settings=dict(budget), tz_mode="aware"
        )
        return result.result_rows

    def query_numbers(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        budget: Mapping[str, int] = QueryBudget.LIVE,
    ) -> BitMap:
        """Run a SELECT of one UInt32 column and return it as a roaring bitmap."""
        raw = self._client().raw_query(
            sql, parameters=dict(parameters or {}), settings=dict(budget), fmt="RowBinary"
        )
        return BitMap(np.frombuffer(raw, dtype="<u4"))

    def command(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """Run a statement that returns at most one value."""
        return self._client().command(sql, parameters=dict(parameters or {}))

    def insert(
        self,
        table: str,
        columns: Sequence[str],
        data: Sequence[Sequence[Any]],
        *,
        token: str | None = None,
    ) -> None:
        """Insert column-oriented data; the same `token` again inserts nothing.

        Args:
            table: target table.
            columns: names, in the order of `data`.
            data: one sequence of values per column, all of the same length.
            token: ``insert_deduplication_token``.
        """
        self._client().insert(
            table,
            data,
            column_names=list(columns),
            column_oriented=True,
            settings=_insert_settings(token),
        )

    def insert_encoded(
        self, table: str, columns: Sequence[str], rows: bytes, *, token: str | None = None
    ) -> None:
        """Insert rows encoded as MessagePack values, one after the other; see `insert`."""
        self._client().raw_insert(
            table, list(columns), rows, settings=_insert_settings(token), fmt="MsgPack"
        )

    @property
    def dictionary_access(self) -> str:
        """What a dictionary's source needs to read a table of this same server."""
        parts = urlsplit(self._dsn)
        if self.is_embedded or not parts.username:
            return ""
        quoted = [
            unquote(part or "").replace("\\", "\\\\").replace("'", "\\'")
            for part in (parts.username, parts.password)
        ]
        return f"USER '{quoted[0]}' PASSWORD '{quoted[1]}'"

    def close(self) -> None:
        """Close every thread's client."""
        with self._lock:
            for client in self._clients:
                client.close()
            self._clients.clear()
        self._local = threading.local()

    def _client(self) -> Client:
        # A client runs one query at a time, so every thread has its own.
        client: Client | None = getattr(self._local, "client", None)
        if client is None:
            client = self._connect(database=self.database)
            self._local.client = client
            with self._lock:
                self._clients.append(client)
        return client

    def _connect(self, *, database: str) -> Client:
        try:
            if self.is_embedded:
                return clickhouse_connect.get_client(dsn=self._dsn, database=database)
            # Without a session, queries of one client may overlap on the server.
            return clickhouse_connect.get_client(
                dsn=self._dsn, database=database, autogenerate_session_id=False
            )
        except ClickHouseError as error:
            raise UnavailableError(
                f"the columnar store cannot be opened: {error}",
                hint="Check KIKUBARI_CLICKHOUSE_URL, or that no other process has the folder open.",
            ) from error


def _insert_settings(token: str | None) -> dict[str, Any]:
    # History reaches over any number of months, and nobody may stop the copy by sending some.
    settings: dict[str, Any] = {"max_partitions_per_insert_block": 0}
    if token:
        settings["insert_deduplication_token"] = token
    return settings
