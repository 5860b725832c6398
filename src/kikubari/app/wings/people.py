"""Who the customers are, and what they may ask for."""

from datetime import timedelta

from kikubari.api import PeopleServices
from kikubari.app.limits import PeopleLimits, Unprofiled
from kikubari.app.measuring import CountablePeople
from kikubari.app.watching import ProductWatchers
from kikubari.app.wings.ground import Ground
from kikubari.app.wings.log import LogWing
from kikubari.catalog import ProductNews
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

_NEWS = timedelta(seconds=1)


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
        self.countable = CountablePeople(self.profiles, self.consents, self.restrictions)
        self.unprofiled = Unprofiled(self.limits)
        self.rights = Rights(log.keys, ground.secrets.instance)
        self.product_watchers = ProductWatchers(
            ground.state,
            ground.columnar,
            log.copier,
            profiles=self.profiles,
            saved=self.saved,
            ledger=self.consents,
            limits=self.limits,
        )
        self.product_news = ProductNews(ground.state, self.product_watchers, ground.clock)
        self.loops = (ground.lone_loop("product news", self.product_news.step, idle=_NEWS),)

    def services(self) -> PeopleServices:
        """Return what handlers are given."""
        return PeopleServices(
            profiles=self.profiles,
            consents=self.consents,
            statements=self.statements,
            saved=self.saved,
            companies=self.companies,
            households=self.households,
            wordings=self.wordings,
            product_news=self.product_news,
            product_watchers=self.product_watchers,
        )
