"""What stages are found in, and told to."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from kikubari.decide.stages.contracts import LeftOut
from kikubari.kit.clock import Clock
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import ColumnarStore, StateStore


@dataclass(frozen=True, kw_only=True)
class StageSurroundings:
    """All that finding stages reads and writes.

    Attributes:
        state: holds the definitions, and the log that stages are told to.
        columnar: the copy that evidence is read from.
        clock: gives now.
        zone: of the shop, in which days are named.
        left_out: people of whom nothing is inferred.
        workspace_id: whose customers.
    """

    state: StateStore
    columnar: ColumnarStore
    clock: Clock
    zone: ZoneInfo
    left_out: LeftOut
    workspace_id: int = DEFAULT_WORKSPACE
