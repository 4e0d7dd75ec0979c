from __future__ import annotations

import io
import resource
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps
from PIL.PngImagePlugin import PngInfo

from media.errors import PhotoProblem, PhotoRefused
from media.photo import MAX_FILE_BYTES, MAX_SIDE, normalise
from tests.media.photographs import encoded, photograph, png_that_claims

COFFEE = encoded(photograph())


def decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=("JPEG",))
    image.load()
    return image


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two pictures of one size, in levels of 255."""
    return float(np.abs(np.asarray(one, np.int16) - np.asarray(other, np.int16)).mean())


def refusal(data: bytes) -> PhotoProblem:
    with pytest.raises(PhotoRefused) as caught:
        normalise(data)
    return caught.value.reason


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_it_accepts_the_formats_people_send(file_format: str) -> None:
    photo = normalise(encoded(photograph(), file_format))

    assert (photo.width, photo.height, photo.shape) == (600, 400, "16:9")
    assert difference(decoded(photo.data), photograph()) < 4


@pytest.mark.parametrize(
    ("size", "shape"),
    [((1600, 900), "16:9"), ((800, 600), "16:9"), ((600, 800), "9:16"), ((500, 500), "1:1"), ((500, 400), "1:1")],
)
def test_it_names_the_nearest_shape(size: tuple[int, int], shape: str) -> None:
    assert normalise(encoded(photograph().resize(size))).shape == shape


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_turns_a_photo_upright_by_its_exif(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    sent = encoded(photograph(), exif=exif)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(sent)))

    photo = normalise(sent)

    assert (photo.width, photo.height) == upright.size
    assert photo.shape == ("9:16" if orientation >= 5 else "16:9")
    assert difference(decoded(photo.data), upright) < 4


def test_it_strips_gps_comments_profiles_and_every_other_metadata() -> None:
    exif = Image.Exif()
    exif[0x010E] = "CANARY description"
    exif.get_ifd(0x8825)[29] = "CANARY gps"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    sent = encoded(photograph(), exif=exif, comment=b"CANARY comment", xmp=b"CANARY xmp", icc_profile=profile)
    assert sent.count(b"CANARY") == 4

    kept = normalise(sent).data

    assert b"CANARY" not in kept
    assert set(decoded(kept).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}


def test_it_strips_the_text_chunks_of_a_png() -> None:
    notes = PngInfo()
    notes.add_text("Author", "CANARY")

    assert b"CANARY" not in normalise(encoded(photograph(), "PNG", pnginfo=notes)).data


def test_it_converts_an_embedded_profile_to_srgb() -> None:
    """The picture is written for a display whose red and blue are swapped: without its profile it would be blue."""
    red, green, blue = photograph().split()
    sent = encoded(Image.merge("RGB", (blue, green, red)), icc_profile=profile_with_red_and_blue_swapped())

    assert difference(decoded(normalise(sent).data), photograph()) < 6


def profile_with_red_and_blue_swapped() -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"?XYZ", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"?XYZ", b"bXYZ", 1)
    return swapped.replace("sRGB".encode("utf-16-be"), "Swap".encode("utf-16-be"))


def test_it_ignores_a_profile_that_is_none() -> None:
    sent = encoded(photograph(), icc_profile=b"no profile at all" * 20)

    assert difference(decoded(normalise(sent).data), photograph()) < 4


def test_it_bounds_the_longer_side_and_keeps_the_ratio() -> None:
    photo = normalise(encoded(photograph().resize((4000, 3000))))

    assert (photo.width, photo.height) == (MAX_SIDE, 1920)


def test_it_lays_transparency_over_white() -> None:
    image = photograph().convert("RGBA")
    image.putalpha(0)

    assert np.asarray(decoded(normalise(encoded(image, "PNG")).data)).min() > 250


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_it_reads_every_kind_of_pixel(mode: str) -> None:
    grey = photograph().convert("L")
    deep = Image.fromarray(np.asarray(grey, np.uint16) * 257)
    image = deep if mode == "I;16" else photograph().convert(mode)
    sent = encoded(image, "JPEG" if mode == "CMYK" else "PNG")

    mean = float(np.asarray(decoded(normalise(sent).data).convert("L")).mean())

    assert abs(mean - np.asarray(grey).mean()) < 8


def test_it_keeps_a_phone_picture_with_a_second_image_inside() -> None:
    sent = encoded(photograph(), "MPO", save_all=True, append_images=[photograph("rocket.jpg")])

    assert normalise(sent).width == 600


def test_it_keeps_no_archive_or_page_glued_to_the_picture() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("payload.txt", "CANARY")
    sent = COFFEE + b"<html><script>CANARY</script></html>" + archive.getvalue()
    assert zipfile.is_zipfile(io.BytesIO(sent))

    kept = normalise(sent).data

    assert b"CANARY" not in kept
    assert b"<script" not in kept
    assert not zipfile.is_zipfile(io.BytesIO(kept))


def test_it_refuses_an_empty_file() -> None:
    assert refusal(b"") is PhotoProblem.EMPTY


def test_it_refuses_a_file_larger_than_telegram_hands_out() -> None:
    assert refusal(COFFEE + bytes(MAX_FILE_BYTES)) is PhotoProblem.TOO_LARGE_FILE


@pytest.mark.parametrize("data", [b"hello", b"<!doctype html><p>404</p>", b"PK\x03\x04" + bytes(100), bytes(500)])
def test_it_refuses_what_is_no_image(data: bytes) -> None:
    assert refusal(data) is PhotoProblem.NOT_AN_IMAGE


@pytest.mark.parametrize(
    "data",
    [
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 500 500\n(/etc/passwd) run showpage\n",
        b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF",
        b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        b'<?xml version="1.0"?><!DOCTYPE svg><svg width="9" height="9"></svg>',
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200),
        b"\0\0\0\x20ftypisom" + bytes(200),
    ],
    ids=["eps", "pdf", "svg", "xml svg", "heic", "mp4"],
)
def test_it_refuses_other_formats_whatever_their_name(data: bytes) -> None:
    assert refusal(data) is PhotoProblem.UNSUPPORTED_FORMAT


@pytest.mark.parametrize("file_format", ["BMP", "TIFF", "GIF", "EPS"])
def test_it_refuses_a_whole_picture_in_another_format(file_format: str) -> None:
    assert refusal(encoded(photograph(), file_format)) is PhotoProblem.UNSUPPORTED_FORMAT


@pytest.mark.parametrize("file_format", ["GIF", "PNG", "WEBP"])
def test_it_refuses_many_frames(file_format: str) -> None:
    frames = [photograph().resize((300, 240)).rotate(angle) for angle in range(0, 200, 20)]
    sent = encoded(frames[0], file_format, save_all=True, append_images=frames[1:])

    assert refusal(sent) is PhotoProblem.ANIMATED


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.95])
def test_it_refuses_a_truncated_file(file_format: str, part: float) -> None:
    whole = encoded(photograph(), file_format)

    assert refusal(whole[: int(len(whole) * part)]) is PhotoProblem.DAMAGED


def test_it_refuses_a_jpeg_of_thousands_of_scans() -> None:
    jpeg = small("JPEG")
    scan = jpeg[jpeg.index(b"\xff\xda") : -2]

    assert refusal(jpeg[:-2] + scan * 300 + b"\xff\xd9") is PhotoProblem.DAMAGED


@pytest.mark.parametrize(("width", "height"), [(200, 801), (5000, 1), (1, 5000), (65500, 300)], ids=str)
def test_it_refuses_absurd_ratios(width: int, height: int) -> None:
    assert refusal(png_that_claims(width, height)) is PhotoProblem.TOO_NARROW


def test_it_refuses_a_photo_too_small_to_enlarge() -> None:
    assert refusal(encoded(photograph().resize((199, 250)))) is PhotoProblem.TOO_SMALL


@pytest.mark.parametrize(
    ("width", "height", "bit_depth", "colour_type"),
    [(30_000, 30_000, 1, 0), (10_000, 9_000, 8, 2), (8_000, 7_000, 1, 0)],
)
def test_it_refuses_too_many_pixels_without_decoding_them(
    width: int, height: int, bit_depth: int, colour_type: int
) -> None:
    bomb = png_that_claims(width, height, bit_depth=bit_depth, colour_type=colour_type)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    assert refusal(bomb) is PhotoProblem.TOO_MANY_PIXELS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # kB


def test_it_refuses_a_size_that_only_stands_in_the_header() -> None:
    """Claims 65,500 × 65,500 in the header of a 20 kB JPEG."""
    frame = COFFEE.index(b"\xff\xc0")
    claimed = COFFEE[: frame + 5] + (65_500).to_bytes(2, "big") * 2 + COFFEE[frame + 9 :]

    assert refusal(claimed) is PhotoProblem.TOO_MANY_PIXELS


def test_a_50_megapixel_jpeg_takes_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    photograph().resize((8160, 6120)).save(path, quality=60)
    script = (
        "import re, sys; from pathlib import Path; from media.photo import normalise;"
        "normalise(Path(sys.argv[1]).read_bytes());"
        "print(re.search(r'VmHWM:\\s*(\\d+)', Path('/proc/self/status').read_text())[1])"
    )
    shown = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)

    assert int(shown.stdout) < 150_000  # kB, Python and Pillow included


ROTATED = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"


@cache
def small(file_format: str) -> bytes:
    return encoded(photograph().resize((240, 210)), file_format, exif=ROTATED)


# Pillow only warns of metadata that it cannot make sense of, and goes on.
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    file_format=st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]),
    edits=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=8)), max_size=6),
    kept=st.floats(0.02, 1),
)
def test_any_damaged_bytes_give_a_photo_or_a_reason(
    file_format: str, edits: list[tuple[float, bytes]], kept: float
) -> None:
    data = bytearray(small(file_format))
    for where, replacement in edits:
        at = int(where * where * len(data))  # more often near the start, where the headers are
        data[at : at + len(replacement)] = replacement
    try:
        photo = normalise(bytes(data[: int(len(data) * kept)]))
    except PhotoRefused:
        return
    assert decoded(photo.data).size == (photo.width, photo.height)
