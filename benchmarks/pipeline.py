"""How many events a second go from the inbox through log and profiles into the columnar copy.

The inbox is filled first, by the real intake, so that nothing but the pipeline is timed. Then
sequencer and copier run as they do in the server: each in a thread of its own, each as fast as it
can, until the copy holds everything. Resident memory is sampled all the while.
"""

import statistics
import threading
import time
from collections.abc import Iterator, Sequence

import msgspec

from generate import Home
from generated_events import CURRENCY, LOG_SQL, MESSAGE_KEYS, Extent, message_id, view_sql
from harness import Figure, Memory, Options, Report, main
from kikubari.app.copying import EncodingProcess
from kikubari.app.interpreter import tune_interpreter
from kikubari.app.settings import Settings
from kikubari.app.wings.log import list_projections
from kikubari.deliver import AddressHasher
from kikubari.events import Copier, EventLog, Intake, RangeEncoder, Sequencer, message_key
from kikubari.profiles import IdentityNumbering, InstanceKey, PersonKeys
from kikubari.spec.envelope import Event
from kikubari.storage import ColumnarStore, SqliteStateStore, migrate

FULL_SIZE = Extent(n_events=2_000_000, n_profiles=100_000)
TARGET_PER_SECOND = 15_000
# The size of a request of an SDK.
_BATCH = 100
_CHUNK = 100_000
# Growth between the second quarter and the last that still counts as flat.
_FLAT_GROWTH = 0.10


def run(options: Options) -> Report:
    """Measure the pipeline from inbox to columnar copy."""
    extent = FULL_SIZE.scaled(options.scale)
    pipeline = _Pipeline(Home(options.folder))
    try:
        pipeline.fill(extent)
        tune_interpreter()  # as the server does
        memory = Memory()
        cpu = time.process_time()
        with memory.watch():
            seconds = pipeline.drain()
        cpu = time.process_time() - cpu
        check = pipeline.copier.check()
    finally:
        pipeline.close()
    if not check.is_equal or check.rows != extent.n_events:
        raise SystemExit(f"the copy is not what the log is: {check}")
    return Report(
        benchmark="pipeline",
        figures=[
            Figure(
                name="log, profiles, copy",
                value=extent.n_events / seconds.copied,
                unit="events/s",
                target=TARGET_PER_SECOND,
            ),
            Figure(
                name="log and profiles alone",
                value=extent.n_events / seconds.sequenced,
                unit="events/s",
            ),
            _growth(memory),
            Figure(name="CPU an event", value=cpu / extent.n_events * 1e6, unit="µs"),
        ],
        notes=[_trace(memory)],
    )


class _Seconds(msgspec.Struct, frozen=True):
    sequenced: float
    copied: float


class _Pipeline:
    """The server's log, profiles and copy, without the server."""

    def __init__(self, home: Home) -> None:
        self._intake_store = SqliteStateStore(home.intake, overwrites=False)
        self._state = SqliteStateStore(home.state)
        for store in (self._intake_store, self._state):
            migrate(store)
        self._dsn = home.copy_dsn
        self._columnar = ColumnarStore(self._dsn)
        instance = InstanceKey.load_or_create(home.instance_key)
        keys = PersonKeys(instance)
        numbering = IdentityNumbering()
        self._sequencer = Sequencer(
            self._state,
            [self._intake_store, self._state],
            numbering,
            keys,
            projections=list_projections(
                keys, instance, AddressHasher(bytes(32)), currency=CURRENCY
            ),
        )
        log = EventLog(self._state, keys)
        settings = Settings(home=str(home.folder), currency=CURRENCY)
        self._encoding = EncodingProcess(settings, RangeEncoder(log, currency=CURRENCY))
        self.copier = Copier(self._state, self._columnar, log, numbering, self._encoding)
        self.copier.prepare()

    def fill(self, extent: Extent) -> None:
        """Put events into the inbox."""
        intake = Intake(self._intake_store)
        source = ColumnarStore(self._dsn, database="source")
        for events in _events(source, extent):
            stored = [
                intake.append(events[first : first + _BATCH])
                for first in range(0, len(events), _BATCH)
            ]
            for one in stored:
                one.result()
        source.command("DROP DATABASE source SYNC")
        source.close()

    def drain(self) -> _Seconds:
        """Work until nothing is left; return when each half was done."""
        sequenced = threading.Event()
        copied_at: list[float] = []

        def copy() -> None:
            while True:
                is_last = sequenced.is_set()
                if not self.copier.run_once():
                    if is_last:
                        copied_at.append(time.monotonic())
                        return
                    sequenced.wait(0.2)

        started = time.monotonic()
        copying = threading.Thread(target=copy, name="copier")
        copying.start()
        while self._sequencer.run_once().n_new:
            pass
        sequenced_at = time.monotonic()
        sequenced.set()
        copying.join()
        if not copied_at:
            raise SystemExit("the copier failed")
        return _Seconds(sequenced_at - started, copied_at[0] - started)

    def close(self) -> None:
        """Close every store."""
        self._encoding.close()
        self._columnar.close()
        self._state.close()
        self._intake_store.close()


def _events(source: ColumnarStore, extent: Extent) -> Iterator[Sequence[Event]]:
    """Yield the generated events, some at a time, in order of arrival."""
    decode = msgspec.json.Decoder(Event).decode
    source.command(MESSAGE_KEYS)
    source.command(view_sql(extent))
    for first in range(1, extent.n_events + 1, _CHUNK):
        positions = list(range(first, min(extent.n_events, first + _CHUNK - 1) + 1))
        keys = [int.from_bytes(message_key(message_id(one))[:8], "big") for one in positions]
        source.command("TRUNCATE TABLE message_keys")
        source.insert("message_keys", ("position", "message_key"), [positions, keys])
        yield [decode(row[-1]) for row in source.query_rows(LOG_SQL)]


def _growth(memory: Memory) -> Figure:
    quarters = _quarters(memory)
    second, last = quarters[1], quarters[3]
    return Figure(
        name="resident memory in the last quarter",
        value=last,
        unit="MiB",
        baseline=second,
        baseline_name="in the second quarter",
        target=1 + _FLAT_GROWTH,
        is_ratio=True,
        at_most=True,
    )


def _quarters(memory: Memory) -> list[float]:
    samples = [mib for _, mib in memory.samples]
    size = max(1, len(samples) // 4)
    return [statistics.median(samples[i * size : (i + 1) * size] or samples[-1:]) for i in range(4)]


def _trace(memory: Memory) -> str:
    step = max(1, len(memory.samples) // 10)
    points = [f"{seconds:.0f} s {mib:,.0f}" for seconds, mib in memory.samples[::step]]
    return f"resident MiB: {', '.join(points)}"


if __name__ == "__main__":
    main(run)
