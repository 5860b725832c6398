"""Who the customers are, and what they may ask for."""

from kikubari.app.limits import PeopleLimits
from kikubari.app.wings.ground import Ground
from kikubari.app.wings.log import LogWing
from kikubari.profiles import (
    Companies,
    ConsentLedger,
    Households,
    Profiles,
    Restrictions,
    Rights,
    Saved,
    TraitStatements,
    Wordings,
)


class PeopleWing:
    """Everything that is known of people, from the tables their projections keep."""

    def __init__(self, ground: Ground, log: LogWing) -> None:
        self.profiles = Profiles(log.keys)
        self.consents = ConsentLedger(log.keys)
        self.statements = TraitStatements(log.keys)
        self.wordings = Wordings(ground.state)
        self.saved = Saved(log.keys)
        self.companies = Companies(log.keys)
        self.households = Households()
        self.restrictions = Restrictions()
        self.limits = PeopleLimits(ground.state, self.restrictions)
        self.rights = Rights(log.keys, ground.secrets.instance)
