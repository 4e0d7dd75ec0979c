"""Finished clips: a slow zoom into the photo with a label that says where it was made."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import tempfile
from dataclasses import astuple, replace
from pathlib import Path

from media.ffmpeg import Input, Limits, run_ffmpeg
from sandbox.vendors.photos import Photos
from sandbox.vendors.spoiling import BAD_FILES, other_order
from sandbox.vendors.stills import draw_label, draw_still
from sandbox.vendors.work import Clip

FRAME_RATE = 24
_ZOOM = 0.15
_AT_ONCE = 2
_LIMITS = Limits(seconds=60.0)
_CODING = (
    *("-c:v", "libx264", "-preset", "ultrafast", "-crf", "28", "-threads", "2"),
    *("-pix_fmt", "yuv420p", "-movflags", "+faststart"),
)  # fmt: skip


class Studio:
    """Clips in a folder, by what they are made from: the same order is rendered once."""

    def __init__(self, folder: Path, photos: Photos) -> None:
        self._folder, self._photos = folder, photos
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def clip(self, order: Clip) -> Path:
        """Return the file of a clip, made now if it is not there yet. Raises FfmpegFailed."""
        path = self._folder / f"{hashlib.sha256(repr(astuple(order)).encode()).hexdigest()[:32]}.mp4"
        if not path.exists():
            if path.name not in self._busy:
                self._busy[path.name] = asyncio.create_task(self._make(order, path))
                self._busy[path.name].add_done_callback(lambda _: self._busy.pop(path.name, None))
            await asyncio.shield(self._busy[path.name])  # whoever asked may go away; others wait for the same file
        return path

    def clear(self) -> None:
        """Delete all clips."""
        shutil.rmtree(self._folder, ignore_errors=True)

    async def stop(self) -> None:
        """Give up what is being made."""
        tasks = list(self._busy.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _make(self, order: Clip, path: Path) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        spoil = BAD_FILES.get(order.spoilt)
        if spoil is not None:
            whole = await self.clip(replace(order, spoilt=""))
            await asyncio.to_thread(lambda: path.write_bytes(spoil(whole.read_bytes())))
            return
        async with self._slots:
            with tempfile.TemporaryDirectory(dir=self._folder) as folder:
                made = await self._render(other_order(order), Path(folder))
                made.replace(path)

    async def _render(self, order: Clip, folder: Path) -> Path:
        size = (order.width, order.height)
        await asyncio.to_thread(self._draw, order, folder)
        frames = round(order.seconds * FRAME_RATE)
        shown = "trunc((iw-iw/zoom)/2):y=trunc((ih-ih/zoom)/2)"
        zoom = f"zoompan=z=1+{_ZOOM}*on/{frames}:x={shown}:d={frames}:s={order.width}x{order.height}:fps={FRAME_RATE}"
        arguments = ("-filter_complex", f"[0]{zoom}[z];[z][1]overlay", "-frames:v", str(frames), *_CODING)
        inputs = [_raw(folder / "still", "rgb24", size), _raw(folder / "label", "rgba", size)]
        await run_ffmpeg(inputs, arguments, folder / "clip", muxer="mp4", limits=_LIMITS)
        return folder / "clip"

    def _draw(self, order: Clip, folder: Path) -> None:
        """Draw the still and the label here: ffmpeg reads no photos of strangers, and would need to find a font."""
        size, black = (order.width, order.height), order.spoilt == "black"
        photo = self._photos.read(order.photo) if order.photo else None
        (folder / "still").write_bytes(draw_still(size, photo, black=black))
        (folder / "label").write_bytes(draw_label(size, "" if black else order.label))


def _raw(path: Path, pixels: str, size: tuple[int, int]) -> Input:
    width, height = size
    options = ("-pixel_format", pixels, "-video_size", f"{width}x{height}", "-framerate", str(FRAME_RATE))
    return Input(path, "rawvideo", options)
