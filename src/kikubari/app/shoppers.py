"""What recommending needs to know about people and products, made of what other rooms give."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from kikubari.app.limits import PeopleLimits
from kikubari.catalog import Catalog, Product
from kikubari.decide.guard import is_special_category
from kikubari.decide.recommend import Home, Shopper
from kikubari.decide.stages import LifeStages, StageBook, list_other_goods
from kikubari.deliver import EMAIL
from kikubari.profiles import (
    ConsentLedger,
    ConsentState,
    Profiles,
    Saved,
    SavedThings,
    Trait,
)
from kikubari.storage import StateStore

_PROFILING, _TRACKING = "profiling", "tracking"
_REFUSED = frozenset({"denied", "withdrawn"})
_COUNTRY, _AREAS = "country", ("prefecture", "region")


class ProfileShoppers:
    """Implements `recommend.Shoppers` on profiles, consents, limits, stages and saved things."""

    def __init__(
        self,
        store: StateStore,
        profiles: Profiles,
        ledger: ConsentLedger,
        *,
        saved: Saved,
        limits: PeopleLimits,
        stages: StageBook,
    ) -> None:
        self._store = store
        self._profiles = profiles
        self._ledger = ledger
        self._saved = saved
        self._limits = limits
        self._stages = stages

    def load(self, numbers: Collection[int]) -> Mapping[int, Shopper]:
        """Return people by the numbers asked for; those nobody has are left out.

        Whoever limits the use of their data, objects to it or refuses profiling is not profiled;
        who refuses tracking is not held to have looked at anything. From everybody else goods are
        withheld that are for another stage of life than the one they are known to be in.
        """
        if not numbers:
            return {}
        stages = {one.trait: one for one in self._stages.list_all()}
        with self._store.read() as connection:
            now_is = self._profiles.resolve_numbers(connection, numbers)
            people = set(now_is.values())
            own: dict[int, list[int]] = {}
            for number, person in self._profiles.numbers_of(connection, people).items():
                own.setdefault(person, []).append(number)
            limited = set(self._limits.find_any(connection, people))
            said = self._ledger.states(connection, people, (_PROFILING, _TRACKING), EMAIL)
            refusing = {one for one in people if _refuses(said[_PROFILING].get(one))}
            profiled = people - limited - refusing
            in_stages = self._find_stages(connection, profiled, stages)
        shoppers = {
            person: Shopper(
                number=person,
                numbers=tuple(sorted(own.get(person, (person,)))),
                is_profiled=person in profiled,
                is_tracked=not _refuses(said[_TRACKING].get(person)),
                **_limit_to_stage(in_stages.get(person, ())),
            )
            for person in people
        }
        return {number: shoppers[person] for number, person in now_is.items()}

    def _find_stages(
        self, connection: Connection, people: Collection[int], stages: Mapping[str, LifeStages]
    ) -> dict[int, list[tuple[LifeStages, str]]]:
        """Return the stages that people are known to be in, each with its definition."""
        if not stages or not people:
            return {}
        facts = self._profiles.load_profiles(connection, people, names=stages.keys())
        return {
            person: [
                (stages[trait], str(known.value))
                for trait, known in one.traits.items()
                if trait in stages and _is_stage(known.value, stages[trait])
            ]
            for person, one in facts.items()
        }

    def load_homes(self, people: Collection[int]) -> Mapping[int, Home]:
        """Return where people live, by canonical number."""
        with self._store.read() as connection:
            facts = self._profiles.load_profiles(connection, people, names=(_COUNTRY, *_AREAS))
        return {person: _home_of(one.traits) for person, one in facts.items()}

    def load_saved(self, people: Collection[int]) -> Mapping[int, SavedThings]:
        """Return what people have saved, by canonical number."""
        with self._store.read() as connection:
            return self._saved.load(connection, people)


class SensitiveByCatalogue:
    """Implements `recommend.SensitiveProducts`: what the shop states, or a category's name says."""

    def is_sensitive(self, product: Product) -> bool:
        """Say whether a product must not be recommended by what is known of somebody."""
        path, said = product.category_path, (product.category, product.topic, product.stage)
        names = (*path, *said)
        return bool(product.sensitive_class) or any(map(is_special_category, filter(None, names)))


class GoodsByCatalogue:
    """Implements `stages.Goods`: what the catalogue says of products."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def words_of(self, product_ids: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """Return titles, categories and stated sensitive classes, of those that are known."""
        known = self._catalog.load_products(product_ids)
        return {
            name: tuple(
                filter(
                    None,
                    (
                        *(one.title, one.title_ja, one.category, *one.category_path),
                        one.sensitive_class,
                    ),
                )
            )
            for name, one in known.items()
        }


def _limit_to_stage(known: Collection[tuple[LifeStages, str]]) -> dict[str, frozenset[str]]:
    """Return what is withheld from whoever is in some stages, and which stages those are."""
    own = frozenset(stage.casefold() for _, stage in known)
    all_ids = frozenset(one.id.casefold() for stages, _ in known for one in stages.stages)
    return {
        "withheld": frozenset(
            name for stages, stage in known for name in list_other_goods(stages, stage)
        ),
        "stages": own,
        "other_stages": all_ids - own,
    }


def _is_stage(value: object, definition: LifeStages) -> bool:
    return any(one.id == value for one in definition.stages)


def _refuses(state: ConsentState | None) -> bool:
    return state is not None and state.status in _REFUSED


def _home_of(traits: Mapping[str, Trait]) -> Home:
    known = {name: one.value for name, one in traits.items() if isinstance(one.value, str)}
    return Home(
        country=known.get(_COUNTRY, ""),
        area=next((known[name] for name in _AREAS if known.get(name)), ""),
    )
