"""What the embedded renderer makes: a real clip, of the right shape, the same for the same plan, in true colours."""

from __future__ import annotations

import threading
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from media.verify import verify_clip
from providers.local.prompt import MOVES, OVERLAYS, plan
from providers.local.render import Stopped, render
from tests.support.photographs import jpeg

SMALL = (320, 180)


def frames(clip: Path) -> list[NDArray[np.uint8]]:
    with av.open(str(clip), "r") as container:
        return [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in container.decode(video=0)]


def rendered(folder: Path, prompt: str, *, seed: int = 1, seconds: float = 1.0, size: tuple[int, int] = SMALL) -> Path:
    clip = folder / f"{abs(hash((prompt, seed, size)))}.mp4"
    render(jpeg(), plan(prompt, seed), clip, size=size, seconds=seconds)
    return clip


def difference(one: list[NDArray[np.uint8]], other: list[NDArray[np.uint8]]) -> float:
    return float(np.mean([np.mean(np.abs(a.astype(int) - b.astype(int))) for a, b in zip(one, other, strict=True)]))


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (720, 720)])
async def test_it_passes_the_check_that_every_vendors_clip_must_pass(tmp_path: Path, size: tuple[int, int]) -> None:
    clip = rendered(tmp_path, "zoom in, snow", size=size)
    facts = await verify_clip(clip, expected_seconds=1.0, expected_width=size[0], expected_height=size[1])
    assert facts.frames == 24


def test_its_index_stands_in_front_so_that_it_plays_while_it_loads(tmp_path: Path) -> None:
    data = rendered(tmp_path, "zoom in").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_it_is_silent_and_says_which_colours_it_has(tmp_path: Path) -> None:
    with av.open(str(rendered(tmp_path, "zoom in")), "r") as container:
        assert not container.streams.audio
        frame = next(container.decode(video=0))
        assert (int(frame.colorspace), int(frame.color_range)) == (1, 1)  # BT.709, limited range


@pytest.mark.parametrize("move", MOVES)
def test_every_move_moves(tmp_path: Path, move: str) -> None:
    clip = tmp_path / "clip.mp4"
    planned = plan("zoom in", 3)
    render(jpeg(), type(planned)((move,), frozenset(), 1.0, 3), clip, size=SMALL, seconds=1.5)
    seen = frames(clip)
    middle = len(seen) // 2
    assert max(difference([seen[0]], [seen[middle]]), difference([seen[0]], [seen[-1]])) > 1.0


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_overlay_shows(tmp_path: Path, overlay: str) -> None:
    planned = plan("zoom in", 3)
    clips: list[list[NDArray[np.uint8]]] = []
    for overlays in (frozenset[str](), frozenset({overlay})):
        clip = tmp_path / f"{len(clips)}.mp4"
        render(jpeg(), type(planned)(("zoom_in",), overlays, 1.0, 3), clip, size=SMALL, seconds=1.5)
        clips.append(frames(clip))
    assert difference(*clips) > 0.2


@pytest.mark.parametrize("size", [SMALL, (720, 720)])
def test_the_same_prompt_and_seed_give_the_same_bytes(tmp_path: Path, size: tuple[int, int]) -> None:
    clips = []
    for number in range(3):
        clips.append(tmp_path / f"{number}.mp4")
        render(jpeg(), plan("orbit with sparkles", 9), clips[-1], size=size, seconds=1.0)
    assert len({clip.read_bytes() for clip in clips}) == 1


def test_different_prompts_and_seeds_give_visibly_different_clips(tmp_path: Path) -> None:
    seen = [frames(rendered(tmp_path, prompt)) for prompt in ("pan left", "zoom in, rain", "a quiet day", "a loud day")]
    for number, one in enumerate(seen):
        for other in seen[number + 1 :]:
            assert difference(one, other) > 2.0


def test_no_edge_of_the_photo_is_ever_seen(tmp_path: Path) -> None:
    import cv2

    white = cv2.imencode(".jpg", np.full((600, 900, 3), 255, np.uint8))[1].tobytes()
    for move in MOVES:
        clip = tmp_path / f"{move}.mp4"
        planned = plan("zoom in", 3)
        render(white, type(planned)((move,), frozenset(), 1.5, 3), clip, size=SMALL, seconds=1.0)
        assert min(int(frame.min()) for frame in frames(clip)) > 240, move


def test_the_colours_are_those_of_the_photo(tmp_path: Path) -> None:
    import cv2

    colour = (40, 90, 200)  # blue, green, red
    photo = cv2.imencode(".png", np.full((720, 1280, 3), colour, np.uint8))[1].tobytes()
    planned = plan("zoom in", 3)
    clip = tmp_path / "clip.mp4"
    render(photo, type(planned)(("breathing",), frozenset(), 1.0, 3), clip, size=SMALL, seconds=0.5)
    with av.open(str(clip), "r") as container:
        frame = next(container.decode(video=0))
        seen = frame.to_ndarray(format="bgr24", src_colorspace="itu709").reshape(-1, 3).mean(axis=0)
    assert np.abs(seen - np.array(colour)).max() < 8


def test_it_stops_when_asked_and_tells_how_far_it_is(tmp_path: Path) -> None:
    stop, told = threading.Event(), []

    def on_progress(done: float) -> None:
        told.append(done)
        if done >= 0.5:
            stop.set()

    with pytest.raises(Stopped):
        render(
            jpeg(),
            plan("zoom", 1),
            tmp_path / "clip.mp4",
            size=SMALL,
            seconds=1.0,
            on_progress=on_progress,
            wants_stop=stop.is_set,
        )
    assert told == sorted(told)
    assert 0.5 <= told[-1] < 0.6


def test_a_photo_that_cannot_be_decoded_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="decoded"):
        render(b"no photo", plan("zoom", 1), tmp_path / "clip.mp4", size=SMALL, seconds=1.0)
