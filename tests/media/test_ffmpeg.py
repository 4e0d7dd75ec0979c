from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import cast

import pytest

from media.errors import FfmpegFailed, FfmpegTimeout
from media.ffmpeg import Demuxer, Input, Limits, Progress, ffmpeg_path, run_ffmpeg
from tests.media.clips import make_clip

RAW = ("-f", "rawvideo")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", seconds=1)


@pytest.fixture
def stuck(tmp_path: Path) -> Path:
    """A pipe nobody writes to: whoever reads it waits for ever."""
    path = tmp_path / "stuck"
    os.mkfifo(path)
    return path


async def copied(path: Path, output: Path, **options: object) -> Progress:
    return await run_ffmpeg([Input(path, "mov")], ["-c", "copy"], output, muxer="mp4", **options)  # type: ignore[arg-type]


async def test_it_copies_a_clip_and_reports_how_far_it_is(clip: Path, tmp_path: Path) -> None:
    seen: list[Progress] = []

    last = await copied(clip, tmp_path / "copy.mp4", on_progress=seen.append)

    assert (last.frames, last.size_bytes) == (24, (tmp_path / "copy.mp4").stat().st_size)
    assert last.seconds == pytest.approx(1, abs=0.15)
    assert seen[-1] == last
    assert [step.frames for step in seen] == sorted(step.frames for step in seen)


async def test_names_that_look_like_options_or_addresses_are_only_names(clip: Path, tmp_path: Path) -> None:
    for name in ("-y.mp4", "http:%2F%2Fx.mp4", "concat:a|b.mp4", "%03d.mp4", "a b'\"$(id);.mp4"):
        odd = tmp_path / name
        odd.write_bytes(clip.read_bytes())
        await copied(odd, tmp_path / f"out-{name}")
        assert (tmp_path / f"out-{name}").stat().st_size > 1000


async def test_it_fails_with_what_ffmpeg_said_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "page.mp4").write_text("<html>")
    with pytest.raises(FfmpegFailed) as caught:
        await copied(tmp_path / "page.mp4", tmp_path / "out.mp4")

    assert "Invalid data" in caught.value.stderr
    assert caught.value.status is not None
    assert not (tmp_path / "out.mp4").exists()


async def test_an_error_message_without_end_is_cut(tmp_path: Path, clip: Path) -> None:
    with pytest.raises(FfmpegFailed) as caught:
        await run_ffmpeg([Input(clip, "mov")], ["-x" * 20_000, "1"], tmp_path / "out.mp4", muxer="mp4")

    assert 0 < len(caught.value.stderr) <= 4_000


@contextmanager
def tripwire(path: Path) -> Iterator[threading.Event]:
    """A file that tells whether anybody opened it to read."""
    os.mkfifo(path)
    opened = threading.Event()

    def wait_for_a_reader() -> None:
        with path.open("wb"):
            opened.set()

    waiting = threading.Thread(target=wait_for_a_reader)
    waiting.start()
    try:
        yield opened
    finally:
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
        waiting.join()


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server on this machine, and what it was asked."""
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked


HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{}\n#EXT-X-ENDLIST\n"
CONCAT = "ffconcat version 1.0\nfile '{}'\n"


@pytest.mark.parametrize("playlist", [HLS, CONCAT], ids=["hls", "ffconcat"])
@pytest.mark.parametrize("demuxer", ["mov", "matroska", "mp3"])
async def test_a_playlist_named_like_a_video_opens_no_other_file(
    tmp_path: Path, playlist: str, demuxer: Demuxer
) -> None:
    bait = tmp_path / "trap.mp4"
    with tripwire(tmp_path / "secret.ts") as opened:
        bait.write_text(playlist.format(tmp_path / "secret.ts"))
        with pytest.raises(FfmpegFailed):
            await run_ffmpeg([Input(bait, demuxer)], [], tmp_path / "out.mp4", muxer="mp4")
        assert not opened.is_set()


@pytest.mark.parametrize("playlist", [HLS, CONCAT], ids=["hls", "ffconcat"])
async def test_a_playlist_named_like_a_video_reaches_no_server(tmp_path: Path, playlist: str) -> None:
    bait = tmp_path / "trap.mp4"
    async with listening() as (address, asked):
        for target in (f"{address}/a.ts", "http://169.254.169.254/latest/meta-data/"):
            bait.write_text(playlist.format(target))
            with pytest.raises(FfmpegFailed):
                await copied(bait, tmp_path / "out.mp4", limits=Limits(seconds=10))
        assert asked == []


async def test_the_traps_do_catch_an_unguarded_ffmpeg(tmp_path: Path) -> None:
    """Otherwise the tests above would prove nothing."""
    bait = tmp_path / "trap.mp4"
    async with listening() as (address, asked):
        bait.write_text(HLS.format(f"{address}/a.ts"))
        command = [ffmpeg_path(), "-nostdin", "-f", "hls", "-protocol_whitelist", "file,http,tcp", "-i", str(bait)]
        process = await asyncio.create_subprocess_exec(*command, "-f", "null", "-", stderr=subprocess.DEVNULL)
        await process.wait()
    assert asked

    with tripwire(tmp_path / "secret.ts") as opened:
        bait.write_text(CONCAT.format(tmp_path / "secret.ts"))
        command = [ffmpeg_path(), "-nostdin", "-f", "concat", "-safe", "0", "-i", str(bait), "-f", "null", "-"]
        process = await asyncio.create_subprocess_exec(*command, stderr=subprocess.DEVNULL)
        assert await asyncio.to_thread(opened.wait, 10)
        with contextlib.suppress(ProcessLookupError):  # it may have seen by itself that there is nothing in it
            process.kill()
        await process.wait()


@pytest.mark.parametrize("demuxer", ["hls", "concat", "lavfi", "dash", "image2", ""])
async def test_demuxers_that_open_other_files_are_not_to_be_had(clip: Path, tmp_path: Path, demuxer: str) -> None:
    with pytest.raises(ValueError, match="demuxers"):
        await run_ffmpeg([Input(clip, cast("Demuxer", demuxer))], [], tmp_path / "out.mp4", muxer="mp4")


async def test_it_does_not_hand_our_environment_on(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = tmp_path / "report.txt"
    monkeypatch.setenv("FFREPORT", f"file={report}")

    await copied(clip, tmp_path / "out.mp4")

    assert not report.exists()


RAW_FRAMES = ("-s", "2000x2000", "-pix_fmt", "rgb24", "-r", "24")  # 12 MB a frame


async def scaled_raw(source: Path, output: Path, limits: Limits) -> Progress:
    arguments = ("-vf", "scale=4000:4000", "-pix_fmt", "rgb24")
    return await run_ffmpeg([Input(source, "rawvideo", RAW_FRAMES)], arguments, output, muxer="rawvideo", limits=limits)


async def test_it_holds_ffmpeg_to_its_memory(tmp_path: Path) -> None:
    source = tmp_path / "frame.raw"
    source.write_bytes(bytes(12_000_000))
    await scaled_raw(source, tmp_path / "out.raw", Limits())

    with pytest.raises(FfmpegFailed):
        await scaled_raw(source, tmp_path / "out.raw", Limits(memory_bytes=100_000_000))


async def test_it_holds_ffmpeg_to_the_size_of_its_output(tmp_path: Path) -> None:
    source = tmp_path / "frames.raw"
    source.write_bytes(bytes(24_000_000))
    with pytest.raises(FfmpegFailed):
        await scaled_raw(source, tmp_path / "out.raw", Limits(output_bytes=1_000_000))

    assert not (tmp_path / "out.raw").exists()


async def test_it_refuses_an_output_that_was_ended_at_its_limit(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(FfmpegFailed, match="limit of 10000 bytes"):
        await copied(clip, tmp_path / "out.mp4", limits=Limits(output_bytes=10_000))

    assert not (tmp_path / "out.mp4").exists()


async def test_it_kills_what_does_not_end_in_time(stuck: Path, tmp_path: Path) -> None:
    with pytest.raises(FfmpegTimeout):
        await copied(stuck, tmp_path / "out.mp4", limits=Limits(seconds=0.3))

    assert processes_that_mention(stuck) == []


async def test_cancelling_kills_it(stuck: Path, tmp_path: Path) -> None:
    work = asyncio.create_task(copied(stuck, tmp_path / "out.mp4"))
    await asyncio.to_thread(opened_for_writing, stuck)
    assert len(processes_that_mention(stuck)) == 1

    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work

    assert processes_that_mention(stuck) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_it_dies_with_the_process_that_asked_for_it(stuck: Path, tmp_path: Path) -> None:
    script = (
        "import asyncio, sys; from pathlib import Path; from media.ffmpeg import Input, run_ffmpeg;"
        "asyncio.run(run_ffmpeg([Input(Path(sys.argv[1]), 'mov')], [], Path(sys.argv[2]), muxer='mp4'))"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(stuck), str(tmp_path / "out.mp4")])
    writing = opened_for_writing(stuck)
    assert len(ffmpegs(stuck)) == 1

    parent.send_signal(signal.SIGKILL)
    parent.wait()

    with pytest.raises(BrokenPipeError):
        write_until_nobody_reads(writing)
    os.close(writing)


def test_it_will_not_start_once_its_parent_is_gone(tmp_path: Path) -> None:
    nobody = "999999999"
    command = [sys.executable, "-I", "-S", "media/confined.py", "9999999999", "9", "9", nobody]
    left = subprocess.run([*command, "/bin/touch", str(tmp_path / "ran")], stderr=subprocess.DEVNULL, check=False)

    assert left.returncode == 1
    assert not (tmp_path / "ran").exists()


def opened_for_writing(pipe: Path) -> int:
    """Returns once ffmpeg has opened the other end: no need to sleep and hope."""
    return os.open(pipe, os.O_WRONLY)


def write_until_nobody_reads(pipe: int) -> None:
    """Blocks while the reader lives and does not read; raises BrokenPipeError once it is gone."""
    while True:
        os.write(pipe, bytes(4096))


def processes_that_mention(path: Path) -> list[list[str]]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:
            continue  # it ended while we looked
        if any(str(path) in word for word in words):
            found.append(words)
    return found


def ffmpegs(path: Path) -> list[list[str]]:
    return [words for words in processes_that_mention(path) if words[0] == ffmpeg_path()]
