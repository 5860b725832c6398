"""The columnar store: ClickHouse, inside the process (chDB) or as a server, one client class."""

import re
import threading
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import clickhouse_connect
import numpy as np
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from numpy.typing import NDArray
from pyroaring import BitMap

from kikubari.spec.errors import ConflictError, UnavailableError


class QueryCancelledError(ConflictError):
    """Somebody no longer wanted the answer and ended the query."""

    code = "query_cancelled"


class QueryTooHeavyError(UnavailableError):
    """The query would take more time or memory than its class of work is given."""

    code = "query_too_heavy"


# Codes of the engine: QUERY_WAS_CANCELLED, TIMEOUT_EXCEEDED, TOO_SLOW, MEMORY_LIMIT_EXCEEDED.
_CANCELLED = re.compile(r"Code: 394\b")
_TOO_HEAVY = re.compile(r"Code: (159|160|241)\b")
_PAIRS = np.dtype([("group", "<u4"), ("number", "<u4")])


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
        label: str = "",
    ) -> BitMap:
        """Run a SELECT of one UInt32 column and return it as a roaring bitmap.

        Args:
            sql: the query.
            parameters: its values.
            budget: what it may use.
            label: by which `cancel` finds it.

        Raises:
            QueryCancelledError: `cancel` ended it.
            QueryTooHeavyError: it is over its budget.
        """
        raw = self._query_raw(sql, parameters, budget, label)
        return BitMap(np.frombuffer(raw, dtype="<u4"))

    def query_bitmap(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        budget: Mapping[str, int] = QueryBudget.LIVE,
        label: str = "",
    ) -> BitMap:
        """Run a SELECT of one state of `groupBitmap` over UInt32 and return it as a bitmap.

        The engine hands over its own bitmap, at a fraction of what its numbers one by one cost.

        Raises:
            QueryCancelledError: `cancel` ended it.
            QueryTooHeavyError: it is over its budget.
        """
        return _read_bitmap(self._query_raw(sql, parameters, budget, label))

    def query_groups(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        budget: Mapping[str, int] = QueryBudget.LIVE,
        label: str = "",
    ) -> dict[int, BitMap]:
        """Run a SELECT of two UInt32 columns; return the second as a bitmap for each first.

        Raises:
            QueryCancelledError: `cancel` ended it.
            QueryTooHeavyError: it is over its budget.
        """
        pairs = np.frombuffer(self._query_raw(sql, parameters, budget, label), dtype=_PAIRS)
        pairs = pairs[np.argsort(pairs["group"], kind="stable")]
        groups, starts = np.unique(pairs["group"], return_index=True)
        parts = np.split(pairs["number"], starts[1:])
        return {int(group): BitMap(part) for group, part in zip(groups, parts, strict=False)}

    def query_floats(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        n_columns: int,
        budget: Mapping[str, int] = QueryBudget.REPORT,
        label: str = "",
    ) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
        """Run a SELECT of a UInt32 and so many Float32 columns; return both as arrays.

        Raises:
            QueryCancelledError: `cancel` ended it.
            QueryTooHeavyError: it is over its budget.
        """
        row = np.dtype([("number", "<u4"), ("values", "<f4", (n_columns,))])
        table = np.frombuffer(self._query_raw(sql, parameters, budget, label), dtype=row)
        return table["number"], table["values"]

    def query_records(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None,
        record: np.dtype[Any],
        *,
        budget: Mapping[str, int] = QueryBudget.LIVE,
    ) -> NDArray[Any]:
        """Run a SELECT of numbers of fixed width; return its rows as an array of records.

        Args:
            sql: the query.
            parameters: its values.
            record: the type of a row, packed and little-endian, a field for each column.
            budget: what it may use.
        """
        return np.frombuffer(self._query_raw(sql, parameters, budget, ""), dtype=record)

    def cancel(self, label: str) -> None:
        """End every query under this label."""
        self.command(
            "KILL QUERY WHERE Settings['log_comment'] = {label:String} ASYNC", {"label": label}
        )

    def _query_raw(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None,
        budget: Mapping[str, int],
        label: str,
    ) -> bytes:
        # As part of the statement: given apart, the embedded engine's client looks up, sets and
        # restores each of them by statements of their own, which takes longer than most questions.
        settings = [f"{name} = {value}" for name, value in budget.items()]
        if label:
            settings.append(f"log_comment = {_quoted(label)}")
        if settings:
            sql = f"{sql}\nSETTINGS {', '.join(settings)}"
        try:
            return self._client().raw_query(sql, parameters=dict(parameters or {}), fmt="RowBinary")
        except ClickHouseError as error:
            if _CANCELLED.search(str(error)):
                raise QueryCancelledError("the query was ended before its answer") from error
            if _TOO_HEAVY.search(str(error)):
                raise QueryTooHeavyError(
                    "the question takes more time or memory than it is given",
                    hint="Ask for a shorter window, or fewer things at once.",
                ) from error
            raise

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


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _read_bitmap(state: bytes) -> BitMap:
    """Read a state: a flag, a length, then up to 32 bare numbers (flag 0) or a roaring bitmap."""
    length, start = 0, 1
    for shift in range(0, 64, 7):  # LEB128
        byte = state[start]
        start += 1
        length |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 - the last byte has no continuation bit
            break
    if state[0] == 0:
        return BitMap(np.frombuffer(state, dtype="<u4", count=length, offset=start))
    return BitMap.deserialize(state[start : start + length])
