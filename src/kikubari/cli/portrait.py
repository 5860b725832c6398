"""One customer for people to read: who, how that is known, what was agreed to, what happened."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kikubari.cli.output import console, show

_PROPERTIES_SHOWN = 3
_NAMES = ("name", "last_name", "first_name")


def show_portrait(answer: Mapping[str, Any]) -> None:
    """Print what `/api/profiles/lookup` answers, in sections; empty ones are left out."""
    profile = answer["profile"]
    console.print(f"[bold]{_named(profile)}[/bold]", soft_wrap=True)
    _section("Known by", _identifiers(profile["identifiers"]))
    _section("Facts, and how they are known", _facts(profile["traits"]))
    _section("Computed", _computed(answer["computed"]))
    _section("Agreed to", _consents(profile["consents"]))
    _section("Joined by", _joins(profile["evidence"]))
    _section("Messages", _messages(answer["messages"]))
    _section("Newest events", _events(answer["timeline"]))


def _section(title: str, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        console.print(f"\n[bold]{title}[/bold]")
        show(list(rows), as_json=False)


def _named(profile: Mapping[str, Any]) -> str:
    traits = profile["traits"]
    said = [str(traits[name]["fact"]["value"]) for name in _NAMES if name in traits]
    # A whole name, or else its two halves in the order that both languages read.
    name = said[0] if "name" in traits else " ".join(said)
    return f"{profile['id']}  {name}".rstrip().replace("[", r"\[")


def _identifiers(identifiers: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "kind": one["identifier"]["kind"],
            "value": one["identifier"]["value"],
            "since": _moment(one["first_seen_at"]),
            "shared": "by several people" if one["is_shared"] else "",
        }
        for one in identifiers
    ]


def _facts(traits: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "fact": name,
            "value": one["fact"]["value"],
            "known": one["fact"]["provenance"] + _simulated(one["fact"]),
            "sure": f"{one['fact']['confidence']:.0%}",
            "source": one["fact"]["source_id"],
            "at": _moment(one["fact"]["at"]),
            "others say": ", ".join(str(other["value"]) for other in one["disagreements"]),
        }
        for name, one in traits.items()
    ]


def _computed(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"what": name, "value": value} for name, value in values.items() if value is not None]


def _consents(consents: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "purpose": one["purpose"],
            "channel": one["channel"] or "every",
            "status": one["status"],
            "since": _moment(one["at"]),
            "words": one["wording_version"],
        }
        for one in consents
    ]


def _joins(evidence: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "one": _identifier(join["left"]),
            "other": _identifier(join["right"]),
            "outcome": join["outcome"],
            "because": join["kind"],
            "at": _moment(join["at"]),
        }
        for join in evidence
    ]


def _identifier(identifier: Mapping[str, str]) -> str:
    return f"{identifier['kind']} {identifier['value']}"


def _messages(messages: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "id": one["id"],
            "origin": f"{one['origin']['kind']} {one['origin']['id']}",
            "purpose": one["purpose"],
            "state": one["state"],
            "reason": one["reason"],
            "queued": _moment(one["queued_at"]),
        }
        for one in messages
    ]


def _events(timeline: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "at": _moment(one["occurred_at"]),
            "event": one["type"] + _simulated(one),
            "source": one["source_id"],
            "said": _brief(one["properties"]),
        }
        for one in timeline
    ]


def _brief(properties: Mapping[str, Any]) -> str:
    """Return the first plain properties; all of them stand in the JSON."""
    plain = [
        f"{name} {value}"
        for name, value in properties.items()
        if not isinstance(value, list | dict)
    ]
    more = len(properties) - len(plain[:_PROPERTIES_SHOWN])
    return ", ".join([*plain[:_PROPERTIES_SHOWN], *([f"{more} more"] if more else [])])


def _simulated(one: Mapping[str, Any]) -> str:
    return " (simulated)" if one["is_simulated"] else ""


def _moment(instant: str) -> str:
    """Return an ISO instant without what is smaller than a second."""
    return f"{instant[:19]}Z"
