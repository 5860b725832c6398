"""What is left behind by workers that die, and by those that only seemed to."""

import asyncio
from concurrent.futures import Future
from datetime import timedelta

from delivery_world import ORIGIN, World

from kikubari.deliver import MessageState, Purpose, Reason, queue
from kikubari.spec.errors import UnavailableError
from kikubari.testing.deliver import letter


def run_until(world, moment, **settings):
    """Run a worker that vanishes with messages claimed ('before') or one marked ('after')."""

    async def main():
        reached = asyncio.Event()

        class Hangs:
            async def send(self, mail_from, rcpt_to, data, *, before_final_dot):
                if moment == "after":
                    assert await before_final_dot()
                reached.set()
                await asyncio.Event().wait()

        alive, world.transport = world.transport, Hangs()
        task = asyncio.create_task(world.worker(**settings).run(until_idle=True))
        await reached.wait()
        # Unlike a stop: nothing is settled, as when the process is killed.
        for one in asyncio.all_tasks() - {asyncio.current_task()}:
            one.cancel()
        await asyncio.gather(task, return_exceptions=True)
        world.transport = alive

    asyncio.run(main())


def test_what_had_not_passed_the_gate_is_sent_by_the_next_start(state):
    world = World(state, [1, 2])
    world.enqueue()
    run_until(world, "before")
    assert world.states() == {MessageState.SENDING: 2}
    world.deliver()
    assert world.reached == ["p1@example.com", "p2@example.com"]


def test_what_had_passed_the_gate_becomes_unknown_and_is_not_sent_again(state):
    world = World(state, [1, 2])
    world.enqueue()
    run_until(world, "after", connections=1)
    assert world.states() == {MessageState.COMMITTING: 1, MessageState.SENDING: 1}
    world.deliver()
    world.clock.advance(timedelta(days=5))
    world.deliver()
    assert world.states() == {MessageState.UNKNOWN: 1, MessageState.SENT: 1}
    assert world.outbox.count(ORIGIN).reasons == {Reason.WORKER_LOST: 1}
    assert len(world.reached) == 1


def test_a_transactional_letter_may_ask_to_be_sent_at_least_once(state):
    world = World(state, [1])
    world.enqueue(of=letter(purpose=Purpose.TRANSACTIONAL, resends_unknown=True))
    run_until(world, "after")
    world.deliver()
    assert world.states() == {MessageState.SENT: 1}


def test_another_worker_waits_for_the_lease_to_end(state):
    world = World(state, [1])
    world.enqueue()
    run_until(world, "before")
    world.deliver(is_alone=False)
    assert world.states() == {MessageState.SENDING: 1}
    world.clock.advance(timedelta(seconds=61))
    world.deliver(is_alone=False)
    assert world.reached == ["p1@example.com"]


def test_a_sleeper_that_wakes_after_its_lease_sends_nothing(state):
    world = World(state, [1])
    world.enqueue()

    async def oversleep(_address):
        world.transport.before_mark = None
        world.clock.advance(timedelta(seconds=61))
        await asyncio.to_thread(
            state.write,
            lambda connection: queue.recover(connection, lost_before=world.clock.now()),
        )
        await world.worker(is_alone=False).run(until_idle=True)

    world.transport.before_mark = oversleep
    world.deliver(is_alone=False)
    assert world.reached == ["p1@example.com"]
    assert world.transport.abandoned == ["p1@example.com"]
    assert world.states() == {MessageState.SENT: 1}


def test_an_answer_that_comes_after_the_lease_ended_still_counts(state):
    world = World(state, [1])
    world.enqueue()
    taken = world.transport

    class SlowAnswer:
        async def send(self, mail_from, rcpt_to, data, *, before_final_dot):
            outcome = await taken.send(mail_from, rcpt_to, data, before_final_dot=before_final_dot)
            world.clock.advance(timedelta(seconds=61))
            recovered = await asyncio.to_thread(
                state.write,
                lambda connection: queue.recover(connection, lost_before=world.clock.now()),
            )
            assert recovered.n_unknown == 1
            return outcome

    world.transport = SlowAnswer()
    world.deliver()
    assert world.states() == {MessageState.SENT: 1}


def test_workers_side_by_side_send_each_message_once(state):
    world = World(state, range(1, 101))
    world.enqueue()

    async def main():
        workers = [world.worker(is_alone=False, batch=7, chunk=3) for _ in range(4)]
        await asyncio.gather(*(worker.run(until_idle=True) for worker in workers))

    asyncio.run(main())
    assert world.reached == sorted(f"p{n}@example.com" for n in range(1, 101))
    assert world.states() == {MessageState.SENT: 100}


def test_a_claim_whose_answer_was_lost_does_not_wait_for_its_lease(state):
    world = World(state, range(1, 6))
    world.enqueue()
    worker = world.worker(is_alone=False, idle_seconds=0.01)
    submit, lost = state.submit, []

    def lose_the_answer(work, **options):
        """The first claim is made, and nobody is told."""
        done = submit(work, **options)
        claims = done.result(20)
        if isinstance(claims, list) and claims and not lost:
            lost.extend(claims)
            done = Future()
            done.set_exception(UnavailableError("the line was cut"))
        return done

    async def main():
        running = asyncio.create_task(worker.run())
        while world.states() != {MessageState.SENT: 5}:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)
        worker.stop()
        await running

    world.store.submit = lose_the_answer
    asyncio.run(asyncio.wait_for(main(), 20))
    assert lost
    assert len(world.reached) == 5
