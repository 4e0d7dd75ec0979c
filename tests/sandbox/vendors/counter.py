"""The vendors from both sides: a plain HTTP client in front, the control API behind."""

from __future__ import annotations

import asyncio
import base64
import io
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from media.verify import ClipFacts, verify_clip
from tests.sandbox.driver import Sandbox

Json = dict[str, Any]
RUNWAY_KEY = "key_test"
RUNWAY = {"Authorization": f"Bearer {RUNWAY_KEY}", "X-Runway-Version": "2024-11-06"}
RUNPOD = {"Authorization": "Bearer rpa_test"}
MODAL = {"Modal-Key": "wk-test", "Modal-Secret": "ws-test"}
OPENROUTER = {"Authorization": "Bearer sk-or-v1-test"}
PATIENCE = 20.0


@cache
def photo(color: str = "teal", side: int = 256) -> bytes:
    buffer = io.BytesIO()
    # Not of one colour: however a camera moved over that, nothing would move.
    shade = Image.linear_gradient("L").resize((side, side))
    Image.composite(Image.new("RGB", (side, side), color), Image.new("RGB", (side, side), "white"), shade).save(
        buffer, "JPEG"
    )
    return buffer.getvalue()


def base64_photo(color: str = "teal") -> str:
    return base64.b64encode(photo(color)).decode()


def picture_uri(color: str = "teal") -> str:
    return f"data:image/jpeg;base64,{base64_photo(color)}"


def job(**more: Any) -> Json:
    """What our own workers are given; one second, square."""
    given = {"token": "job-1", "prompt": "a calm sea", "image_base64": base64_photo(), "shape": "1:1"}
    return given | {"duration_s": 1, "seed": 7} | more


def task(**more: Any) -> Json:
    """What a Runway task is created from: the smallest clip there is."""
    body = {"model": "gen4_turbo", "promptImage": picture_uri(), "promptText": "a calm sea"}
    return body | {"ratio": "960:960", "duration": 2, "seed": 7} | more


class Counter:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.http = httpx.AsyncClient(timeout=10)

    async def close(self) -> None:
        await self.http.aclose()

    async def set(self, vendor: str, status: int = 200, **settings: Any) -> Json:
        return dict(await self.sandbox.control("PATCH", f"vendors/{vendor}", settings, status))

    async def fault(self, kind: str, **fields: Any) -> int:
        return int((await self.sandbox.control("POST", "vendors/faults", {"kind": kind} | fields))["id"])

    async def work(self, **query: str) -> list[Json]:
        return list(await self.sandbox.control("GET", f"vendors/work?{httpx.QueryParams(query)}"))

    async def submissions(self, **query: str) -> list[Json]:
        return list(await self.sandbox.control("GET", f"vendors/submissions?{httpx.QueryParams(query)}"))

    async def calls(self, **query: str) -> list[Json]:
        return list(await self.sandbox.control("GET", f"vendors/calls?{httpx.QueryParams(query)}"))

    async def vendor(self, name: str) -> Json:
        vendors = await self.sandbox.control("GET", "vendors")
        return next(dict(one) for one in vendors if one["name"] == name)

    async def runway(self, verb: str, path: str, body: Json | None = None, **headers: str) -> httpx.Response:
        return await self.ask(verb, f"/runway/v1/{path}", body, RUNWAY | headers)

    async def runpod(self, verb: str, path: str, body: Json | None = None, endpoint: str = "ep1") -> httpx.Response:
        return await self.ask(verb, f"/runpod/v2/{endpoint}/{path}", body, RUNPOD)

    async def modal(self, verb: str, path: str, body: Json | None = None) -> httpx.Response:
        return await self.ask(verb, f"/modal/{path}", body, MODAL)

    async def openrouter(self, verb: str, path: str, body: Json | None = None) -> httpx.Response:
        return await self.ask(verb, f"/openrouter/api/v1/{path}", body, OPENROUTER)

    async def ask(self, verb: str, path: str, body: Json | None, headers: dict[str, str]) -> httpx.Response:
        return await self.http.request(verb, self.sandbox.url + path, json=body, headers=headers)

    async def new_task(self, **more: Any) -> str:
        """Create a Runway task and return its id."""
        answer = await self.runway("POST", "image_to_video", task(**more))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    async def look(self, task_id: str) -> Json:
        """Look at a Runway task."""
        answer = await self.runway("GET", f"tasks/{task_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def new_run(self, **more: Any) -> str:
        """Queue a RunPod job and return its id."""
        answer = await self.runpod("POST", "run", {"input": job(**more)})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    async def see(self, run_id: str) -> Json:
        """Look at a RunPod job."""
        answer = await self.runpod("GET", f"status/{run_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def new_call(self, **more: Any) -> str:
        """Hand a job to Modal and return the call's id."""
        answer = await self.modal("POST", "accept", job(**more))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["call_id"])

    async def load(self, url: str) -> bytes:
        answer = await self.http.get(url)
        assert answer.status_code == 200, answer.text
        return answer.content


async def verified(data: bytes, folder: Path, width: int, height: int, seconds: float) -> ClipFacts:
    """Hold a clip against its order, as the product does. Raises ClipRefused."""
    path = folder / "clip.mp4"
    await asyncio.to_thread(path.write_bytes, data)
    return await verify_clip(path, expected_seconds=seconds, expected_width=width, expected_height=height)
