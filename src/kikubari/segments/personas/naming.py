"""Names made from what distinguishes a cluster."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import msgspec
import numpy as np

from kikubari.segments._matrices import Floats
from kikubari.segments.behaviour import Behaviour, Feature
from kikubari.segments.personas.clustering import Labels
from kikubari.segments.personas.contracts import Distinction

# Half a standard deviation is a difference that can be seen (Cohen, 1988: "medium").
_VISIBLE = 0.5
_MOST_DISTINCTIONS = 5
_IN_NAME = 2


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    more_ja: str
    more_en: str
    less_ja: str
    less_en: str


@cache
def _words() -> Mapping[str, _Words]:
    file = files("kikubari.segments.personas") / "words.toml"
    return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), dict[str, _Words])


def list_distinctions(
    behaviour: Behaviour, labels: Labels, n_clusters: int
) -> list[tuple[Distinction, ...]]:
    """Return for each cluster what it has clearly more or less of than everybody else."""
    values, features = behaviour.values(), behaviour.features()
    spread = values.std(axis=0)
    is_amount = np.arange(values.shape[1]) < len(behaviour.amount_names)
    found = []
    for label in range(n_clusters):
        mine = labels == label
        here, elsewhere = values[mine].mean(axis=0), values[~mine].mean(axis=0)
        effect = (here - elsewhere) / np.maximum(spread, 1e-9)
        # Amounts are compared, and so told, by their mean on the logarithmic scale: a few giants
        # would otherwise turn round who has more.
        here, elsewhere = (np.where(is_amount, np.expm1(m), m) for m in (here, elsewhere))
        found.append(
            tuple(
                _distinction(features[i], float(effect[i]), float(here[i]), float(elsewhere[i]))
                for i in _strongest(features, effect)
            )
        )
    return found


def _strongest(features: Sequence[Feature], effect: Floats) -> list[int]:
    """Return where the strongest visible differences are, one a group: shares mirror each other."""
    chosen: dict[str, int] = {}
    for i in np.argsort(-np.abs(effect)):
        if abs(effect[i]) >= _VISIBLE and len(chosen) < _MOST_DISTINCTIONS:
            chosen.setdefault(features[i].key, int(i))
    return list(chosen.values())


def name_clusters(distinctions: Sequence[Sequence[Distinction]]) -> list[tuple[str, str]]:
    """Return a Japanese and an English name for each cluster, no two the same."""
    names: list[tuple[str, str]] = []
    for index, mine in enumerate(distinctions):
        # What people do more of says more about them than what they do less of.
        telling = sorted(mine, key=lambda one: one.effect < 0)
        length = _IN_NAME
        name = _name(telling[:length])
        while name in names and length < len(telling):
            length += 1
            name = _name(telling[:length])
        if not telling or name in names:
            name = (f"{name[0]} {index + 1}".strip(), f"{name[1]} {index + 1}".strip())
        names.append(name)
    return names


def _name(telling: Sequence[Distinction]) -> tuple[str, str]:
    if not telling:
        return "お客様グループ", "Group"
    english = " and ".join(one.en for one in telling)
    return "・".join(one.ja for one in telling), english[:1].upper() + english[1:]


def _distinction(feature: Feature, effect: float, here: float, elsewhere: float) -> Distinction:
    words = _words().get(f"{feature.key}:{feature.value}") or _words()[feature.key]
    ja, en = (words.more_ja, words.more_en) if effect > 0 else (words.less_ja, words.less_en)
    return Distinction(
        feature=feature,
        effect=round(effect, 3),
        here=round(here, 4),
        elsewhere=round(elsewhere, 4),
        ja=ja.replace("{value}", feature.value),
        en=en.replace("{value}", feature.value),
    )
