"""`kikubari attributes` and `kikubari plan`."""

from pathlib import Path
from typing import Any

import click
import msgspec

from kikubari.app import Settings
from kikubari.cli.connection import connect
from kikubari.cli.output import as_json_option, show
from kikubari.cli.segments import read_json

_MODES = click.Choice(["allow", "flag", "block"])
_PII = click.Choice(["none", "quasi", "contact", "identifying"])
_SENSITIVITY = click.Choice(
    ["none", "health", "religion", "ethnicity", "politics", "sexuality", "union", "biometrics",
     "criminal", "minors"]
)  # fmt: skip
_PAGE = 500


@click.group()
def attributes() -> None:
    """What is known of people and events: how full, of what type, how personal."""


@attributes.command("list")
@click.option("--event", help="Properties of this event only.")
@click.option("--kind", type=click.Choice(["trait", "property"]), help="Traits, or properties.")
@click.option("--search", help="Part of a name or description.")
@click.option("--drifting", is_flag=True, help="Only attributes seen with more than one type.")
@click.option("--classed", is_flag=True, help="Only personal or sensitive attributes.")
@as_json_option
@click.pass_obj
def list_attributes(
    settings: Settings,
    event: str | None,
    kind: str | None,
    search: str | None,
    *,
    drifting: bool,
    classed: bool,
    as_json: bool,
) -> None:
    """List attributes with fill rate, types and classes."""
    chosen = {
        "event": event,
        "kind": kind,
        "search": search,
        "is_drifting": "true" if drifting else None,
        "is_classed": "true" if classed else None,
    }
    rows: list[dict[str, Any]] = []
    with connect(settings) as client:
        while True:
            page = client.get("/api/data/attributes", offset=len(rows), limit=_PAGE, **chosen)
            rows += page["attributes"]
            if len(rows) >= page["total"] or not page["attributes"]:
                break
    if as_json:
        show(rows, as_json=True)
        return
    show([_line(row) for row in rows], as_json=False)


@attributes.command("show")
@click.argument("name")
@click.option("--event", default="", help="The event whose property it is; without: a trait.")
@as_json_option
@click.pass_obj
def show_attribute(settings: Settings, name: str, event: str, *, as_json: bool) -> None:
    """Show one attribute: top values, types over time, sources, who decided what."""
    with connect(settings) as client:
        found = client.get("/api/data/attributes/one", name=name, event=event, kind=_kind(event))
    show(found, as_json=as_json)


@attributes.command("decide")
@click.argument("name")
@click.option("--event", default="", help="The event whose property it is; without: a trait.")
@click.option("--pii", type=_PII, help="How far it tells who somebody is.")
@click.option("--sensitivity", type=_SENSITIVITY, help="The special category it belongs to.")
@click.option("--proxy/--no-proxy", "is_proxy", default=None, help="Gives the category away.")
@click.option("--description", help="What it means.")
@click.option("--owner", help="Who answers for it.")
@as_json_option
@click.pass_obj
def decide(
    settings: Settings,
    *,
    name: str,
    event: str,
    pii: str | None,
    sensitivity: str | None,
    is_proxy: bool | None,
    description: str | None,
    owner: str | None,
    as_json: bool,
) -> None:
    """Decide an attribute's classes, description or owner."""
    body = {"kind": _kind(event), "event": event, "name": name}
    given = {
        "pii": pii,
        "sensitivity": sensitivity,
        "is_proxy": is_proxy,
        "description": description,
        "owner": owner,
    }
    with connect(settings) as client:
        decided = client.post(
            "/api/data/attributes/decide",
            body | {name: value for name, value in given.items() if value is not None},
        )
    show(decided, as_json=as_json)


@attributes.command("refresh")
@as_json_option
@click.pass_obj
def refresh(settings: Settings, *, as_json: bool) -> None:
    """Count anew, now."""
    with connect(settings) as client:
        show(client.post("/api/data/attributes/refresh"), as_json=as_json)


@click.group()
def plan() -> None:
    """The tracking plan: what is expected to come, and what becomes of the rest."""


@plan.command("show")
@click.option("--version", type=int, help="An earlier version.")
@as_json_option
@click.pass_obj
def show_plan(settings: Settings, version: int | None, *, as_json: bool) -> None:
    """Show the plan in force."""
    with connect(settings) as client:
        found = client.get("/api/plan", version=version)
    if as_json:
        show(found, as_json=True)
        return
    rules = found["plan"].get("events", {})
    show({name: found[name] for name in ("version", "at", "by", "note")}, as_json=False)
    show([{"event": name, **_rule_line(rule)} for name, rule in rules.items()], as_json=False)


@plan.command("apply")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--note", default="", help="Why, for the history.")
@click.option("--expected-version", type=int, help="Refuse if the plan is at another by now.")
@as_json_option
@click.pass_obj
def apply(
    settings: Settings, file: Path, note: str, expected_version: int | None, *, as_json: bool
) -> None:
    """Put the plan in FILE (JSON) in force; the same file again changes nothing."""
    body = {"plan": read_json(file), "note": note, "expected_version": expected_version}
    with connect(settings) as client:
        applied = client.post("/api/plan", body)
    show(_without_plan(applied), as_json=as_json)


@plan.command("try")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json_option
@click.pass_obj
def try_plan(settings: Settings, file: Path, *, as_json: bool) -> None:
    """Say what the plan in FILE would have made of the newest events."""
    with connect(settings) as client:
        trial = client.post("/api/plan/try", {"plan": read_json(file)})
    if as_json:
        show(trial, as_json=True)
        return
    show({name: trial[name] for name in ("n_events", "n_flagged", "n_blocked")}, as_json=False)
    show(trial["faults"], as_json=False)


@plan.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--version", type=int, help="An earlier version.")
@as_json_option
@click.pass_obj
def export(settings: Settings, file: Path | None, version: int | None, *, as_json: bool) -> None:
    """Write the plan in force as JSON to FILE, or print it."""
    del as_json  # a plan is JSON
    with connect(settings) as client:
        found = client.get("/api/plan", version=version)["plan"]
    _write(found, file)


@plan.command("infer")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--mode", type=_MODES, default="flag", show_default=True, help="Of every rule.")
@click.option(
    "--unknown",
    type=_MODES,
    default="flag",
    show_default=True,
    help="Of events and properties never seen.",
)
@as_json_option
@click.pass_obj
def infer(settings: Settings, file: Path | None, mode: str, unknown: str, *, as_json: bool) -> None:
    """Make a plan from what was seen, and write it to FILE, or print it."""
    del as_json  # a plan is JSON
    with connect(settings) as client:
        found = client.get("/api/plan/inferred", mode=mode, unknown=unknown)
    _write(found, file)


@plan.command("history")
@as_json_option
@click.pass_obj
def history(settings: Settings, *, as_json: bool) -> None:
    """List versions of the plan, newest first."""
    with connect(settings) as client:
        show(client.get("/api/plan/versions"), as_json=as_json)


@plan.command("violations")
@click.option("--days", type=int, default=30, show_default=True, help="How far back.")
@click.option("--event", "subject", help="Of this event only; '' for traits.")
@click.option("--samples", is_flag=True, help="List single messages instead of counts.")
@as_json_option
@click.pass_obj
def violations(
    settings: Settings, days: int, subject: str | None, *, samples: bool, as_json: bool
) -> None:
    """List how the plan was broken."""
    with connect(settings) as client:
        if samples:
            rows = client.get("/api/plan/violations/samples", subject=subject)
        else:
            rows = client.get("/api/plan/violations", days=days, subject=subject)
    columns = (
        ("at", "subject", "path", "code", "expected", "found", "mode")
        if samples
        else ("subject", "path", "code", "mode", "n", "first_on", "last_at")
    )
    show(rows, as_json=as_json, columns=columns)


def _kind(event: str) -> str:
    return "property" if event else "trait"


def _line(row: dict[str, Any]) -> dict[str, Any]:
    classes = row["classification"]
    sensitivity = classes["sensitivity"]
    return {
        "event": row["event"],
        "name": row["name"],
        "filled": f"{row['fill_rate']:.1%}",
        "±": f"{row['error']:.1%}" if row["error"] else "",
        "distinct": f"{'≥ ' if row['is_sampled'] else ''}{row['n_distinct']:,}",
        "types": ", ".join(row["types"]),
        "pii": classes["pii"].replace("none", ""),
        "sensitive": sensitivity.replace("none", "") + (" (proxy)" * classes["is_proxy"]),
        "top": ", ".join(one["value"] for one in row["values"])[:40],
    }


def _rule_line(rule: dict[str, Any]) -> dict[str, Any]:
    schema = rule.get("schema", {})
    return {
        "mode": rule.get("mode", "flag"),
        "unknown properties": rule.get("unknown_properties", "allow"),
        "properties": len(schema.get("properties", {})),
        "required": ", ".join(schema.get("required", [])),
    }


def _without_plan(version: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in version.items() if name != "plan"}


def _write(value: Any, file: Path | None) -> None:
    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    if file is None:
        click.echo(text)
    else:
        file.write_text(text + "\n", encoding="utf-8")
