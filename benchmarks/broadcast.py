"""How many personalised, signed e-mails a second go out, and where the processor's time goes.

Real people in real profiles, a template in two languages, the real delivery worker with all the
product's checks, Postfix's smtp-sink at the other end. The baseline is the plainest thing Python
can do: smtplib with ten connections and bytes made beforehand, into the same sink.
"""

import os
import shutil
import smtplib
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import uvloop

from generate import Home
from harness import Figure, Options, Report, main
from kikubari.app.interpreter import tune_interpreter
from kikubari.deliver import MessageState
from mail_shop import DOMAIN, ORIGIN, MailShop

FULL_MESSAGES = 20_000
TARGET_PER_SECOND = 700
TARGET_RENDERED_PER_SECOND = 3_000
TARGET_GATE_MS = 0.3
_RENDERED = 500
_PLAIN_CONNECTIONS = 10


def run(options: Options) -> Report:
    """Measure a broadcast from the outbox to the last dot."""
    sink = shutil.which("smtp-sink", path=f"{os.environ['PATH']}:/usr/sbin")
    if sink is None:
        raise SystemExit("smtp-sink is not installed: apt-get install postfix")
    n_messages = options.sized(FULL_MESSAGES, at_least=20)
    with closing(MailShop(Home(options.folder))) as shop, _running(sink) as (port, sink_id):
        shop.open(n_messages)
        sample = shop.sample()
        n_rendered = min(n_messages, _RENDERED)
        tune_interpreter()  # as the server does, once all is loaded
        render_seconds = shop.render(n_rendered)
        others = _cpu_of_children()
        started, cpu = time.monotonic(), time.process_time()
        # On the kind of loop that the product's delivery thread runs.
        stages = uvloop.run(shop.deliver(port))
        seconds, cpu = time.monotonic() - started, time.process_time() - cpu
        others = {child: now - others[child] for child, now in _cpu_of_children().items()}
        sink_cpu = others.pop(sink_id)
        counts = shop.outbox.count(ORIGIN)
        if counts.states != {MessageState.SENT: n_messages}:
            raise SystemExit(f"not everything was sent: {counts}")
        n_plain = max(20, n_messages // 4)
        plain_seconds = _send_plainly(port, sample, n_plain)
    shares = sorted(stages.items(), key=lambda item: -item[1])
    return Report(
        benchmark="broadcast",
        figures=[
            Figure(
                name=f"{n_messages:,} messages of {len(sample) / 1000:.0f} kB",
                value=n_messages / seconds,
                unit="messages/s",
                baseline=n_plain / plain_seconds,
                baseline_name="smtplib with ready-made bytes",
                target=TARGET_PER_SECOND,
            ),
            Figure(
                name="rendering, record of facts included",
                value=n_rendered / render_seconds,
                unit="messages/s a core",
                target=TARGET_RENDERED_PER_SECOND,
            ),
            Figure(
                name="CPU of the last gate (part of commit)",
                value=shop.gate.cpu_seconds / n_messages * 1000,
                unit="ms a message",
                target=TARGET_GATE_MS,
                at_most=True,
            ),
            *(
                Figure(name=f"CPU of {what}", value=spent / n_messages * 1000, unit="ms a message")
                for what, spent in [
                    *shares,
                    ("the sending process", cpu),
                    ("the composing processes", sum(others.values())),
                    ("sending and composing", cpu + sum(others.values())),
                    ("the sink", sink_cpu),
                ]
            ),
        ],
    )


@contextmanager
def _running(sink: str) -> Iterator[tuple[int, int]]:
    """Run a sink on a free port; yield that and the id of its process."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port: int = probe.getsockname()[1]
    as_user = ["-u", "nobody"] if os.getuid() == 0 else []
    process = subprocess.Popen([sink, *as_user, f"127.0.0.1:{port}", "128"])
    try:
        _wait_for(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def _cpu_of_children() -> dict[int, float]:
    """Return seconds of processor time by the id of each process that this one has started."""
    children: set[int] = set()
    for thread in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # a thread that has ended meanwhile
            children.update(map(int, (thread / "children").read_text().split()))
    ticks = os.sysconf("SC_CLK_TCK")
    used = {}
    for child in children:
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        used[child] = (int(fields[11]) + int(fields[12])) / ticks
    return used


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("smtp-sink did not start")


def _send_plainly(port: int, message: bytes, n_messages: int) -> float:
    """Send ready-made bytes with smtplib over ten connections; return the seconds it took."""

    def send(share: int) -> None:
        with smtplib.SMTP("127.0.0.1", port) as client:
            for _ in range(share):
                client.sendmail(f"news@{DOMAIN}", ["person@example.com"], message)

    shares = [n_messages // _PLAIN_CONNECTIONS] * _PLAIN_CONNECTIONS
    shares[0] += n_messages % _PLAIN_CONNECTIONS
    started = time.monotonic()
    with ThreadPoolExecutor(_PLAIN_CONNECTIONS) as threads:
        list(threads.map(send, shares))
    return time.monotonic() - started


if __name__ == "__main__":
    main(run)
