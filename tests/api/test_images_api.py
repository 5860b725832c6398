"""The library of images: taken in, listed, served to anybody, kept while something shows them."""

import httpx
import pytest
from journey_examples import DEFINITION

from drawn_images import draw, draw_frames, opened, upload
from installation import Installation
from postgres_server import own_database


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def shop(request, tmp_path_factory):
    """An installation on each store."""
    if request.param == "sqlite":
        yield request.getfixturevalue("api")
        return
    with own_database(request.getfixturevalue("postgres_url")) as address:
        home = tmp_path_factory.mktemp("images") / "home"
        with Installation(home, MAIL_DOMAIN="shop.example", DATABASE_URL=address).served() as one:
            yield one


def see(shop, image):
    """Open an image as a mail program does: without a key, with whatever cookies it has."""
    with shop.stranger(cookie="kikubari_session=x") as reader:
        return reader.get(httpx.URL(image["url"]).path)


def test_a_photo_is_served_smaller_and_without_a_key(shop):
    kept = shop.post("/api/images", upload(draw(3000, 1500, kind="JPEG"), "The harbour", alt="Sea"))
    assert (kept["name"], kept["alt"], kept["added_by"]) == ("The harbour", "Sea", "tests")
    assert (kept["width"], kept["height"]) == (1200, 600)
    assert kept["url"].endswith(f"/images/{kept['id']}.jpg")
    answer = see(shop, kept)
    assert answer.status_code == 200
    assert len(answer.content) == kept["n_bytes"]
    assert opened(answer.content).size == (1200, 600)
    assert answer.headers["content-type"] == kept["media_type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (draw(kind="PNG", mode="RGBA"), "image/png"),
        (draw(kind="GIF"), "image/png"),
        (draw(kind="WEBP"), "image/jpeg"),
        (draw(kind="WEBP", mode="RGBA"), "image/png"),
        (draw(kind="JPEG"), "image/jpeg"),
        (draw_frames(), "image/gif"),
    ],
    ids=["png", "gif", "webp", "webp that lets through", "jpeg", "gif that moves"],
)
def test_each_kind_becomes_one_that_mail_programs_show(shop, content, media_type):
    kept = shop.post("/api/images", upload(content))
    assert kept["media_type"] == media_type
    assert (kept["width"], kept["height"]) == (40, 30)
    before, after = opened(content), opened(see(shop, kept).content)
    assert after.convert("RGBA").getpixel((39, 0))[3] == before.convert("RGBA").getpixel((39, 0))[3]


def test_an_animation_goes_on_moving(shop):
    kept = shop.post("/api/images", upload(draw_frames(4, width=1600)))
    assert kept["is_animated"]
    image = opened(see(shop, kept).content)
    assert (image.n_frames, image.size) == (4, (1200, 22))
    assert image.info["duration"] == 120
    assert image.info["loop"] == 0


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_what_moves_in_few_mail_programs_is_refused(shop, kind):
    answer = shop.client.post("/api/images", json=upload(draw_frames(kind=kind)))
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "image_kind_refused"
    assert "GIF" in answer.json()["error"]["hint"]


def test_the_same_image_is_kept_once(shop):
    content = draw(52, 31)
    first = shop.post("/api/images", upload(content, "First"))
    n_entries = len(entries(shop, first["id"]))
    assert shop.post("/api/images", upload(content, "Second")) == first
    assert len(entries(shop, first["id"])) == n_entries == 1


def entries(shop, target):
    found = shop.get("/api/audit-log", limit=200)["entries"]
    return [(one["action"], one["actor"]) for one in found if one["target"] == target]


def test_images_are_found_called_otherwise_and_gone_through(shop):
    made = [
        shop.post("/api/images", upload(draw(60 + n, 30), f"Lighthouse {n}"))["id"]
        for n in range(3)
    ]
    page = shop.get("/api/images", search="LIGHTHOUSE", limit=2)
    assert page["total"] == 3
    assert [one["id"] for one in page["images"]] == made[:0:-1]
    rest = shop.get("/api/images", search="lighthouse", limit=2, after=made[1])
    assert [one["id"] for one in rest["images"]] == made[:1]
    changed = shop.put(f"/api/images/{made[0]}", {"name": "Tower", "alt": "灯台と海"})
    assert (changed["name"], changed["alt"]) == ("Tower", "灯台と海")
    assert shop.get(f"/api/images/{made[0]}") == changed
    assert [one["id"] for one in shop.get("/api/images", search="灯台")["images"]] == made[:1]
    assert shop.get("/api/images", search="%")["total"] == 0
    assert [one[0] for one in entries(shop, made[0])] == ["describe_image", "add_image"]
    refused = shop.client.put(f"/api/images/{made[0]}", json={"name": " "})
    assert refused.json()["error"]["code"] == "invalid_input"


def letter(image, **block):
    """A template that shows an image."""
    picture = {"kind": "image", "id": "pic", "src": image["url"], "alt": "A picture", **block}
    foot = {"kind": "footer", "id": "foot", "lines": ["The shop"]}
    variant = {"subject": "News", "blocks": {"blocks": [picture, foot]}}
    return {"default_language": "en", "variants": {"en": variant}}


def broadcast(image, **block):
    return {
        "name": "Harbour news",
        "segment": "builtin:everyone",
        "purpose": "transactional",
        "sender": {"from_address": "shop@shop.example"},
        "template": letter(image, **block),
    }


def refusal_to_remove(shop, image, **query):
    answer = shop.client.delete(f"/api/images/{image['id']}", params=query)
    assert answer.status_code == 409, answer.text
    error = answer.json()["error"]
    assert error["code"] == "image_in_use"
    return error["detail"]


def test_what_a_draft_shows_is_not_removed(shop):
    image = shop.post("/api/images", upload(draw(71, 31)))
    draft = shop.post("/api/broadcasts", broadcast(image))["id"]
    use = {"used_in": "broadcast", "id": draft, "name": "Harbour news", "is_sent": False}
    assert shop.get(f"/api/images/{image['id']}/uses") == [use]
    assert refusal_to_remove(shop, image) == [use]
    other = shop.post("/api/images", upload(draw(72, 31)))
    shop.put(f"/api/broadcasts/{draft}", broadcast(other))
    shop.client.delete(f"/api/images/{image['id']}").raise_for_status()
    assert entries(shop, image["id"])[0] == ("remove_image", "tests")
    assert see(shop, image).status_code == 404
    assert shop.client.get(f"/api/images/{image['id']}").status_code == 404


def test_saved_blocks_markup_and_journeys_count_too(shop):
    image = shop.post("/api/images", upload(draw(73, 31)))
    blocks = letter(image)["variants"]["en"]["blocks"]["blocks"][:1]
    saved = shop.post("/api/saved-blocks", {"name": "Head", "blocks": blocks})["id"]
    markup = f'<p>Hi</p><img src="{image["url"]}" alt=""><a href="{{{{ unsubscribe_url }}}}">no</a>'
    template = {"default_language": "en", "variants": {"en": {"subject": "S", "html": markup}}}
    draft = shop.post("/api/broadcasts", broadcast(image) | {"template": template})["id"]
    step = {"type": "message", "id": "note", "template": letter(image)}
    step |= {"sender": {"from_address": "shop@shop.example"}, "purpose": "transactional"}
    definition = DEFINITION | {"start": "note", "steps": [step]}
    journey = shop.post("/api/journeys", {"definition": definition})["journey_id"]
    found = {(one["used_in"], one["id"]) for one in shop.get(f"/api/images/{image['id']}/uses")}
    assert found == {("saved_blocks", saved), ("broadcast", draft), ("journey", journey)}
    assert len(refusal_to_remove(shop, image, although_sent="true")) == 3


def test_what_was_sent_goes_only_when_that_is_meant(shop):
    image = shop.post("/api/images", upload(draw(74, 31)))
    sent = shop.post("/api/broadcasts", broadcast(image))["id"]
    shop.post(f"/api/broadcasts/{sent}/send")
    shop.wait(lambda: shop.get(f"/api/broadcasts/{sent}/progress")["state"] == "done")
    (use,) = refusal_to_remove(shop, image)
    assert use["is_sent"]
    answer = shop.client.delete(f"/api/images/{image['id']}", params={"although_sent": "true"})
    answer.raise_for_status()
    assert see(shop, image).status_code == 404


def test_a_message_keeps_room_for_its_image(api):
    image = api.post("/api/images", upload(draw(800, 400)))
    key = api.post("/api/sources", {"name": "pictures"})["write_key"]
    with api.stranger() as till:
        person = {"userId": "seer", "traits": {"email": "seer@example.jp"}}
        till.post("/v1/identify", json=person, auth=(key, "")).raise_for_status()
    api.settle()
    draft = broadcast(image, width=400, height=200)
    blocks = draft["template"]["variants"]["en"]["blocks"]["blocks"]
    columns = [{"id": "left", "blocks": [blocks[0] | {"id": "small"}]}, {"id": "right"}]
    blocks.insert(1, {"kind": "columns", "id": "row", "columns": columns})
    html = api.client.post("/api/drafts/preview", json=draft, params={"profile_id": "seer"}).json()[
        "html"
    ]
    tag, small = [one for one in html.split("<") if one.startswith("img") and image["url"] in one]
    assert 'width="400"' in tag
    assert 'height="200"' in tag
    assert ".k-sized img" in html
    # Half of 600 px, less what stands free beside it.
    assert 'width="236"' in small
    assert 'height="118"' in small


def test_a_back_up_brings_images_back(tmp_path):
    content = draw(90, 45)
    first = Installation(tmp_path / "home")
    with first.served():
        kept = first.post("/api/images", upload(content, "Kept"))
        served = see(first, kept).content
        first.run("backup", str(tmp_path / "copy"))
    second = Installation(tmp_path / "second")
    second.home.mkdir()
    (first.home / "keys").rename(second.home / "keys")
    second.run("restore", str(tmp_path / "copy"))
    with second.served():
        assert second.get(f"/api/images/{kept['id']}")["name"] == "Kept"
        assert see(second, kept).content == served
