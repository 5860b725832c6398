"""Bytes that somebody says are an image: looked at, decoded within bounds, and written anew.

What is served was written here, pixel by pixel: nothing of an upload but its pixels comes through,
neither where a photo was taken nor a page or a program that hides in the file.
"""

import threading
from io import BytesIO

import msgspec
import numpy as np
from PIL import Image, ImageCms, ImageOps, ImageSequence

from kikubari.decide.images.contracts import (
    ImageKindRefusedError,
    ImageTooLargeError,
    ImageUnreadableError,
)
from kikubari.spec.errors import KikubariError

MAX_UPLOAD_BYTES = 5 * 1024 * 1024
# Of all frames together: what one upload may take of memory is up to twelve bytes for each.
MAX_PIXELS = 40_000_000
MAX_EDGE = 16_384
MAX_FRAMES = 500
# Messages are 600 px wide; screens of phones have two to three pixels in each.
MAX_WIDTH = 1_200
_SMALLER = "Make it smaller first."
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
)
_MEDIA_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif"}
# Large images are decoded one after the other, whoever sends them.
_turn = threading.Lock()


class ReadImage(msgspec.Struct, frozen=True, kw_only=True):
    """An image written anew: width and height in pixels."""

    content: bytes
    media_type: str
    width: int
    height: int
    is_animated: bool = False


def read_image(content: bytes) -> ReadImage:
    """Return an image as it will be served, at most 1,200 px wide.

    PNG and JPEG stay what they are, a GIF that moves stays one, and what stands still in a GIF or
    WebP file becomes PNG or JPEG, which every mail program shows.

    Raises:
        ImageKindRefusedError: no PNG, JPEG, GIF or WebP, or one of these that moves and is no GIF.
        ImageTooLargeError: over a bound in bytes, pixels or frames.
        ImageUnreadableError: damaged.
    """
    if len(content) > MAX_UPLOAD_BYTES:
        raise ImageTooLargeError(
            f"the image has {len(content):,} bytes, and {MAX_UPLOAD_BYTES:,} is the most",
            hint=_SMALLER,
        )
    kind = _recognise(content)
    with _turn:
        try:
            return _write_anew(content, kind)
        except KikubariError:
            raise
        except Image.DecompressionBombError as error:  # the library's own bound, before ours
            raise ImageTooLargeError("the image has far too many pixels", hint=_SMALLER) from error
        except Exception as error:  # made-up bytes fail a decoder in many ways
            raise ImageUnreadableError(
                f"the file begins like {kind} and cannot be read: it is damaged, or something else",
                hint="Open it in a picture editor and save it again.",
            ) from error


def _recognise(content: bytes) -> str:
    """Return what a file is by how it begins; what it is called says nothing."""
    for beginning, kind in _BEGINNINGS:
        if content.startswith(beginning):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"<") and b"<svg" in content[:65_536].lower():
        raise ImageKindRefusedError(
            "SVG is not taken: it can carry programs, and mail programs do not show it",
            hint="Save it as PNG.",
        )
    raise ImageKindRefusedError(
        "the file is no PNG, JPEG, GIF or WebP, whatever it is called",
        hint="If it is a picture, save it as one of these.",
    )


def _write_anew(content: bytes, kind: str) -> ReadImage:
    with Image.open(BytesIO(content), formats=(kind,)) as image:
        _check_size(image.size)
        if kind != "JPEG" and getattr(image, "is_animated", False):
            if kind != "GIF":
                raise ImageKindRefusedError(
                    f"an animated {kind} moves in few mail programs", hint="Save it as GIF."
                )
            return _write_animation(image)
        if kind == "JPEG":
            # The decoder halves large photos by itself, as long as enough is left.
            image.draft("RGB", (2 * MAX_WIDTH, 2 * MAX_WIDTH))
        image.load()
        return _write_still(_fit(_plain(image)), is_photo=kind in {"JPEG", "WEBP"})


def _check_size(size: tuple[int, int], n_frames: int = 1) -> None:
    width, height = size
    if max(size) > MAX_EDGE or width * height * n_frames > MAX_PIXELS:
        raise ImageTooLargeError(
            f"the image has {width:,} by {height:,} pixels"
            + (f" in {n_frames:,} frames" if n_frames > 1 else "")
            + f"; {MAX_PIXELS:,} in all and {MAX_EDGE:,} along an edge are the most",
            hint=_SMALLER,
        )


def _plain(image: Image.Image) -> Image.Image:
    """Return an image upright, in the colours of the web, as RGB or RGBA."""
    # In place, and converted only if need be: a copy of a large image is 160 MB.
    ImageOps.exif_transpose(image, in_place=True)
    if image.mode.startswith("I"):  # 16 bits of grey
        grey = np.clip(np.asarray(image), 0, 0xFFFF) >> 8
        image = Image.fromarray(grey.astype(np.uint8))
    if image.mode in {"RGB", "CMYK"}:
        image = _in_web_colours(image)
    if not image.has_transparency_data:
        return image if image.mode == "RGB" else image.convert("RGB")
    if image.mode != "RGBA":
        image = image.convert("RGBA")
    is_opaque = image.getchannel("A").getextrema() == (255, 255)
    return image.convert("RGB") if is_opaque else image


def _in_web_colours(image: Image.Image) -> Image.Image:
    """Return an image without the profile it came with: phones write colours in a wider space."""
    profile = image.info.get("icc_profile")
    if not profile:
        return image
    try:
        web = ImageCms.createProfile("sRGB")
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(image, own, web, outputMode="RGB") or image
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # a profile that does not fit


def _fit(image: Image.Image) -> Image.Image:
    """Return an image as wide as messages can show."""
    if image.width <= MAX_WIDTH:
        return image
    height = max(1, round(image.height * MAX_WIDTH / image.width))
    return image.resize((MAX_WIDTH, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _write_still(image: Image.Image, *, is_photo: bool) -> ReadImage:
    clean, written = _without_notes(image), BytesIO()
    kind = "JPEG" if is_photo and image.mode == "RGB" else "PNG"
    if kind == "JPEG":
        clean.save(written, kind, quality=85, optimize=True, progressive=True)
    else:
        clean.save(written, kind, optimize=True)
    return _describe(written, kind, image.size)


def _write_animation(image: Image.Image) -> ReadImage:
    """Write each frame of a GIF anew, as large and as long as it was."""
    frames: list[Image.Image] = []
    durations: list[int] = []
    loop = image.info.get("loop")
    for n_frames, frame in enumerate(ImageSequence.Iterator(image), start=1):
        if n_frames > MAX_FRAMES:
            raise ImageTooLargeError(
                f"the animation has more than {MAX_FRAMES} frames", hint="Make it shorter first."
            )
        _check_size(frame.size, n_frames)
        durations.append(int(frame.info.get("duration", 100)))
        frames.append(_without_notes(_fit(frame.convert("RGBA"))))
    written = BytesIO()
    # `disposal` 2: each frame begins anew, so that what was transparent stays so.
    extras = {} if loop is None else {"loop": loop}
    frames[0].save(
        written, "GIF", save_all=True, append_images=frames[1:], duration=durations, disposal=2,
        optimize=True, **extras,
    )  # fmt: skip
    return _describe(written, "GIF", frames[0].size, is_animated=True)


def _without_notes(image: Image.Image) -> Image.Image:
    """Return the pixels alone: encoders write some of what stands beside them."""
    clean = image.copy()
    clean.info = {}
    return clean


def _describe(
    written: BytesIO, kind: str, size: tuple[int, int], *, is_animated: bool = False
) -> ReadImage:
    content = written.getvalue()
    if len(content) > MAX_UPLOAD_BYTES:
        raise ImageTooLargeError(
            f"the image would have {len(content):,} bytes in messages", hint=_SMALLER
        )
    return ReadImage(
        content=content,
        media_type=_MEDIA_TYPES[kind],
        width=size[0],
        height=size[1],
        is_animated=is_animated,
    )
