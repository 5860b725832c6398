"""What the demo shop's customers do: it leads to their orders, and to somebody for every recipe."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta

from demo_shop import LONDON, NEWEST_ON


def test_events_refer_to_what_exists(orders, products, customers, events):
    order_ids = {None} | {row["order_id"] for row in orders}
    for event in events:
        properties = event.get("properties", {})
        assert event.get("userId") is None or event["userId"] in customers
        assert "userId" in event or "anonymousId" in event
        assert properties.get("order_id") in order_ids
        listed = [properties, *properties.get("products", [])]
        assert {item["product_id"] for item in listed if "product_id" in item} <= products.keys()


def test_nothing_happens_after_the_newest_day_nor_before_the_sign_up(customers, consents, events):
    end = datetime.combine(NEWEST_ON + timedelta(days=1), datetime.min.time(), LONDON)
    created = {key: datetime.fromisoformat(row["created_at"]) for key, row in customers.items()}
    for row in consents:
        assert created[row["customer_id"]] < datetime.fromisoformat(row["at"]) < end
    for event in events:
        at = datetime.fromisoformat(event["timestamp"])
        assert at < end
        if event["type"] == "track" and "userId" in event:
            assert at >= created[event["userId"]], event


def test_events_lead_to_the_orders(orders, events):
    assert 120_000 <= len(events) <= 180_000
    ordered_at = {row["order_id"]: row["ordered_at"] for row in orders}
    lines = {(row["order_id"], row["product_id"]) for row in orders}
    added: dict[str, list[tuple[str, str]]] = defaultdict(list)
    viewed = set()
    check_outs = 0
    for event in events:
        properties = event.get("properties", {})
        name = event.get("event")
        if name == "Product Viewed":
            viewed.add((event["anonymousId"], properties["product_id"]))
        if name == "Product Added":
            assert (event["anonymousId"], properties["product_id"]) in viewed
            added[properties["cart_id"]].append((properties["product_id"], event["timestamp"]))
        if name == "Checkout Started" and "order_id" in properties:
            check_outs += 1
            order_id = properties["order_id"]
            assert datetime.fromisoformat(event["timestamp"]) < datetime.fromisoformat(
                ordered_at[order_id]
            )
            assert added[properties["cart_id"]]
            assert all((order_id, product) in lines for product, _ in added[properties["cart_id"]])
    assert check_outs > 5_000


def test_there_is_somebody_for_every_recipe(events, customers):
    names = Counter(event.get("event", event["type"]) for event in events)
    for name in (
        "Products Searched", "Product List Viewed", "Cart Viewed", "Product Removed",
        "Product Added to Wishlist", "Product Added to Compare List", "Coupon Applied",
        "Store Visited", "identify", "page",
    ):  # fmt: skip
        assert names[name] >= 50, name
    recent = (NEWEST_ON - timedelta(days=6)).isoformat()
    checked_out, carts = set(), set()
    for event in events:
        if event["timestamp"] >= recent and "userId" in event:
            if event.get("event") == "Cart Viewed":
                carts.add((event["userId"], event["properties"]["cart_id"]))
            if event.get("event") == "Checkout Started" and "order_id" in event["properties"]:
                checked_out.add((event["userId"], event["properties"]["cart_id"]))
    assert len(carts - checked_out) > 100
    users_of_tablets = defaultdict(set)
    for event in events:
        if event.get("anonymousId", "").startswith("tablet-") and "userId" in event:
            users_of_tablets[event["anonymousId"]].add(event["userId"])
    assert sum(len(users) > 1 for users in users_of_tablets.values()) >= 3
    disputed = [event for event in events if "birthday" in event.get("traits", {})]
    assert len(disputed) >= 6
    for event in disputed:
        assert event["traits"]["birthday"] != customers[event["userId"]]["birthday"]


def test_last_store_and_staff_are_those_of_the_last_visit(customers, events):
    last = {
        event["userId"]: event["properties"]
        for event in events
        if event.get("event") == "Store Visited"
    }
    assert len(last) > 300
    for key, row in customers.items():
        visit = last.get(key, {"store": "", "staff": ""})
        assert (row["last_store"], row["last_staff"]) == (visit["store"], visit["staff"])


def test_people_tell_what_recipes_begin_with(events, customers):
    said = defaultdict(list)
    for event in events:
        said[event.get("event", event["type"])].append(event)
    recent = (NEWEST_ON - timedelta(days=90)).isoformat()
    for name, least in (
        ("Signed Up", 30), ("Support Ticket Opened", 60), ("Support Ticket Closed", 60),
        ("Feedback Given", 100), ("Guide Requested", 60), ("Stage Chosen", 40),
        ("Preorder Opened", 60),
    ):  # fmt: skip
        lately = [event for event in said[name] if event["timestamp"] >= recent]
        assert len(lately) >= least, name
        assert all(event["context"]["kikubari"]["simulated"] for event in lately)
        assert all(event["userId"] in customers for event in lately)
    assert sum(event["properties"]["newsletter"] for event in said["Signed Up"]) >= 20
    assert sum(event["properties"]["score"] >= 9 for event in said["Feedback Given"]) >= 80
    stated = [event["traits"] for event in said["identify"]]
    assert {one["stage"] for one in stated if "stage" in one} == {"puppy", "adult", "senior"}
    days = [one["reminder_on"] for one in stated if "reminder_on" in one]
    assert min(days) < NEWEST_ON.isoformat() < max(days)
    assert all(
        event["properties"]["closes_on"] > event["timestamp"][:10]
        for event in said["Preorder Opened"]
    )


def test_nearly_every_case_is_closed(events):
    opened, closed = {}, {}
    for event in events:
        if event.get("event") == "Support Ticket Opened":
            opened[event["properties"]["ticket_id"]] = event["timestamp"]
        if event.get("event") == "Support Ticket Closed":
            closed[event["properties"]["ticket_id"]] = event["timestamp"]
    assert len(opened.keys() - closed.keys()) == 5
    assert all(opened[ticket] <= at for ticket, at in closed.items())
