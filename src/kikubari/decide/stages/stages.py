"""What the shop defined."""

import msgspec

from kikubari.decide.stages import _repository as repository
from kikubari.decide.stages.contracts import LifeStages
from kikubari.decide.stages.limits import Goods, NoGoods, StageRefusal, check_limits, list_refusals
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import NotFoundError
from kikubari.storage import StateStore


class StageBook:
    """The definitions of a shop.

    Args:
        state: holds them.
        goods: says what products are, so that none stands for what must not be inferred.
        workspace_id: whose.
    """

    def __init__(
        self,
        state: StateStore,
        *,
        goods: Goods | None = None,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._state = state
        self._goods = goods or NoGoods()
        self._workspace_id = workspace_id

    def list_all(self) -> list[LifeStages]:
        """Return all definitions, by id."""
        with self._state.read() as connection:
            found = repository.list_definitions(connection, self._workspace_id)
        return [msgspec.json.decode(one, type=LifeStages) for _, one in found if one is not None]

    def get(self, stages_id: str) -> LifeStages:
        """Return a definition.

        Raises:
            NotFoundError: there is none of that id.
        """
        for one in self.list_all():
            if one.id == stages_id:
                return one
        raise NotFoundError(f"no life stages {stages_id!r}")

    def check(self, definition: LifeStages) -> list[StageRefusal]:
        """Return by which of its words nobody may be put into a stage, empty if by all."""
        return list_refusals(definition, self._goods)

    def refuse_forbidden(self, definition: LifeStages) -> None:
        """Refuse a definition that would infer what nobody may infer.

        Raises:
            StageRefusedError: says which stage, and which of its words.
        """
        check_limits(definition, self._goods)

    def put(self, definition: LifeStages) -> LifeStages:
        """Write a definition down; it is used within the hour.

        Raises:
            StageRefusedError: it would infer what nobody may infer.
        """
        self.refuse_forbidden(definition)
        self._write(definition.id, msgspec.json.encode(definition))
        return definition

    def remove(self, stages_id: str) -> None:
        """Remove a definition; what it told of people is withdrawn within the hour.

        Raises:
            NotFoundError: there is none of that id.
        """
        self.get(stages_id)
        self._write(stages_id, None)

    def _write(self, stages_id: str, body: bytes | None) -> None:
        self._state.write(
            lambda connection: repository.put_definition(
                connection, self._workspace_id, stages_id, body
            )
        )


def list_other_goods(definition: LifeStages, stage_id: str) -> tuple[str, ...]:
    """Return the categories that are for other stages than this one, and not for this one."""
    own = {name for one in definition.stages if one.id == stage_id for name in one.categories}
    others = {name for one in definition.stages if one.id != stage_id for name in one.categories}
    return tuple(sorted(others - own))
