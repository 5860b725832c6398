"""Blocks that are kept apart and used in many messages."""

from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.journeys import SavedBlocksDefinition, SavedBlocksUse, SavedBlocksView


@get("/saved-blocks", guards=[requires("read")], sync_to_thread=True)
def list_saved_blocks(services: NamedDependency[Services]) -> list[SavedBlocksView]:
    """List everything that is saved, by name."""
    return services.saved_blocks.list_saved()


@post("/saved-blocks", guards=[requires("write")], sync_to_thread=True)
def save_blocks(
    services: NamedDependency[Services], data: JSONBody[SavedBlocksDefinition]
) -> SavedBlocksView:
    """Save blocks under a name."""
    return services.saved_blocks.create(data)


@get("/saved-blocks/{saved_id:str}", guards=[requires("read")], sync_to_thread=True)
def get_saved_blocks(
    services: NamedDependency[Services], saved_id: FromPath[str]
) -> SavedBlocksView:
    """Return saved blocks."""
    return services.saved_blocks.get(saved_id)


@put("/saved-blocks/{saved_id:str}", guards=[requires("write")], sync_to_thread=True)
def change_saved_blocks(
    services: NamedDependency[Services],
    saved_id: FromPath[str],
    data: JSONBody[SavedBlocksDefinition],
) -> SavedBlocksView:
    """Save another version; every draft that uses the blocks shows it at once."""
    return services.saved_blocks.change(saved_id, data)


@delete("/saved-blocks/{saved_id:str}", guards=[requires("write")], sync_to_thread=True)
def remove_saved_blocks(services: NamedDependency[Services], saved_id: FromPath[str]) -> None:
    """Remove saved blocks that no draft uses."""
    services.saved_blocks.remove(saved_id)


@get("/saved-blocks/{saved_id:str}/uses", guards=[requires("read")], sync_to_thread=True)
def list_saved_blocks_uses(
    services: NamedDependency[Services], saved_id: FromPath[str]
) -> list[SavedBlocksUse]:
    """List the broadcasts that use saved blocks, newest first."""
    return services.saved_blocks.list_uses(saved_id)


saved_block_handlers = [
    list_saved_blocks,
    save_blocks,
    get_saved_blocks,
    change_saved_blocks,
    remove_saved_blocks,
    list_saved_blocks_uses,
]
