"""A scheduled broadcast whose audience grew is asked for again, in the name of who scheduled it."""

from kikubari.access import SEND, Access, Actor, ApprovalReason, Wish
from kikubari.journeys import Broadcast


class ApprovedGrowth:
    """Implements `journeys.Growth` on approvals."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def is_outgrown(self, n_permitted: int, n_people: int) -> bool:
        """Return whether so many people need a second member of their own."""
        return self._access.approvals.is_outgrown(n_permitted, n_people)

    def ask(self, broadcast: Broadcast, n_people: int, asker: str) -> None:
        """Ask for a second member; whoever scheduled it cannot be that one."""
        wish = Wish(
            action=SEND,
            target=broadcast.id,
            version=broadcast.version,
            n_people=n_people,
            reasons=(ApprovalReason.SIZE,),
            title=broadcast.definition.name,
        )
        names = {one.id: one.email for one in self._access.members.list_members()}
        names |= {one.id: one.name for one in self._access.keys.list_keys()}
        self._access.approvals.ask_for(wish, asker, Actor(names.get(asker, asker)))
