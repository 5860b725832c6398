"""Loads the demo shop by the very commands a user has, and says what to try next."""

import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import click
import httpx
import msgspec
from rich.progress import BarColumn, Progress, TextColumn

from kikubari.app import ServerAddress, Settings
from kikubari.cli.broadcasts import wait_until_sent
from kikubari.cli.connection import AdminClient, in_path
from kikubari.cli.operating import run_server
from kikubari.cli.output import console
from kikubari.demo import VISITORS, write_demo_shop
from kikubari.spec.errors import UnavailableError

DEMO_EMAIL = "demo@example.com"
DEMO_PASSWORD = "quiet-amber-kettle"  # noqa: S105 - of a demo on a loopback address, printed on start
_WEBSITE = "Demo shop website"
_SHOP_SERVER = "Demo shop server"
_STEPS = (
    "files",
    "imports",
    "sources",
    "member",
    "topics",
    "offers",
    "life_stages",
    "segments",
    "broadcast",
    "journeys",
    "visitors",
    "recommendations",
    "predictions",
)
# Running from the start: what the website sends, and the calendar, lets people in.
_RECIPES = (
    "welcome",
    "cart-abandonment",
    "order-confirmation",
    "first-purchase-thanks",
    "birthday",
    "weekly-discovery",
    "replenishment",
    "win-back",
)
# The recipe that brings codes of the demo's offer.
_WITH_OFFER = "birthday"
_LISTING = "files.json"
_NEW_GARDENERS = "New gardeners / 庭づくり1年目"
_TOPIC = ("news", "--ja", "お店からのお知らせ", "--en", "News from the shop")


@click.command()
@click.pass_obj
def demo(settings: Settings) -> None:
    """Run the product with the demo shop, loading it the first time."""
    run_server(settings, DemoLoader(settings).run)


class DemoState(msgspec.Struct):
    """How far the demo is loaded, kept so that an interrupted start goes on where it stopped."""

    newest_on: date
    done: list[str] = []
    broadcast_id: str = ""
    journeys: dict[str, str] = {}


class DemoLoader:
    """Brings the demo shop into a running server, once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.folder / "demo"
        self._note = self._folder / "state.json"
        self._state = self._read_state()

    def run(self, address: ServerAddress) -> None:
        """Do what is not done yet, then say where everything is."""
        for step in _STEPS:
            if step not in self._state.done:
                getattr(self, f"_load_{step}")(AdminClient(address))
                self._state.done.append(step)
                self._save()
        self._greet(AdminClient(address))

    def _load_files(self, _: AdminClient) -> None:
        console.print("Preparing the demo shop (UCI Online Retail, CC BY 4.0) …")
        shop = write_demo_shop(self._folder, newest_on=self._state.newest_on)
        listing = [(file.kind, file.path.name, file.rows) for file in shop.files]
        (self._folder / _LISTING).write_bytes(msgspec.json.encode(listing))

    def _load_imports(self, client: AdminClient) -> None:
        listing = msgspec.json.decode(self._made(client, _LISTING).read_bytes())
        for kind, name, _ in listing:
            self._command("import", kind, str(self._made(client, name)), "--quiet")
        self._wait_until_known(client)

    def _made(self, client: AdminClient, name: str) -> Path:
        """Return a file of the shop; made again where an older version wrote none, or it is gone.

        The same day gives the same files, so those that were imported stay true.
        """
        path = self._folder / name
        if not path.exists():
            self._load_files(client)
        return path

    def _wait_until_known(self, client: AdminClient) -> None:
        """Wait until everybody's profile, and the copy that segments read, are up to date."""
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TextColumn("{task.completed:,.0f} events"),
            console=console,
        ) as bar:
            task = bar.add_task("Understanding each customer", total=None)
            while True:
                health = httpx.get(f"{client.url}/healthz", trust_env=False).json()
                lag = sum(consumer["lag"] or 0 for consumer in health["consumers"])
                position = health["log_position"]
                bar.update(task, completed=position - lag, total=position or None)
                if position and not lag:
                    return
                time.sleep(0.3)

    def _load_sources(self, client: AdminClient) -> None:
        # A start that was cut short may have made it and not noted that.
        if all(one["name"] != _WEBSITE for one in client.get("/api/sources")):
            client.post("/api/sources", {"name": _WEBSITE, "kind": "browser"})

    def _load_member(self, client: AdminClient) -> None:
        if all(one["email"] != DEMO_EMAIL for one in client.get("/api/members")):
            body = {"email": DEMO_EMAIL, "password": DEMO_PASSWORD, "role": "admin"}
            client.post("/api/members", body)

    def _load_topics(self, client: AdminClient) -> None:
        if not client.get("/api/topics"):
            self._command("topics", "create", *_TOPIC, "--json")

    def _load_offers(self, client: AdminClient) -> None:
        if not client.get("/api/offers"):
            self._command("offers", "create", self._file("offer.json"), "--json")

    def _load_life_stages(self, _: AdminClient) -> None:
        self._command("life-stages", "apply", self._file("life_stages.json"), "--json")

    def _load_segments(self, client: AdminClient) -> None:
        """Store a segment of people in a life stage."""
        if all(one["name_en"] != _NEW_GARDENERS for one in client.get("/api/segments")):
            gardeners = self._file("new_gardeners.json")
            self._command("segments", "create", _NEW_GARDENERS, gardeners, "--json")

    def _load_broadcast(self, client: AdminClient) -> None:
        console.print("Sending the first broadcast into the sandbox inbox …")
        if not self._state.broadcast_id:
            created = self._command("broadcasts", "create", self._file("broadcast.json"), "--json")
            self._state.broadcast_id = msgspec.json.decode(created)["id"]
            self._save()
        if client.get(f"/api/broadcasts/{self._state.broadcast_id}")["state"] == "draft":
            self._command("broadcasts", "send", self._state.broadcast_id, "--json")
        wait_until_sent(client, self._state.broadcast_id)
        self._wait_until_known(client)

    def _load_journeys(self, client: AdminClient) -> None:
        console.print("Starting journeys from recipes …")
        (offer, *_) = client.get("/api/offers")
        names = {one["id"]: one["name"] for one in client.get("/api/recipes")}
        for recipe in _RECIPES:
            if recipe not in self._state.journeys:
                gift = ("--offer", offer["id"]) if recipe == _WITH_OFFER else ()
                name = ("--name", "{en} / {ja}".format(**names[recipe]))
                made = self._command("recipe", "install", recipe, *name, *gift, "--json")
                self._state.journeys[recipe] = msgspec.json.decode(made)["journey_id"]
                self._save()
            journey = in_path("/api/journeys", self._state.journeys[recipe])
            if client.get(journey)["state"] == "draft":
                client.post(f"{journey}/publish", {})

    def _load_visitors(self, client: AdminClient) -> None:
        """Send what a few customers do now, as the shop's own server would; journeys begin."""
        key = self._open_till(client)
        lines = self._made(client, VISITORS).read_bytes().splitlines()
        batch = {"batch": [msgspec.json.decode(line) for line in lines]}
        sent = httpx.post(f"{client.url}/v1/batch", json=batch, auth=(key, ""), trust_env=False)
        if not sent.is_success:
            raise UnavailableError(f"the shop's visitors were not taken in: {sent.text}")

    def _open_till(self, client: AdminClient) -> str:
        """Return a write key of the shop's own server: a new one if an earlier start made one.

        The same source, so that messages that came before count once.
        """
        for one in client.get("/api/sources"):
            if one["name"] == _SHOP_SERVER:  # a server's key is shown once
                renewed = client.post(f"/api/sources/{one['id']}/rotate", {"overlap_hours": 0})
                return str(renewed["write_key"])
        made = client.post("/api/sources", {"name": _SHOP_SERVER, "kind": "server"})
        return str(made["write_key"])

    def _load_recommendations(self, client: AdminClient) -> None:
        """Have lists learned at once, behind the server, rather than when it has settled."""
        client.post("/api/recommendations/models", {})

    def _load_predictions(self, client: AdminClient) -> None:
        """Have forecasts learned likewise: what runs low, who may leave, when they come."""
        client.post("/api/predictions/models", {})

    def _file(self, name: str) -> str:
        """Put a file of the shop's own beside the others, as a user would have it; return where."""
        path = self._folder / name
        path.write_bytes(files("kikubari.demo").joinpath(name).read_bytes())
        return str(path)

    def _command(self, *arguments: str) -> bytes:
        """Run a kikubari command as a user would; its progress is shown, its JSON returned."""
        is_json = "--json" in arguments
        done = subprocess.run(  # noqa: S603 - our own command with our own arguments
            [sys.executable, "-m", "kikubari", *arguments],
            check=False,
            stdout=subprocess.PIPE if is_json else None,
        )
        if done.returncode:
            raise UnavailableError(
                f"the demo shop is not loaded: kikubari {' '.join(arguments)} failed",
                hint="Its message stands above. The same command again goes on where it stopped.",
            )
        return done.stdout or b""

    def _greet(self, client: AdminClient) -> None:
        url = self._settings.public_url.rstrip("/") or client.url
        (write_key,) = (
            source["write_key"]
            for source in client.get("/api/sources")
            if source["name"] == _WEBSITE
        )
        lines = (
            "",
            f"  Console    [bold]{url}/[/bold]",
            f"  Log in     {DEMO_EMAIL}  /  {DEMO_PASSWORD}",
            f"  Write key  {write_key}  (any Segment SDK, host {client.url})",
            f"  {self._figures(client, url)}",
            f"  Journeys   {len(self._state.journeys)} running: {url}/app/journeys",
            "  Try next   kikubari inbox list · kikubari profiles search 山田",
            "             kikubari segments list --counts · Ctrl-C stops, data is kept",
        )
        console.print("\n".join(lines), soft_wrap=True)

    def _figures(self, client: AdminClient, url: str) -> str:
        report: dict[str, Any] = client.get(f"/api/broadcasts/{self._state.broadcast_id}/report")
        outcomes = report["outcomes"]
        skipped = sum(report["outbox"]["reasons"].values())
        return (
            f"Broadcast  {outcomes['sent']:,} sent, {skipped:,} held back for a stated reason: "
            f"{url}/app/broadcasts/{self._state.broadcast_id}"
        )

    def _read_state(self) -> DemoState:
        try:
            return msgspec.json.decode(self._note.read_bytes(), type=DemoState)
        except FileNotFoundError:
            return DemoState(newest_on=datetime.now(UTC).date() - timedelta(days=1))

    def _save(self) -> None:
        draft = Path(f"{self._note}.tmp")
        draft.write_bytes(msgspec.json.encode(self._state))
        draft.replace(self._note)
