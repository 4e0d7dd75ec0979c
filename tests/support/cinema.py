"""A project with clips that can really be played, on the product's own pages, served in this process."""

from __future__ import annotations

import io
import itertools
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from aiohttp import web
from PIL import Image
from sqlalchemy import update

from conversation.i18n import Words
from services import outbox
from services.screenings import Screenings
from services.sharing import Sharing
from storage.clock import db_now
from storage.database import Database
from storage.objects.base import ObjectStore
from storage.objects.local import LocalStore
from storage.tables import Clip, Draft, Job, Project, Soundtrack, Take, User
from tests.support.builders import create_user, values
from tests.support.photographs import Name, jpeg
from tests.support.world import free_port
from webhooks import media
from webhooks.player import mini_app, shared
from webhooks.player.assets import Assets
from webhooks.player.passes import Passes

TOKEN = "7000002:canary-token-of-the-cinema-0123456789abc"
RATE = 24
INVITATION = "https://t.me/echoes_test_bot?start=p_"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Shot:
    """A clip to be: a photograph the camera moves over, `rate` frames a second. `seconds` are whole frames."""

    photo: Name = "chelsea"
    seconds: float = 2.0
    size: tuple[int, int] = (320, 180)
    caption: str | None = None
    sound: bool = False
    rate: int = RATE


@dataclass
class Cinema:
    """`url` is where the pages are; `answers` are (path, status) of all that was asked, in order."""

    db: Database
    store: ObjectStore
    screenings: Screenings
    sharing: Sharing
    url: str
    answers: list[tuple[str, int]] = field(default_factory=list)

    async def project(self, *shots: Shot, user: User | None = None, name: str | None = "Our winter") -> Project:
        """A project with these clips, of a new user if none is given."""
        owner = user or await create_user(self.db)
        objects = [await self._keep(shot) for shot in shots]
        async with self.db.transaction() as session:
            project = Project(user_id=owner.id, name=name, number=next(_numbers))
            session.add(project)
            await session.flush()
            for position, (shot, (video, still)) in enumerate(zip(shots, objects, strict=True), start=1):
                take = await _take(session, owner.id, shot, video, still)
                session.add(
                    Clip(
                        project_id=project.id,
                        draft_id=take.draft_id,
                        take_id=take.id,
                        position=position,
                        caption=shot.caption,
                    )
                )
        return project

    async def change(self, project: Project, **values: Any) -> None:
        async with self.db.transaction() as session:
            await session.execute(update(Project).where(Project.id == project.id).values(**values))

    async def music(self, project: Project, *, seconds: float, **options: Any) -> None:
        key = f"music/{project.user_id}/{project.id}/{next(_numbers)}.m4a"
        await self.store.put(key, tone(seconds), "audio/mp4")
        async with self.db.transaction() as session:
            options = {"origin": "sent", "title": "A tone"} | options
            session.add(Soundtrack(project_id=project.id, audio_key=key, seconds=seconds, **options))

    async def share(self, project: Project) -> str:
        """The token of a project's link."""
        return (await self.sharing.share(project.user_id, project.id)).token

    async def address(self, project: Project) -> str:
        return f"{self.url}/p/{await self.share(project)}"

    async def _keep(self, shot: Shot) -> tuple[str, str]:
        number = next(_numbers)
        video, still = f"clips/1/{number}.mp4", f"clips/1/{number}.jpg"
        film = moving(shot.photo, shot.seconds, shot.size, sound=shot.sound, rate=shot.rate)
        await self.store.put(video, film, "video/mp4")
        await self.store.put(still, first_frame(shot.photo, shot.size), "image/jpeg")
        return video, still


@asynccontextmanager
async def showing(
    db: Database,
    words: Words,
    store: Path | ObjectStore,
    *,
    link_seconds: int = 600,
    token: str = TOKEN,
    **options: Any,
) -> AsyncIterator[Cinema]:
    """The player's pages over a folder, or a store of its own; `options` go to the Mini App's routes."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    kept = LocalStore(store, signing_secret="canary", public_url=url) if isinstance(store, Path) else store
    screenings = Screenings(db, kept, link_seconds=link_seconds)
    cinema = Cinema(db, kept, screenings, Sharing(db, values(), player=f"{url}/p"), url)
    assets = Assets()

    async def invitation(token: str) -> str:
        return INVITATION + token

    @web.middleware
    async def count(request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Any:
        try:
            response = await handler(request)
        except web.HTTPException as refused:
            cinema.answers.append((request.path, refused.status))
            raise
        cinema.answers.append((request.path, response.status))
        return response

    app = web.Application(middlewares=[count])
    if isinstance(kept, LocalStore):
        app.add_routes(media.routes(kept))
    app.add_routes(assets.routes())
    app.add_routes(shared.routes(screenings, assets, words, public_url=url, invitation=invitation))
    app.add_routes(mini_app.routes(screenings, assets, words, token=token, passes=Passes("canary passes"), **options))
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield cinema
    finally:
        await runner.cleanup()


async def _take(session: Any, user_id: int, shot: Shot, video: str, still: str) -> Take:
    """The rows of a finished clip that cost nothing."""
    draft = Draft(
        user_id=user_id,
        source_key=f"cinema:{next(_numbers)}",
        photo_key="photo",
        photo_width=320,
        photo_height=213,
        model="vendor-one",
        shape="16:9",
        duration_s=5,
    )
    session.add(draft)
    await session.flush()
    job = Job(
        user_id=user_id,
        draft_id=draft.id,
        kind="clip",
        request_key=f"cinema:{draft.id}",
        params={},
        price=0,
        state="succeeded",
        provider="vendor",
        due_at=db_now(),
        deadline_at=db_now(),
        finished_at=db_now(),
    )
    session.add(job)
    await session.flush()
    width, height = shot.size
    take = Take(
        user_id=user_id,
        draft_id=draft.id,
        job_id=job.id,
        number=1,
        prompt="",
        video_key=video,
        thumbnail_key=still,
        width=width,
        height=height,
        seconds=shot.seconds,
        size_bytes=1,
    )
    session.add(take)
    await outbox.put(session, key=f"clip_ready:{job.id}", user_id=user_id, kind="clip_ready", payload={})
    await session.flush()
    return take


@cache
def moving(photo: Name, seconds: float, size: tuple[int, int], *, sound: bool = False, rate: int = RATE) -> bytes:
    """An H.264 MP4 in which the camera comes closer; with a quiet tone if it has sound."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"  # a file: to put its index first, it is read again
        _film(path, photo, seconds, size, sound=sound, rate=rate)
        return path.read_bytes()


def _film(path: Path, photo: Name, seconds: float, size: tuple[int, int], *, sound: bool, rate: int) -> None:
    count = round(seconds * rate)
    with av.open(path, "w", format="mp4", options={"movflags": "+faststart"}) as container:
        video = container.add_stream("libx264", rate=rate, options={"preset": "ultrafast", "crf": "20"})
        audio = container.add_stream("aac", rate=48_000) if sound else None
        assert isinstance(video, av.VideoStream)
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        picture = _picture(photo)
        for index in range(count):
            frame = av.VideoFrame.from_image(_closer(picture, index / count, size))  # type: ignore[no-untyped-call]
            container.mux(video.encode(frame))
        container.mux(video.encode())
        if audio is not None:
            _hum(container, audio, seconds)


@cache
def first_frame(photo: Name, size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    still = _closer(_picture(photo), 0, size)
    still.thumbnail((320, 320))
    still.save(out, "JPEG", quality=82)
    return out.getvalue()


@cache
def tone(seconds: float) -> bytes:
    """AAC in an .m4a, stereo, 48 kHz."""
    out = io.BytesIO()
    with av.open(out, "w", format="ipod") as container:
        _hum(container, container.add_stream("aac", rate=48_000), seconds)
    return out.getvalue()


def _hum(container: Any, stream: Any, seconds: float) -> None:
    moments = np.arange(round(seconds * 48_000)) / 48_000
    wave = (np.sin(moments * 2 * np.pi * 220) * 0.1).astype(np.float32)
    for start in range(0, len(wave), 1024):
        part = wave[start : start + 1024]
        frame = av.AudioFrame.from_ndarray(np.stack([part, part]), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, start, Fraction(1, 48_000)
        container.mux(stream.encode(frame))
    container.mux(stream.encode())


def _picture(photo: Name) -> Image.Image:
    return Image.open(io.BytesIO(jpeg(photo))).convert("RGB")


def _closer(picture: Image.Image, part: float, size: tuple[int, int]) -> Image.Image:
    """The picture's middle, in the shape of `size`, closer the further it got."""
    ratio = size[0] / size[1]
    height = min(picture.height, picture.width / ratio) * (1 - 0.2 * part)
    width = height * ratio
    left, top = (picture.width - width) / 2, (picture.height - height) * 0.4
    return picture.resize(size, Image.Resampling.BILINEAR, box=(left, top, left + width, top + height))


def ids(clips: Sequence[dict[str, Any]]) -> list[str]:
    """The names of the objects behind the links of a film."""
    return [clip["url"].split("?")[0].rpartition("/")[2] for clip in clips]
