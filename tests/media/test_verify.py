from __future__ import annotations

from pathlib import Path

import av
import pytest
from PIL import Image

from media.errors import ClipProblem, ClipRefused, FfmpegTimeout
from media.ffmpeg import Limits
from media.verify import verify_clip
from tests.media.clips import cut, make_clip, scratched
from tests.support.spoilt import spoilt


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", seconds=2)


async def refusal(
    path: Path, *, seconds: float = 2, width: int | None = None, height: int | None = None
) -> ClipProblem:
    with pytest.raises(ClipRefused) as caught:
        await verify_clip(path, expected_seconds=seconds, expected_width=width, expected_height=height)
    return caught.value.reason


async def test_it_tells_the_facts_of_a_good_clip(clip: Path) -> None:
    facts = await verify_clip(clip, expected_seconds=2, expected_width=320, expected_height=180)

    assert (facts.width, facts.height, facts.frames) == (320, 180, 48)
    assert facts.seconds == pytest.approx(2)
    assert facts.size_bytes == clip.stat().st_size


async def test_it_writes_the_still_in_passing(clip: Path, tmp_path: Path) -> None:
    still = tmp_path / "100%d still.jpg"
    await verify_clip(clip, expected_seconds=2, still=still)
    with Image.open(still, formats=("JPEG",)) as picture:
        assert picture.size == (320, 180)


async def test_it_measures_a_clip_in_fragments_whose_index_says_nothing(tmp_path: Path) -> None:
    whole = make_clip(tmp_path / "whole.mp4", seconds=2)
    path, options = tmp_path / "fragments.mp4", {"movflags": "frag_keyframe+empty_moov"}
    with av.open(whole) as source, av.open(path, "w", options=options) as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    facts = await verify_clip(path, expected_seconds=2)
    assert facts.seconds == pytest.approx(2)
    assert facts.frames == 48


async def test_it_refuses_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.mp4"
    path.touch()
    assert await refusal(path) is ClipProblem.EMPTY


@pytest.mark.parametrize(
    "data", [b"<!doctype html><p>502 Bad Gateway", b'{"error": "busy"}', b"#EXTM3U\n", b"\0", b"ffconcat version 1.0"]
)
async def test_it_refuses_an_error_page_or_playlist_in_place_of_a_video(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "page.mp4"
    path.write_bytes(data)
    assert await refusal(path) is ClipProblem.NOT_A_VIDEO


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9, 0.99])
@pytest.mark.parametrize("faststart", [True, False])
async def test_it_refuses_a_truncated_clip(tmp_path: Path, part: float, faststart: bool) -> None:
    """With the index at the front such a file opens, and plays until it stops."""
    whole = make_clip(tmp_path / "clip.mp4", faststart=faststart)
    assert await refusal(cut(whole, part), seconds=1) is ClipProblem.DAMAGED


@pytest.mark.parametrize("where", [0.3, 0.5, 0.8])
async def test_it_refuses_a_clip_with_damage_inside(clip: Path, where: float) -> None:
    assert await refusal(scratched(clip, where)) is ClipProblem.DAMAGED


@pytest.mark.parametrize("ordered", [1, 3, 5])
async def test_it_refuses_another_length_than_was_ordered(clip: Path, ordered: int) -> None:
    assert await refusal(clip, seconds=ordered) is ClipProblem.WRONG_LENGTH


@pytest.mark.parametrize("expected", [{"width": 640}, {"height": 320}])
async def test_it_refuses_another_size_than_was_ordered(clip: Path, expected: dict[str, int]) -> None:
    assert await refusal(clip, **expected) is ClipProblem.WRONG_SIZE


@pytest.mark.parametrize("ordered", [9 / 16, 1.0, 4 / 3, 1.6])
async def test_it_refuses_another_shape_than_was_ordered(clip: Path, ordered: float) -> None:
    with pytest.raises(ClipRefused, match="wrong_size"):
        await verify_clip(clip, expected_seconds=2, expected_shape=ordered)


@pytest.mark.parametrize("ordered", [16 / 9, 1280 / 704, 832 / 480], ids=["exactly", "a little wider", "narrower"])
async def test_it_spares_models_that_make_pictures_of_whole_blocks(clip: Path, ordered: float) -> None:
    assert (await verify_clip(clip, expected_seconds=2, expected_shape=ordered)).width == 320


@pytest.mark.parametrize(
    "name",
    ["a film that says it is longer", "a track that is to be shown upright", "pictures that are said to be huge"],
)
async def test_it_refuses_headers_that_lie_about_the_pictures(tmp_path: Path, name: str) -> None:
    path = tmp_path / "lying.mp4"
    path.write_bytes(spoilt(name))
    assert await refusal(path, seconds=5) is ClipProblem.DAMAGED


@pytest.mark.parametrize(
    "options",
    [{"codec": "mpeg4"}, {"pixels": "yuv444p"}, {"pixels": "yuv420p10le"}, {"pixels": "yuvj420p"}, {"aspect": 2}],
    ids=["codec", "pixel format", "ten bits", "full range", "pixel shape"],
)
async def test_it_refuses_what_telegram_does_not_play_inline(tmp_path: Path, options: dict[str, str]) -> None:
    path = make_clip(tmp_path / "odd.mp4", seconds=0.5, **options)  # type: ignore[arg-type]  # one option a case
    assert await refusal(path, seconds=0.5) is ClipProblem.WRONG_FORMAT


async def test_it_refuses_a_clip_that_players_would_turn(clip: Path, tmp_path: Path) -> None:
    turned = tmp_path / "turned.mp4"
    with av.open(clip) as source, av.open(turned, "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        stream.set_display_rotation(90)
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    assert await refusal(turned) is ClipProblem.WRONG_FORMAT


async def test_it_refuses_a_wholly_black_clip(tmp_path: Path) -> None:
    assert await refusal(make_clip(tmp_path / "black.mp4", black=True), seconds=1) is ClipProblem.BLACK


async def test_running_out_of_time_is_no_verdict_on_the_clip(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("media.verify._LIMITS", Limits(seconds=0.001))
    with pytest.raises(FfmpegTimeout):
        await verify_clip(clip, expected_seconds=2)


@pytest.mark.parametrize("name", ["a single picture that lasts", "a picture that does not move"])
async def test_it_refuses_a_picture_that_stands_still(tmp_path: Path, name: str) -> None:
    path = tmp_path / "still.mp4"
    path.write_bytes(spoilt(name))
    assert await refusal(path, seconds=5) is ClipProblem.FROZEN


async def test_it_comes_to_an_end_where_an_edit_hides_every_frame(tmp_path: Path) -> None:
    path = tmp_path / "hidden.mp4"
    path.write_bytes(spoilt("an edit that begins beyond its end"))
    assert await refusal(path, seconds=5) is ClipProblem.DAMAGED
