"""The GPU worker on Modal: `modal deploy -m deploy.modal_app`, then MODAL_URL is the address it prints.

Written against modal 1.6. Only callers with a proxy token of the workspace get in: a request without one costs nothing.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import modal

from deploy.contract import BadJob, Job, no, read
from deploy.modal_desk import Desk, Gone, Pending, Reply, Unknown

GPU = "L40S"
RUN_SECONDS = 900
IDLE_SECONDS = 120
"""How long a GPU waits for the next clip before it goes, at your expense."""
CACHE = "/cache"
"""Where the model's weights are kept between containers: 30 GB that are loaded once."""

app = modal.App("echoes-clips")
weights = modal.Volume.from_name("echoes-weights", create_if_missing=True)
notes = modal.Dict.from_name("echoes-notes", create_if_missing=True)
gpu_image = (
    modal.Image.debian_slim(python_version="3.11")
    .uv_pip_install(
        "torch", "diffusers>=0.35", "transformers", "accelerate", "ftfy", "imageio", "imageio-ffmpeg", "pillow"
    )
    .env({"HF_HOME": CACHE})
    .add_local_python_source("deploy")
)
web_image = modal.Image.debian_slim(python_version="3.11").uv_pip_install("fastapi").add_local_python_source("deploy")


class _Notes:
    async def get(self, key: str) -> Any:
        return await notes.get.aio(key)

    async def put(self, key: str, value: Any) -> None:
        await notes.put.aio(key, value)

    async def claim(self, key: str, value: Any) -> bool:
        return bool(await notes.put.aio(key, value, skip_if_exists=True))

    async def drop(self, key: str) -> None:
        await notes.pop.aio(key, None)


class _Calls:
    async def start(self, job: dict[str, Any]) -> str:
        return str((await Worker().make.spawn.aio(job)).object_id)

    async def result(self, call_id: str) -> dict[str, Any]:
        # In this order: Modal's time-outs are relatives of each other, and none of them of Python's TimeoutError.
        try:
            return dict(await modal.FunctionCall.from_id(call_id).get.aio(timeout=0))
        except modal.exception.OutputExpiredError:
            raise Gone from None
        except modal.exception.FunctionTimeoutError:
            return no("internal", f"took more than {RUN_SECONDS} s")
        except TimeoutError:
            raise Pending from None
        except (modal.exception.NotFoundError, modal.exception.InvalidError):
            raise Unknown from None
        except modal.exception.RemoteError as error:
            return no("internal", str(error))

    async def stop(self, call_id: str) -> None:
        await modal.FunctionCall.from_id(call_id).cancel.aio()


desk = Desk(_Notes(), _Calls())


@app.cls(image=gpu_image, gpu=GPU, volumes={CACHE: weights}, timeout=RUN_SECONDS, scaledown_window=IDLE_SECONDS)
class Worker:
    @modal.enter()
    def load(self) -> None:
        from deploy.wan import Wan  # only this image has what it needs

        self._wan = Wan()

    @modal.method()
    async def make(self, given: dict[str, Any]) -> dict[str, Any]:
        """`{"clip": bytes}` or `{"error": …}`, with the seconds it took."""
        begun = time.monotonic()
        made = await self._made(read(given), str(modal.current_function_call_id()))
        return {**made, "gpu_seconds": round(time.monotonic() - begun, 1)}

    async def _made(self, job: Job, call_id: str) -> dict[str, Any]:
        if not await desk.begins(job.token, call_id):
            return no("internal", "another call has this token")
        await desk.progress(call_id, 0.0)
        loop = asyncio.get_running_loop()

        def tell(share: float) -> None:
            asyncio.run_coroutine_threadsafe(desk.progress(call_id, share), loop)

        try:
            return {"clip": await asyncio.to_thread(self._wan.clip, job, tell)}
        except BadJob as bad:
            return no("bad_input", str(bad))
        except RuntimeError as error:  # of CUDA: out of memory, a broken card
            return no("internal", str(error))


@app.function(image=web_image)
@modal.concurrent(max_inputs=100)
@modal.asgi_app(requires_proxy_auth=True)
def web() -> Any:
    from fastapi import FastAPI, Response
    from fastapi.responses import JSONResponse

    site = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    def answer(reply: Reply) -> Any:
        status, body = reply
        clip = body.get("clip")
        if clip is None:
            return JSONResponse(body, status)
        return Response(clip, status, {"X-GPU-Seconds": str(body["gpu_seconds"])}, media_type="video/mp4")

    @site.post("/accept")
    async def accept(given: dict[str, Any]) -> Any:
        return answer(await desk.accept(given))

    @site.get("/result/{call_id}")
    async def result(call_id: str) -> Any:
        return answer(await desk.result(call_id))

    @site.post("/cancel/{call_id}")
    async def cancel(call_id: str) -> Any:
        return answer(await desk.cancel(call_id))

    return site
