"""Uploads that want to be more than an image, or larger than they look."""

import struct
import subprocess
import sys
import zlib
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from drawn_images import (
    draw,
    draw_frames,
    opened,
    photo_with_a_place,
    png_of,
    upload,
    with_text,
)
from kikubari.decide.images import (
    ImageKindRefusedError,
    ImageTooLargeError,
    ImageUnreadableError,
    reading,
)

PEAK = """
import re, sys
from kikubari.decide.images.reading import read_image
def peak():
    with open("/proc/self/status") as status:
        return re.search(r"VmHWM:\\s+(\\d+) kB", status.read())[1]
with open(sys.argv[1], "rb") as file:
    content = file.read()
before = peak()
read_image(content)
print(before, peak())
"""
PAGE = b"<html><script>alert(document.domain)</script><?php system('id') ?></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
# Of each kind one, small, to be damaged.
SEEDS = [draw(9, 7), draw(9, 7, kind="JPEG"), draw(9, 7, kind="WEBP"), draw_frames(2, width=9)]


def send(target, content, name="A picture"):
    return target.client.post("/api/images", json=upload(content, name))


def code_of(answer):
    assert answer.is_client_error, answer.text
    error = answer.json()["error"]
    assert error["hint"]
    return error["code"]


def served(target, answer):
    """Return the answer that a stranger gets at an image's address."""
    assert answer.status_code == 201, answer.text
    with target.stranger() as reader:
        return reader.get(urlsplit(answer.json()["url"]).path)


@pytest.mark.parametrize(
    "content",
    [
        PAGE,
        b"\xef\xbb\xbf  " + PAGE,
        b"GIF8" + PAGE,
        b"MZ\x90\0" + bytes(64),
        b"%PDF-1.7\n" + PAGE,
        b"\0\0\0\x20ftypheic" + bytes(64),
        b"BM" + bytes(64),
        b"",
    ],
)
def test_what_is_no_image_is_refused_whatever_it_is_called(target, content):
    assert code_of(send(target, content, "photo.png")) == "image_kind_refused"


@pytest.mark.parametrize(
    "content",
    [SVG, b'<?xml version="1.0"?>\n<!DOCTYPE svg>' + SVG, b"\xef\xbb\xbf\n<!-- x -->" + SVG],
)
def test_svg_is_refused_and_it_is_said_why(target, content):
    answer = send(target, content, "logo.png")
    assert code_of(answer) == "image_kind_refused"
    assert "SVG" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + PAGE,
        b"GIF89a" + PAGE,
        b"\xff\xd8\xff\xe0" + PAGE,
        b"RIFF\x10\0\0\0WEBPVP8 " + PAGE,
        draw(kind="JPEG")[:-200],
        png_of(20, 20, rows=b"not packed"),
        png_of(20, 20, rows=zlib.compress(b"\0")),
    ],
)
def test_what_only_begins_like_an_image_is_refused(target, content):
    assert code_of(send(target, content)) == "image_unreadable"


@pytest.mark.parametrize(
    "content",
    [
        draw(41, 23) + PAGE,
        with_text(draw(41, 24), PAGE),
        draw(41, 25, kind="JPEG", comment=PAGE),
        draw(41, 26, kind="GIF") + PAGE,
        draw_frames(2) + PAGE,
        draw(41, 27, kind="JPEG", exif=b"Exif\0\0" + PAGE),
    ],
    ids=["behind a png", "in a png's words", "jpeg's comment", "gif", "animation", "exif"],
)
def test_a_page_within_an_image_is_gone_and_would_not_run(target, content):
    assert PAGE in content
    answer = served(target, send(target, content))
    assert b"<script" not in answer.content
    assert b"<?php" not in answer.content
    assert answer.headers["content-type"] in {"image/png", "image/jpeg", "image/gif"}
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"


def test_where_a_photo_was_taken_is_gone_and_it_stands_upright(target):
    photo = photo_with_a_place()
    assert opened(photo).getexif().get_ifd(0x8825)
    answer = served(target, send(target, photo, "IMG_0001.JPG"))
    image = opened(answer.content)
    assert image.size == (40, 60)
    assert not image.getexif()
    assert not {"exif", "comment", "xmp", "icc_profile", "photoshop"} & image.info.keys()
    for secret in (b"SECRET", b"Exif", b"GPS"):
        assert secret not in answer.content


@pytest.mark.parametrize(
    "content",
    [
        png_of(40_000, 10),
        png_of(16_000, 16_000),
        png_of(2**31 - 1, 2**31 - 1, rows=b""),
        b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + draw(kind="GIF")[10:],
    ],
    ids=["wide", "a quarter of a gigapixel in 30 kB", "largest there is", "gif"],
)
def test_a_bomb_is_refused_before_it_is_unpacked(target, content):
    assert len(content) < 100_000
    assert code_of(send(target, content)) == "image_too_large"


@pytest.mark.parametrize("mode", ["I;16", "RGBA", "RGB"])
def test_the_largest_that_are_taken_fit_into_memory(tmp_path, mode):
    """Twelve bytes a pixel, and what the process takes by itself."""
    file = tmp_path / "large.png"
    Image.new(mode, (6_300, 6_300)).save(file)
    done = subprocess.run(
        [sys.executable, "-c", PEAK, file], capture_output=True, text=True, check=True
    )
    before, peak = map(int, done.stdout.split())
    assert (peak - before) * 1024 < 12 * 6_300**2


def test_an_animation_that_never_ends_is_refused(target):
    frames = draw_frames(2, width=8)
    # The second frame, a thousand times.
    at = frames.index(b"!\xf9", frames.index(b"!\xf9") + 1)
    endless = frames[:at] + frames[at:-1] * 1_000 + frames[-1:]
    assert code_of(send(target, endless)) == "image_too_large"


def test_too_many_bytes_are_refused(target):
    over = send(target, draw() + bytes(reading.MAX_UPLOAD_BYTES))
    assert (over.status_code, code_of(over)) == (413, "image_too_large")
    far_over = send(target, bytes(3 * reading.MAX_UPLOAD_BYTES))
    assert (far_over.status_code, far_over.json()["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize("name", ["../../../etc/passwd", "..\\..\\kikubari.py", "/root/.ssh/id"])
def test_a_name_is_a_word_and_leads_nowhere(target, name):
    before = {path for path in target.home.rglob("*") if path.is_file()}
    content = draw(50, 20 + len(name))
    answer = send(target, content, name)
    assert answer.json()["name"] == name
    assert ".." not in urlsplit(answer.json()["url"]).path
    assert served(target, answer).status_code == 200
    new = {path for path in target.home.rglob("*") if path.is_file()} - before
    assert not [path for path in new if "passwd" in path.name or path.suffix in {".py", ".png"}]


@pytest.mark.parametrize("name", ["a\0b", "a\nb", "\x1b[31m", "", "   ", "x" * 201])
def test_a_name_is_one_line_that_people_can_read(target, name):
    assert send(target, draw(), name).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/images/../api/keys",
        "/images/..%2f..%2fstate.db",
        "/images/%2e%2e/%2e%2e/etc/passwd",
        "/images/img_%00.png",
        "/images/' OR 1=1 --.png",
        "/images/img_" + "0" * 32 + ".png",
        "/images/.png",
        "/images/",
    ],
)
def test_only_addresses_of_images_lead_to_one(target, path):
    with target.stranger() as anybody:
        answer = anybody.get(path)
    assert answer.status_code in {400, 401, 404}, answer.text
    assert not answer.headers["content-type"].startswith("image/")


def test_an_image_is_not_served_as_another_kind(target):
    path = urlsplit(send(target, draw(44, 33)).json()["url"]).path
    with target.stranger() as anybody:
        assert anybody.get(path).status_code == 200
        for ending in ("html", "svg", "gif", "png.html", "PNG"):
            assert anybody.get(path.removesuffix("png") + ending).status_code == 404


@given(st.sampled_from(SEEDS), st.data())
def test_damaged_images_are_written_anew_or_refused(seed, data):
    """Whatever becomes of some bytes: an image without surprises, or a refusal with a reason."""
    damaged = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del damaged[data.draw(st.integers(1, len(damaged))) :]
    with suppress(ImageKindRefusedError, ImageTooLargeError, ImageUnreadableError):
        read = reading.read_image(bytes(damaged))
        image = opened(read.content)
        assert image.size == (read.width, read.height)
        assert image.get_format_mimetype() == read.media_type
