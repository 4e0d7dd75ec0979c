from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from media.verify import verify_clip
from providers.base import SHAPES
from providers.local.moves import MOVES
from providers.local.prompt import OVERLAYS, Plan, plan
from providers.local.render import FRAME_RATE, SIZES, Frames, Stopped, render
from tests.media.photographs import encoded, photograph

SIZE = (320, 180)
PHOTO = encoded(photograph())
STILL = Plan((), frozenset(), 1.0, 1)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("render") / "clip.mp4"
    render(PHOTO, plan("zoom in", 1), path, size=SIZE, seconds=1)
    return path


def frames_of(prompt: str, *, seed: int = 1, seconds: float = 2) -> NDArray[np.int16]:
    """First, middle and last frame as drawn."""
    frames = Frames(PHOTO, plan(prompt, seed), size=SIZE, seconds=seconds)
    return np.array([frames.draw(number).copy() for number in (0, frames.count // 2, frames.count - 1)], np.int16)


async def test_it_makes_the_clip_that_was_ordered(clip: Path) -> None:
    facts = await verify_clip(clip, expected_seconds=1, expected_width=320, expected_height=180)

    assert facts.frames == 24
    assert facts.seconds == pytest.approx(1)


def test_the_clip_is_one_every_player_plays(clip: Path) -> None:
    data = clip.read_bytes()
    with av.open(clip) as container:
        stream = container.streams.video[0]
        assert [one.type for one in container.streams] == ["video"]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert stream.average_rate == FRAME_RATE
        assert stream.sample_aspect_ratio in {None, 0, 1}
    assert data.index(b"moov") < data.index(b"mdat")


def test_players_are_told_which_colours_these_are(clip: Path) -> None:
    with av.open(clip) as container:
        frame = next(container.decode(video=0))
    assert (int(frame.colorspace), int(frame.color_range), int(frame.color_primaries), int(frame.color_trc)) == (
        1,
        1,
        1,
        1,
    )


@pytest.mark.parametrize("name", ["coffee.png", "chelsea.png", "rocket.jpg"])
def test_the_first_frame_has_the_colours_of_the_photo(tmp_path: Path, name: str) -> None:
    """Decoded and converted as a player does, against the same part of the photo."""
    render(encoded(photograph(name)), STILL, tmp_path / "still.mp4", size=(640, 360), seconds=0.2)
    with av.open(tmp_path / "still.mp4") as container:
        shown = next(container.decode(video=0)).to_ndarray(format="rgb24").mean(axis=(0, 1))
    image = photograph(name)
    seen = round(image.width * 9 / 16)
    top = round((image.height - seen) * 0.18)

    expected = np.asarray(image.crop((0, top, image.width, top + seen))).mean(axis=(0, 1))

    assert shown == pytest.approx(expected, abs=2.0)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_720p(shape: str) -> None:
    width, height = next(size for name, size in SIZES.items() if name == shape)
    asked = [int(part) for part in shape.split(":")]

    assert min(width, height) == 720
    assert width * asked[1] == height * asked[0]


@pytest.mark.parametrize("photo_size", [(300, 900), (900, 300), (500, 500)])
@pytest.mark.parametrize("size", [(320, 180), (180, 320), (180, 180)])
def test_a_photo_of_any_shape_leaves_no_black_border(photo_size: tuple[int, int], size: tuple[int, int]) -> None:
    white = encoded(Image.new("RGB", photo_size, "white"))
    for move in MOVES:
        frames = Frames(white, Plan((move,), frozenset(), 1.5, 3), size=size, seconds=1)
        for number in (0, frames.count // 2, frames.count - 1):
            assert frames.draw(number)[: size[1]].min() > 225


@pytest.mark.parametrize("prompt", ["orbit", "snow, film grain, handheld"])
def test_the_same_prompt_and_seed_give_the_same_file(tmp_path: Path, prompt: str) -> None:
    """At a width that is no multiple of 32, as 720 is none: there the encoder needs telling."""
    made = set()
    for _ in range(5):
        render(PHOTO, plan(prompt, 3), tmp_path / "clip.mp4", size=(144, 256), seconds=1)
        made.add((tmp_path / "clip.mp4").read_bytes())

    assert len(made) == 1


def test_two_different_prompts_give_visibly_different_clips() -> None:
    """Also where both ask for the same move, and where neither names anything."""
    prompts = ["zoom in", "zoom in on the cup", "snow", "snow falls", "a cup", "a cup of coffee", "zoom out", "orbit"]
    clips = [frames_of(prompt) for prompt in prompts]

    for index, one in enumerate(clips):
        for other in clips[:index]:
            assert np.abs(one - other).max(axis=0).mean() > 1.5  # levels, in the frame's average place


@pytest.mark.parametrize("wish", [*MOVES, *OVERLAYS])
def test_every_wish_can_be_seen_moving_at_every_size(wish: str) -> None:
    wanted = Plan((wish,), frozenset(), 1.0, 1) if wish in MOVES else Plan((), frozenset({wish}), 1.0, 1)
    for size in ((320, 180), (180, 320), (100, 60)):
        frames = Frames(PHOTO, wanted, size=size, seconds=2)
        first, middle = frames.draw(0).astype(int), frames.draw(25).astype(int)
        if wish != "vignette":
            assert np.abs(first - middle).max() > 8


def test_progress_only_grows_and_ends_at_one(tmp_path: Path) -> None:
    seen: list[float] = []
    render(PHOTO, STILL, tmp_path / "clip.mp4", size=SIZE, seconds=0.5, on_progress=seen.append)

    assert seen == sorted(seen)
    assert len(seen) == 12
    assert seen[-1] == 1.0


def test_it_stops_between_two_frames_when_asked(tmp_path: Path) -> None:
    seen: list[float] = []
    with pytest.raises(Stopped):
        render(
            PHOTO,
            STILL,
            tmp_path / "clip.mp4",
            size=SIZE,
            seconds=10,
            on_progress=seen.append,
            wants_stop=lambda: len(seen) == 3,
        )

    assert len(seen) == 3


def test_a_photo_that_cannot_be_decoded_is_the_photos_fault(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="decoded"):
        render(b"\xff\xd8 nothing", STILL, tmp_path / "clip.mp4", size=SIZE, seconds=1)
