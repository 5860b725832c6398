"""`kikubari topics`."""

import click

from kikubari.app import Settings
from kikubari.cli.connection import connect, in_path
from kikubari.cli.output import as_json_option, show

_COLUMNS = ("id", "name_en", "name_ja", "is_retired")


@click.group()
def topics() -> None:
    """What the shop writes about, for customers to choose from."""


@topics.command("list")
@as_json_option
@click.pass_obj
def list_topics(settings: Settings, *, as_json: bool) -> None:
    """List topics."""
    with connect(settings) as client:
        found = client.get("/api/topics")
    lines = [{**one["definition"], "is_retired": one["is_retired"]} for one in found]
    show(lines, as_json=as_json, columns=_COLUMNS)


@topics.command("create")
@click.argument("topic_id")
@click.option("--ja", "name_ja", required=True, help="Its name in Japanese.")
@click.option("--en", "name_en", required=True, help="Its name in English.")
@as_json_option
@click.pass_obj
def create(settings: Settings, topic_id: str, *, name_ja: str, name_en: str, as_json: bool) -> None:
    """Add a topic; customers can choose it from now on."""
    body = {"id": topic_id, "name_ja": name_ja, "name_en": name_en}
    with connect(settings) as client:
        show(client.post("/api/topics", body), as_json=as_json)


@topics.command("retire")
@click.argument("topic_id")
@as_json_option
@click.pass_obj
def retire(settings: Settings, topic_id: str, *, as_json: bool) -> None:
    """Offer a topic no more; what customers said of it is kept."""
    with connect(settings) as client:
        known = {one["definition"]["id"]: one["definition"] for one in client.get("/api/topics")}
        worded = known.get(topic_id, {"id": topic_id, "name_ja": topic_id, "name_en": topic_id})
        change = {name: text for name, text in worded.items() if name != "id"}
        answer = client.put(in_path("/api/topics", topic_id), {**change, "is_retired": True})
    show(answer, as_json=as_json)
