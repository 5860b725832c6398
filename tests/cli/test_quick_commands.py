"""Commands that only talk to a server start quickly."""

import subprocess
import sys

ENGINES = {"chdb", "litestar", "liquid", "numpy", "pyarrow", "sqlalchemy"}
LOADED = "import sys, kikubari.cli.main; print(*sys.modules, sep='\\n')"


def test_no_engine_is_loaded_before_a_command_is_known():
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )
    assert not ENGINES & set(done.stdout.split())
