"""Workers keep their limits, lose only the item that broke them, and leave nothing behind."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from kikubari.decide.personalise import (
    Done,
    EmailTemplateSource,
    EmailVariant,
    Failed,
    SandboxError,
    SandboxLimits,
    SandboxPool,
    compile_email,
    gather_facts,
)
from kikubari.decide.personalise.sandbox_replies import KnownPieces, Reply

HERE = Path(__file__).parent
# Generous, so that a busy machine fails no test; what never ends is given less time below.
LIMITS = SandboxLimits(memory_mb=128, item_seconds=10)
IMPATIENT = SandboxLimits(memory_mb=128, item_seconds=1)


@pytest.fixture(autouse=True)
def functions_importable(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(HERE))
    monkeypatch.syspath_prepend(str(HERE))
    monkeypatch.setenv("KIKUBARI_CANARY", "secret")


def pool_of(name: str, workers: int = 1, limits: SandboxLimits = LIMITS) -> SandboxPool:
    return SandboxPool(f"sandbox_functions:{name}", workers=workers, limits=limits)


def summary(outcomes: list) -> list:
    return [o.value if isinstance(o, Done) else o.code for o in outcomes]


def test_only_the_item_that_breaks_a_limit_fails():
    items = ["a", "eat", "bb", "exit", "raise", "refuse", "eat slowly", "ccc"]
    with pool_of("act") as pool:
        assert summary(pool.run(10, items)) == [
            11,
            "sandbox_memory",
            12,
            "sandbox_crashed",
            "sandbox_error",
            "not_found",
            "sandbox_memory",
            13,
        ]
        assert summary(pool.run(20, ["x", "x"])) == [21, 21]
        assert pool.run(0, []) == []


def test_an_item_that_never_ends_is_given_up():
    with pool_of("act", limits=IMPATIENT) as pool:
        busy, quick, asleep = pool.run(0, ["spin", "a", "sleep"])
    late = Failed(reason="timeout", code="sandbox_timeout", message="took longer than 1 s")
    assert (busy, quick, asleep) == (late, Done(1), late)


def test_failures_say_why_in_words():
    with pool_of("act") as pool:
        assert pool.run(0, ["raise"]) == [
            Failed(reason="error", code="sandbox_error", message="ValueError: no such luck")
        ]


def test_several_workers_keep_the_order():
    with pool_of("act", workers=2) as pool:
        items = ["x" * (i % 7) for i in range(101)]
        assert summary(pool.run(5, items)) == [5 + len(item) for item in items]
        assert len(set(pool.process_ids())) == 2


def test_large_batches_do_not_block_the_pipes():
    with pool_of("act") as pool:
        items = ["y" * 200_000] * 40
        assert summary(pool.run(1, items)) == [200_001] * 40


def test_it_serves_an_event_loop():
    async def both(pool: SandboxPool) -> list:
        return await asyncio.gather(pool.run_async(1, ["a"]), pool.run_async(2, ["b"]))

    with pool_of("act") as pool:
        assert [summary(o) for o in asyncio.run(both(pool))] == [[2], [3]]


def test_workers_see_no_secrets_and_load_no_engine():
    with pool_of("look") as pool:
        environ, modules = summary(pool.run(None, ["environ", "modules"]))
    assert "KIKUBARI_CANARY" not in environ
    assert not {"chdb", "sqlalchemy", "clickhouse_connect", "litestar"} & set(modules)


def test_workers_cannot_write_files_nor_disturb_the_pipe():
    with pool_of("act") as pool:
        assert summary(pool.run(0, ["print", "write", "a"])) == [5, "sandbox_error", 1]


def test_octets_that_return_travel_once_and_come_out_whole():
    """Also after a worker was lost, or got another shared value."""
    first, second, last = (b"fixed %d " % i * 1_000 for i in range(3))
    with pool_of("in_pieces") as pool:
        for shared, fixed in ((0, first), (0, first), (1, second), (0, first)):
            items = ["a", "bc", "exit", "d"]
            outcomes = pool.run(shared, items)
            assert outcomes[2].code == "sandbox_crashed"
            done = {
                item: one.value
                for item, one in zip(items, outcomes, strict=True)
                if isinstance(one, Done)
            }
            assert list(done) == ["a", "bc", "d"]
            for item, made in done.items():
                own = item.encode()
                assert made.value == item
                assert b"".join(made.pieces) == own + fixed + own + last + fixed
            assert done["a"].pieces[1] is done["bc"].pieces[1]
        many, after = pool.run(0, ["many", "e"])
        assert b"".join(many.value.pieces) == b"".join(b"%d" % i for i in range(5_000))
        assert b"".join(after.value.pieces).startswith(b"e" + first)


def test_pieces_that_were_never_sent_are_refused():
    known = KnownPieces()
    raw = msgspec.Raw()
    good = known.complete(Reply(raw, news=(b"a", b"b"), pieces=(1, b"c", 0)))
    assert good.pieces == (b"b", b"c", b"a")
    assert known.complete(Reply(raw, pieces=(2,))).failed.code == "sandbox_crashed"
    flood = Reply(raw, news=(b"x",) * 10_000, pieces=(0,))
    assert known.complete(flood).failed.code == "sandbox_crashed"


def test_replies_of_another_type_are_refused():
    with pool_of("wrong") as pool:
        assert summary(pool.run(None, [1])) == ["sandbox_crashed"]


def is_running(process_id: int) -> bool:
    return Path(f"/proc/{process_id}").exists()


def test_nothing_stays_behind():
    pool = pool_of("act", workers=2)
    pool.run(0, ["a", "exit", "b", "c", "exit", "d"])
    process_ids = pool.process_ids()
    assert process_ids
    pool.close()
    pool.close()
    assert not any(is_running(process_id) for process_id in process_ids)
    with pytest.raises(SandboxError):
        pool.run(0, ["a"])


def test_workers_end_when_their_parent_is_killed():
    script = (
        "import sys; from kikubari.decide.personalise import SandboxPool; import os, signal\n"
        "pool = SandboxPool('sandbox_functions:act'); pool.run(0, ['a'])\n"
        "print(pool.process_ids()[0], flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, check=False)
    worker = int(done.stdout)
    deadline = time.monotonic() + 5
    while is_running(worker) and time.monotonic() < deadline:
        os.sched_yield()
    assert not is_running(worker)


@pytest.mark.parametrize("name", ["nothing", "bare"])
def test_a_function_that_cannot_serve_is_refused(name):
    with pytest.raises(SandboxError):
        pool_of(name)


def test_hostile_templates_cost_a_second_and_no_memory():
    bombs = [
        "{{ (1..20000000) | join: ',' | size }}",
        (
            "{% assign s = 'a' %}{% for i in (1..19) %}{% assign s = s | append: s %}{% endfor %}"
            "{{ s | replace: 'a', s | size }}"
        ),
    ]
    with pool_of("liquid", limits=IMPATIENT) as pool:
        pool.run(None, ["warm"])
        started = time.monotonic()
        ranged, replaced = pool.run(None, bombs)
        elapsed = time.monotonic() - started
        assert pool.run(None, ["fine"]) == [Done("fine")]
    assert isinstance(ranged, Failed)
    assert (ranged.code, ranged.message) == (
        "render_limit",
        "a range may hold at most 10,000 numbers",
    )
    assert replaced.code in {"sandbox_memory", "sandbox_timeout"}
    assert elapsed < 30  # for ever, without limits


def test_rendering_in_a_worker_gives_what_rendering_here_gives():
    variant = EmailVariant(subject="{{ customer | honorific }}", html="<p>{{ customer.a }}</p>")
    email = compile_email(EmailTemplateSource(variants={"ja": variant}, default_language="ja"))
    people = [gather_facts({"customer": {"last_name": "山田", "a": i}}) for i in range(3)]
    with pool_of("render") as pool:
        outcomes = pool.run(email, people)
    assert [o.value.html for o in outcomes] == ["<p>0</p>", "<p>1</p>", "<p>2</p>"]
    assert outcomes[0].value.subject == "山田 様"
    assert outcomes[0].value.facts[0].path == "customer.last_name"
