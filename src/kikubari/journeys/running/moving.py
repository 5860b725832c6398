"""People in flight when a version is published: moved on purpose, to steps that are named."""

from collections.abc import Sequence

from sqlalchemy import Connection

from kikubari.journeys.definition import JourneyDefinition
from kikubari.journeys.running import _enrolments as rows
from kikubari.journeys.running import _repository as repository
from kikubari.journeys.running.contracts import MovePreview, PublishOptions, StepMove
from kikubari.journeys.running.paths import MOVED, MOVED_IN, encode_pass
from kikubari.journeys.running.program import Program
from kikubari.journeys.running.travellers import Passed
from kikubari.spec.errors import ConflictError

Standing = Sequence[tuple[int, int, int]]  # (version, step, how many)


def plan_moves(
    standing: Standing,
    names: Sequence[str],
    definition: JourneyDefinition,
    options: PublishOptions,
) -> MovePreview:
    """Return where each of those on the way would go: to the step of the same id, else as told."""
    steps = {step.id for step in definition.steps}
    moves = [
        StepMove(
            version=version,
            step=names[step],
            to=_target(names[step], steps, options),
            people=people,
        )
        for version, step, people in sorted(standing)
    ]
    return MovePreview(
        people=sum(one.people for one in moves),
        steps=moves,
        unmapped=sorted({one.step for one in moves if one.to is None}),
    )


def _target(step: str, steps: set[str], options: PublishOptions) -> str | None:
    if step in steps:
        return step
    told = options.moves.get(step)
    return told if told == "" or told in steps else None


def move_in_flight(
    connection: Connection,
    workspace_id: int,
    program: Program,
    options: PublishOptions,
    *,
    now_us: int,
) -> int:
    """Move everybody who is on the way in an older version to a new one, step by step.

    Who is in a newer one stays there: of two that publish at once, the later has the last word.

    Who stays at a step of the same id keeps the instant at which they reached it; everybody is
    looked at again at once, so that a wait that became shorter ends when it now should. A worker
    may take some a step further meanwhile: call it again until it returns 0.

    Raises:
        ConflictError: there are people at a step that is no more, and nothing says where to.
    """
    standing = [
        one
        for one in rows.count_at_steps(connection, workspace_id, program.journey_no)
        if one[0] < program.version
    ]
    plan = plan_moves(standing, program.names, program.definition, options)
    if plan.unmapped:
        raise ConflictError(
            f"there are people at steps that are no more: {', '.join(plan.unmapped)}",
            hint="Say in `moves` where they go; an empty name ends their way.",
            detail={"unmapped": plan.unmapped},
        )
    counts: Passed = {}
    for move in plan.steps:
        step = program.number(move.step)
        to = program.number(move.to) if move.to else 0
        moved = rows.move_people(
            connection,
            workspace_id,
            (program.journey_no, step),
            from_version=move.version,
            to_version=program.version,
            to_step=to,
            suffix=b"" if to == step else encode_pass(step, MOVED, now_us),
            now_us=now_us,
        )
        counts[move.version, step, MOVED] = moved
        if to:
            key = (program.version, to, MOVED_IN)
            counts[key] = counts.get(key, 0) + moved
    repository.add_counts(connection, workspace_id, program.journey_no, counts, shard=0)
    return plan.people
