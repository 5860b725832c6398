"""Home, catalogue, broadcasts and inbox in a browser."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def sent(shop):
    """The broadcast that was sent."""
    return next(one for one in shop.get("/api/broadcasts") if one["started_at"])["id"]


@pytest.fixture
def draft(shop, sent):
    """A draft like it."""
    definition = shop.get(f"/api/broadcasts/{sent}")["definition"]
    return shop.post("/api/broadcasts", definition | {"name": "To be sent"})["id"]


@pytest.fixture(scope="module")
def mail(shop):
    """The message to Grace."""
    return next(one for one in shop.get("/api/inbox") if "grace@example.com" in one["rcpt_to"])


@pytest.mark.parametrize(
    "path",
    ["/", "/catalogue", "/catalogue/P1", "/broadcasts", "/broadcasts/new", "/inbox"],
)
def test_screens_keep_to_the_rules(console, path) -> None:
    console.open(path)
    console.check()


def test_a_broadcast_keeps_to_the_rules_sent_and_as_a_draft(console, sent, draft) -> None:
    for path in (f"/broadcasts/{sent}", f"/broadcasts/{draft}", f"/broadcasts/{draft}/edit"):
        console.open(path)
        console.check()


def test_a_message_keeps_to_the_rules(console, mail) -> None:
    page = console.open(f"/inbox/{mail['id']}")
    console.check()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Hello Grace")).to_be_visible()


def test_home_says_that_all_is_well_and_what_became_of_the_last_broadcast(wide) -> None:
    page = wide.open("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Everything is running")
    expect(page.get_by_role("link", name="Autumn news")).to_be_visible()


def test_home_leads_to_the_people_behind_a_number(wide) -> None:
    page = wide.open("/")
    page.get_by_role("link", name="Customers: who they are", exact=True).click()
    page.wait_for_url("**/segments/builtin%3Aeveryone")
    wide.settle()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Everyone")


def test_home_says_first_what_has_stopped(console) -> None:
    """A server of which a part has stopped answers 503, and says which."""
    page = console.page

    def stop(route) -> None:
        health = route.fetch().json()
        health |= {"is_ready": False}
        health["consumers"][0] |= {"is_alive": False, "last_error": "no room on the disk"}
        route.fulfill(status=503, json=health)

    page.route("**/healthz", stop)
    console.open("/")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        re.compile("One part has stopped|1か所が止まっています")
    )
    stopped = page.get_by_role("table").first
    expect(stopped).to_contain_text(re.compile("into the log|ログに収める"))
    expect(stopped.get_by_role("row")).to_have_count(2)
    console.check()
    page.unroute("**/healthz")
    # The browser itself complains of the status.
    console.complaints[:] = [one for one in console.complaints if "503" not in one]


def test_products_are_found_as_their_names_are_typed(wide) -> None:
    page = wide.open("/catalogue")
    page.get_by_role("searchbox").fill("tea")
    expect(page.get_by_role("heading", level=1)).to_have_text("One product matches")
    page.get_by_role("link", name="Teapot").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Teapot")
    expect(page.get_by_text("¥1,200").first).to_be_visible()


def test_a_broadcast_says_why_some_did_not_get_it(wide, sent) -> None:
    page = wide.open(f"/broadcasts/{sent}")
    expect(page.get_by_role("heading", level=1)).to_have_text("3 people were written to")
    expect(page.get_by_role("table", name="Each recipient")).to_contain_text("Ada Lovelace")
    expect(page.get_by_text("suppression list").first).to_be_visible()


def test_a_letter_is_written_previewed_and_sent_by_keyboard_alone(wide, shop) -> None:
    page = wide.open("/broadcasts/new")
    page.get_by_label("Name", exact=True).fill("By keyboard")
    page.get_by_label("For whom").select_option("builtin:everyone")
    page.get_by_role("button", name="Begin writing").press("Enter")
    page.wait_for_url("**/broadcasts/brd_*/edit")
    wide.settle()
    page.get_by_label("Subject").fill("A word, {{ customer.first_name | default: 'friend' }}")
    page.get_by_label("Words of the text").focus()
    page.keyboard.type("Tea is ready.")
    page.get_by_role("button", name="Look it over and send").press("Enter")
    page.wait_for_url("**/broadcasts/brd_*")
    wide.settle()
    expect(page.frame_locator("iframe").get_by_text("Tea is ready.")).to_be_visible()
    page.get_by_role("button", name="Send …").press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("cannot be taken back")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()  # the safe way out
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_contain_text("written to")
    which = page.url.rpartition("/")[2]
    assert shop.get(f"/api/broadcasts/{which}")["started_at"]


def test_nothing_is_begun_without_knowing_for_whom(wide) -> None:
    page = wide.open("/broadcasts/new")
    page.get_by_role("button", name="Begin writing").click()
    expect(page.get_by_role("alert")).to_contain_text("are needed")


def test_a_message_runs_nothing_and_is_found_by_its_recipient(wide, mail) -> None:
    page = wide.open("/inbox")
    page.get_by_role("searchbox").fill("grace")
    rows = page.get_by_role("row").filter(has=page.get_by_role("link"))
    expect(rows.filter(has_not_text="grace")).to_have_count(0)
    page.get_by_role("link", name=mail["subject"]).first.click()
    wide.settle()
    frame = page.locator("iframe")
    assert "allow-scripts" not in (frame.get_attribute("sandbox") or "")
    answer = page.request.get(frame.get_attribute("src") or "")
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].startswith("sandbox allow-popups")
    page.get_by_role("tab", name="Source").click()
    expect(page.get_by_role("region", name="Source")).to_contain_text("DKIM-Signature")


@pytest.mark.parametrize(
    "path",
    [
        "/broadcasts/brd_none",
        "/inbox/999999",
        "/catalogue/none",
        "/journeys/jny_none",
        "/journeys/jny_none/trial",
    ],
)
def test_what_is_not_there_is_said_with_what_to_do(wide, path) -> None:
    page = wide.open(path)
    expect(page.get_by_role("alert")).to_contain_text("This does not exist")
    expect(page).to_have_title("This does not exist · Kikubari")
    wide.complaints.clear()  # the browser names every 404 by itself
