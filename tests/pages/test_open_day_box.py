"""The way out that stands under a mail leads to a box, whatever the shop keeps of opens."""

from litestar.testing import TestClient
from page_world import PageWorld

from kikubari.deliver import TrackingPolicy

BOX = 'id="open-day"'
TICKED = 'name="open_day" value="yes" checked'


def test_who_agreed_finds_it_where_no_more_than_the_day_is_kept(
    browser: TestClient, world: PageWorld
) -> None:
    policies, clock = world.services.tracking_policies, world.services.clock
    policies.set(TrackingPolicy(tracking="last_open_day"), at=clock.now(), by="tests")
    try:
        world.add_person("6060", "en", ("O", "Day"), agrees=True)
        world.settle()
        world.broadcast("The last day alone", is_sent=True)
        assert "#open-day" in world.mail_to("6060").html
        path = world.link("6060", "/p/").split("#")[0]
        shown = browser.get(path).text
        assert BOX in shown
        assert TICKED in shown
        form = {"marketing": "yes", "tracking": "yes", "told.open_day": "yes"}
        saved = browser.post(path, data=form).text
        assert BOX in saved
        assert TICKED not in saved
        world.broadcast("Not even that", is_sent=True)
        assert "#open-day" not in world.mail_to("6060").html
    finally:
        policies.set(TrackingPolicy(), at=clock.now(), by="tests")
    assert BOX not in browser.get(path).text
    # Others look for counted links in the last mail that somebody got.
    world.broadcast("As before", is_sent=True)
