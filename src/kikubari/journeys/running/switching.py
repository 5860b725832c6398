"""Whether journeys run, and the messages that wait go with them."""

from sqlalchemy import Connection

from kikubari.deliver import DispatchState, set_states_below
from kikubari.journeys.running import _repository as repository
from kikubari.journeys.running.contracts import JourneyState
from kikubari.journeys.running.letters import JOURNEY
from kikubari.spec.errors import ConflictError

# From which states each may be come to.
_MAY_BECOME = {
    JourneyState.PAUSED: {JourneyState.RUNNING, JourneyState.DRAINING},
    JourneyState.RUNNING: {JourneyState.PAUSED, JourneyState.DRAINING},
    JourneyState.DRAINING: {JourneyState.RUNNING, JourneyState.PAUSED},
    JourneyState.CANCELLED: {
        JourneyState.RUNNING,
        JourneyState.PAUSED,
        JourneyState.DRAINING,
        JourneyState.DRAFT,
    },
}
_DISPATCHES = {
    JourneyState.PAUSED: DispatchState.PAUSED,
    JourneyState.RUNNING: DispatchState.RUNNING,
    JourneyState.DRAINING: DispatchState.RUNNING,
    JourneyState.CANCELLED: DispatchState.CANCELLED,
}


def switch(
    connection: Connection, row: repository.Found, state: JourneyState, *, workspace_id: int
) -> None:
    """Pause, resume, drain or cancel a journey whose row is locked.

    What drained when it was paused goes on draining: whoever wants to let people in again says so
    once more.

    Raises:
        ConflictError: it cannot be that from where it stands.
    """
    if JourneyState(row.state) not in _MAY_BECOME[state]:
        raise ConflictError(f"journey {row.id} is {row.state}, and cannot be {state}")
    if state is JourneyState.RUNNING and row.state == JourneyState.PAUSED and row.drains:
        state = JourneyState.DRAINING
    drains = state is JourneyState.PAUSED and row.state == JourneyState.DRAINING
    repository.change_journey(connection, row.no, state=state.value, drains=int(drains))
    set_states_below(
        connection, JOURNEY, f"{row.id}/", to=_DISPATCHES[state], workspace_id=workspace_id
    )
