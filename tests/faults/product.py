"""The whole product as a process of its own, for tests that throw things at it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from kikubari.app import Presence

_START_SECONDS = 60.0


class Product:
    """A running `kikubari serve` with one source."""

    def __init__(self, home: Path, process: "subprocess.Popen[bytes]") -> None:
        self.home = home
        self.process = process
        address = _wait_for_address(home, process)
        host, _, port = address.url.removeprefix("http://").partition(":")
        self.address = (host, int(port))
        self.admin = httpx.Client(
            base_url=address.url,
            headers={"Authorization": f"Bearer {address.token}"},
            timeout=30,
            trust_env=False,
        )
        source = self.admin.post("/api/sources", json={"name": "shop", "kind": "server"})
        self.write_key: str = source.raise_for_status().json()["write_key"]

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "KIKUBARI_HOME": str(self.home), "KIKUBARI_PORT": "0"}

    def health(self) -> dict[str, Any]:
        return self.admin.get("/healthz").json()

    def wait_until_copied(self) -> dict[str, Any]:
        """Wait until nothing waits for the log or the copy; return the health."""
        deadline = time.monotonic() + _START_SECONDS
        while any(consumer["lag"] for consumer in self.health()["consumers"]):
            assert time.monotonic() < deadline, self.health()
            time.sleep(0.1)
        return self.health()

    def resident_mebibytes(self) -> float:
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def running_product(home: Path) -> Iterator[Product]:
    """Start the product in a folder, stop it in the end; it must end by itself when told to."""
    environment = {**os.environ, "KIKUBARI_HOME": str(home), "KIKUBARI_PORT": "0"}
    with subprocess.Popen([sys.executable, "-m", "kikubari", "serve"], env=environment) as process:
        try:
            product = Product(home, process)
            yield product
            product.admin.close()
            process.terminate()
            assert process.wait(30) == 0
        finally:
            process.kill()


def _wait_for_address(home: Path, process: "subprocess.Popen[bytes]") -> Any:
    deadline = time.monotonic() + _START_SECONDS
    while (address := Presence(home).find_owner()) is None:
        assert process.poll() is None, "the product did not start"
        assert time.monotonic() < deadline, "the product did not start in time"
        time.sleep(0.05)
    return address
