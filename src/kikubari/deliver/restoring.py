"""What keeps a restored back-up from sending again what was sent since it was taken.

A back-up knows of messages that wait, and not that they left a minute later. So it carries a note
under which no message is claimed, and when it is restored, everything that was on its way becomes
unknown: it may have arrived, and is not sent again by itself.
"""

from sqlalchemy import Connection, delete, update

from kikubari.deliver._hold_tables import sending_holds
from kikubari.deliver._tables import ON_ITS_WAY, messages
from kikubari.deliver.contracts import MessageState
from kikubari.deliver.endpoints import set_aside_calls
from kikubari.deliver.reasons import Reason
from kikubari.deliver.subscribing import take_as_mailed
from kikubari.spec.envelope import DEFAULT_WORKSPACE


def release_restored(connection: Connection, *, workspace_id: int = DEFAULT_WORKSPACE) -> int:
    """Give up what was on its way, then let new messages go; returns how many were given up.

    What waited to be paced, retried or let through is among them. Requests for confirmation that
    were not queued yet count as sent. Calls to endpoints become dead letters, to be sent again by
    a person.
    """
    given_up = connection.execute(
        update(messages)
        .where(messages.c.workspace_id == workspace_id, ON_ITS_WAY)
        .values(
            state=MessageState.UNKNOWN.value,
            reason=Reason.RESTORED.value,
            worker=None,
            lease_us=None,
        )
    )
    take_as_mailed(connection, workspace_id=workspace_id)
    set_aside_calls(connection, workspace_id=workspace_id)
    connection.execute(delete(sending_holds).where(sending_holds.c.workspace_id == workspace_id))
    return given_up.rowcount
