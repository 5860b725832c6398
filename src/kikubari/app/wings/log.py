"""From an acknowledged event to the log and its copy."""

import threading
from collections.abc import Callable
from datetime import timedelta

from kikubari.api import DataServices
from kikubari.app.copying import EncodingProcess
from kikubari.app.retired_words import RetiredWords
from kikubari.app.wings.ground import Ground
from kikubari.catalog import CatalogProjection
from kikubari.collect import (
    AttributeCatalogue,
    PlanGate,
    RejectedEvents,
    Sources,
    TrackingApi,
    TrackingPlans,
    Violations,
)
from kikubari.decide.offers import RedemptionProjection
from kikubari.deliver import (
    AddressHasher,
    EndpointProjection,
    SuppressionProjection,
    WebhookQueue,
    WishProjection,
)
from kikubari.events import (
    Copier,
    EventLog,
    Forgetting,
    Intake,
    Projection,
    RangeEncoder,
    Sequencer,
)
from kikubari.kit.sealing import Seal
from kikubari.profiles import (
    CompanyProjection,
    ConsentProjection,
    IdentityNumbering,
    InstanceKey,
    PersonKeys,
    Restrictions,
    SavedProjection,
    SharingProjection,
    TraitProjection,
    Wordings,
)

_SELDOM = timedelta(seconds=5)


def list_projections(
    keys: PersonKeys, instance: InstanceKey, hasher: AddressHasher, *, currency: str
) -> list[Projection]:
    """Return everything that is kept in step with the log, in the transaction that extends it."""
    return [
        TraitProjection(keys),
        ConsentProjection(keys),
        SavedProjection(keys),
        CompanyProjection(keys),
        SharingProjection(instance),
        CatalogProjection(),
        SuppressionProjection(hasher),
        WishProjection(),
        RedemptionProjection(currency),
        EndpointProjection(WebhookQueue(keys), Restrictions()),
    ]


class LogWing:
    """Intake, sequencer, log, copy, and what governs the data on its way."""

    def __init__(self, ground: Ground) -> None:
        state, intake = ground.state, ground.engines.intake
        secrets = ground.secrets
        self.keys = PersonKeys(secrets.instance)
        self.numbering = IdentityNumbering()
        self.hasher = AddressHasher(secrets.address_key)
        self.sequencer = Sequencer(
            state,
            [intake] if intake is state else [intake, state],
            self.numbering,
            self.keys,
            projections=list_projections(
                self.keys, secrets.instance, self.hasher, currency=ground.settings.currency
            ),
        )
        self.log = EventLog(state, self.keys)
        encoder = RangeEncoder(self.log, currency=ground.settings.currency)
        self._encoding = EncodingProcess(ground.settings, encoder)
        self.copier = Copier(state, ground.columnar, self.log, self.numbering, self._encoding)
        self.copier.prepare()
        self._copying = threading.Lock()
        self.sources = Sources(state, ground.clock, Seal(secrets.write_key_key))
        self.rejected = RejectedEvents(intake)
        self.attributes = AttributeCatalogue(state, ground.columnar, self.copier, ground.clock)
        self.forgetting = Forgetting(
            state,
            ground.columnar,
            inboxes=ground.engines.state_stores,
            recount=self.attributes.recount,
        )
        self.violations = Violations(intake, classes=self.attributes)
        gate = PlanGate(self.violations)
        self.plans = TrackingPlans(state, gate, ground.clock, self.log)
        self.plans.refresh()
        self.tracking = TrackingApi(
            Intake(intake),
            self.sources,
            self.rejected,
            ground.clock,
            gate=gate,
            judges=(RetiredWords(Wordings(state), ground.clock).judge,),
            ids=ground.ids,
            public_url=ground.settings.public_url,
        )
        self._copy_loop = ground.lone_loop("copier", self._copy, idle=ground.woken)
        self._when_copied: list[Callable[[], None]] = []
        self.loops = (
            ground.lone_loop("sequencer", self._sequence),
            self._copy_loop,
            ground.loop("plans", self._follow_plans, idle=_SELDOM),
            ground.lone_loop("attributes", self._count_attributes, idle=_SELDOM),
        )

    def services(self) -> DataServices:
        """Return what handlers are given."""
        return DataServices(
            sources=self.sources,
            rejected=self.rejected,
            attributes=self.attributes,
            plans=self.plans,
            violations=self.violations,
            log=self.log,
            copier=self.copier,
            rebuild_copy=self.rebuild_copy,
        )

    def rebuild_copy(self) -> None:
        """Drop the copy and make it anew; returns when it is whole."""
        with self._copying:
            self.copier.rebuild()
            while self.copier.run_once():
                pass

    def when_copied(self, wake: Callable[[], None]) -> None:
        """Have something called whenever the copy has more of the log."""
        self._when_copied.append(wake)

    def close(self) -> None:
        """End what runs beside this process; call it when the loops have stopped."""
        self._encoding.close()

    def _sequence(self) -> bool:
        done = self.sequencer.run_once()
        if done.n_new:
            self._copy_loop.wake()
        return bool(done.n_new or done.n_duplicates)

    def _copy(self) -> bool:
        with self._copying:
            has_more = self.copier.run_once() > 0
        if has_more:
            for wake in self._when_copied:
                wake()
        return has_more

    def _follow_plans(self) -> bool:
        """Take over plans that other processes applied."""
        self.plans.refresh()
        return False

    def _count_attributes(self) -> bool:
        self.attributes.refresh_if_due()
        return False
