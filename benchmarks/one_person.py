"""How long fifty segments take for one person in memory: what a trigger or a placement waits for.

People are read from the log first, from the busiest to the idlest; the reading is shown apart. What
segments need to know of everybody else is at hand, as it is in a running server.
"""

import time
from collections.abc import Sequence

from generate import FULL_SIZE, copier_of, generate
from generated_events import CURRENCY, END_AT
from harness import Figure, Options, Report, Turns, main
from kikubari.events import EventLog, RowBuilder
from kikubari.profiles import InstanceKey, PersonKeys
from kikubari.segments import BUILTIN_SEGMENTS
from kikubari.segments.contracts import BaseValues
from kikubari.segments.evaluate import evaluate
from kikubari.segments.moment import Moment
from kikubari.segments.person import Person
from kikubari.spec.conditions import Condition, Percentile, digest_of, walk
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import ColumnarStore, SqliteStateStore
from segment_questions import LEAVES, TREES, leaf_condition, tree_condition
from segments import SHOP_ZONE, Questions

N_SEGMENTS = 50
TARGET_MS = 5.0
_N_PEOPLE = 200
_MOST_EVENTS = 5_000
_BY_RANK = """
SELECT p FROM (
  SELECT profile AS p, row_number() OVER (ORDER BY count() DESC, p) AS rank, count() OVER () AS n
  FROM events WHERE profile != 0 GROUP BY p)
WHERE rank % greatest(1, intDiv(n, {n:UInt32})) = 0
"""


def run(options: Options) -> Report:
    """Measure one person after another."""
    home = generate(options.shared, FULL_SIZE.scaled(options.scale))
    state = SqliteStateStore(home.state)
    columnar = ColumnarStore(home.copy_dsn)
    keys = PersonKeys(InstanceKey.load_or_create(home.instance_key))
    moment = Moment.at(END_AT, None, SHOP_ZONE)
    conditions = _conditions()
    try:
        position = copier_of(state, columnar, keys).copied_position()
        base = _base(Questions(columnar, position), conditions, moment)
        people, turns = _people(columnar), Turns()
        builder = RowBuilder(workspace_id=DEFAULT_WORKSPACE, currency=CURRENCY)
        log = EventLog(state, keys)
        n_events = 0
        for number in people:
            with turns.timed("read", time.perf_counter):
                events = log.timeline([number], limit=_MOST_EVENTS)
            with turns.timed("rows", time.perf_counter):
                person = Person.from_events(number, events, builder)
            with turns.timed("evaluate", time.perf_counter), turns.timed("cpu", time.thread_time):
                for condition in conditions:
                    evaluate(condition, person, base, moment)
            n_events = max(n_events, len(events))
    finally:
        columnar.close()
        state.close()
    return Report(
        benchmark="one_person",
        figures=[
            Figure(name=f"{len(conditions)} segments for one person, p95",
                   value=turns.p95("evaluate"), unit="ms", target=TARGET_MS, at_most=True),
            Figure(name="the same, processor time, p95", value=turns.p95("cpu"), unit="ms"),
            Figure(name="the same, median", value=turns.median("evaluate"), unit="ms"),
            Figure(name="reading the person from the log, p95", value=turns.p95("read"), unit="ms"),
            Figure(name="making rows of the events, p95", value=turns.p95("rows"), unit="ms"),
        ],
        notes=[f"{len(people)} people, the busiest with {n_events:,} events"],
    )  # fmt: skip


def _conditions() -> list[Condition]:
    found = [segment.definition for segment in BUILTIN_SEGMENTS]
    found += [tree_condition(name) for name in TREES]
    found += [leaf_condition(name) for name in LEAVES]
    if len(found) < N_SEGMENTS:
        raise SystemExit(f"{len(found)} segments are too few")
    return found[:N_SEGMENTS]


def _base(questions: Questions, conditions: Sequence[Condition], moment: Moment) -> BaseValues:
    thresholds = {}
    for condition in conditions:
        for _, node in walk(condition):
            if isinstance(node, Percentile):
                one = questions.engine().base_values(node, moment)
                thresholds[digest_of(node)] = one.thresholds[digest_of(node)]
    return BaseValues(thresholds)


def _people(columnar: ColumnarStore) -> list[int]:
    """Return people spread evenly over everybody by how much they did."""
    return [row[0] for row in columnar.query_rows(_BY_RANK, {"n": _N_PEOPLE})]


if __name__ == "__main__":
    main(run)
