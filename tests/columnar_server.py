"""A ClickHouse server for the tests: its HTTP interface before its engine, in a process of its own.

No package registry has the server itself. The engine is real, the one that the product embeds; what
lies between it and the client of a server (statements and values in addresses, bodies, settings,
compression, errors, and the sizes a server takes by default) is here, as ClickHouse documents it:
https://clickhouse.com/docs/interfaces/http.

Run: ``python tests/columnar_server.py FOLDER``; the port is printed, the end of input ends it.
"""

import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import chdb
import lz4.frame
import zstandard
from chdb.state.sqlitelike import Connection

# What a server takes unless its owner allows more: http_max_uri_size, http_max_field_value_size.
_MAX_ADDRESS = 1_048_576
_MAX_VALUE = 131_072
_CODE = re.compile(r"Code: (\d+)")
_DATA = re.compile(
    rb"\s*INSERT\s+INTO\s.*?\sFORMAT\s+(Native|MsgPack)\n", re.IGNORECASE | re.DOTALL
)
# Of the interface, not of the engine.
_ADDRESSED = frozenset({
    "query", "database", "default_format", "session_id", "session_timeout", "query_id", "user",
    "password", "compress", "decompress", "buffer_size", "wait_end_of_query",
    "enable_http_compression", "send_progress_in_http_headers", "client_protocol_version",
    "http_headers_progress_interval_ms", "cancel_http_readonly_queries_on_client_close",
})  # fmt: skip
_UNPACK = {
    "lz4": lz4.frame.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
}


class _Request(BaseHTTPRequestHandler):
    """One statement a request, on a connection of its own to the engine."""

    protocol_version = "HTTP/1.1"
    engine: str

    def handle_one_request(self) -> None:
        """Read a request whose address may be longer than the standard library's 64 KiB."""
        self.raw_requestline = self.rfile.readline(_MAX_ADDRESS + 1)
        if not self.raw_requestline:
            self.close_connection = True
        elif self.parse_request():
            self._answer()
            self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""

    def _answer(self) -> None:
        fields = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        body = self._body()
        if self.path.startswith("/ping"):
            return self._send(200, b"Ok.\n")
        form = self.headers.get("Content-Type", "")
        if form.startswith("multipart/form-data"):
            fields, body = fields | dict(_parts(form, body)), b""
            too_long = []
        else:
            too_long = [name for name in fields if len(fields[name].encode()) > _MAX_VALUE]
        if too_long:
            text = f"Code: 1000. DB::Exception: Poco::Exception: Field value too long: {too_long}"
            return self._send(400, text.encode(), {"X-ClickHouse-Exception-Code": "1000"})
        connection = chdb.connect(self.engine)
        try:
            answer, kind = self._run(connection, fields, body)
        except RuntimeError as error:
            found = _CODE.search(str(error))
            headers = {"X-ClickHouse-Exception-Code": found[1] if found else "1002"}
            return self._send(500, str(error).encode(), headers)
        finally:
            connection.close()
        return self._send(200, answer, {"X-ClickHouse-Format": kind} if answer else {})

    def _run(
        self, connection: Connection, fields: dict[str, str], body: bytes
    ) -> tuple[bytes, str]:
        settings = {
            name: value
            for name, value in fields.items()
            if name not in _ADDRESSED and not name.startswith("param_")
        }
        values = {
            name.removeprefix("param_"): value
            for name, value in fields.items()
            if name.startswith("param_")
        }
        if "database" in fields:
            connection.query(f"USE `{fields['database']}`")
        if self.command == "GET":
            settings["readonly"] = "2"
        for name, value in settings.items():
            connection.query(f"SET {name} = '{value}'")
        query = fields.get("query", "").encode()
        statement = query + b"\n" + body if query and body else query or body
        data = _DATA.match(statement)
        if data is not None:
            return _insert(connection, statement[: data.end()], statement[data.end() :]), ""
        form = fields.get("default_format", "TabSeparated")
        return connection.query(statement, form, params=values).bytes() or b"", form

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            parts = []
            while length := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(length))
                self.rfile.readline()
            self.rfile.readline()
            body = b"".join(parts)
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        packed = self.headers.get("Content-Encoding", "")
        return _UNPACK[packed](body) if packed else body

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"X-ClickHouse-Timezone": "UTC", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(body)


def _parts(form: str, body: bytes) -> Iterator[tuple[str, str]]:
    """Read the fields of a form, as which a client sends what is long."""
    whole = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {form}\r\n\r\n".encode() + body)
    for part in whole.iter_parts():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        yield str(part.get_param("name", header="content-disposition")), content.decode()


def _insert(connection: Connection, statement: bytes, rows: bytes) -> bytes:
    """Insert rows that came after a statement; the embedded engine takes them from a file."""
    head, _, form = statement.rstrip().rpartition(b" FORMAT ")
    with tempfile.NamedTemporaryFile() as file:
        file.write(rows)
        file.flush()
        sql = f"{head.decode()} FROM INFILE '{file.name}' FORMAT {form.decode()}"
        connection.query(sql)
    return b""


@contextmanager
def serve_columnar(folder: Path) -> Iterator[str]:
    """Serve a folder from a process of its own; give the address."""
    command = [sys.executable, __file__, str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()


def main() -> None:
    """Serve until the input ends."""
    os.environ["TZ"] = "UTC"
    _Request.engine = sys.argv[1]
    held = chdb.connect(sys.argv[1])  # the engine lives as long as somebody is connected
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Request)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()
    server.shutdown()
    held.close()


if __name__ == "__main__":
    main()
