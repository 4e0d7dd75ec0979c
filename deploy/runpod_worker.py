"""The GPU worker on RunPod serverless: the command of its container is `python -m deploy.runpod_worker`.

Written against runpod 1.12. The clip comes back inside the answer: about 5 MB, and RunPod takes up to 20.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import runpod

from deploy.contract import BadJob, no, read
from deploy.wan import Wan


def _failed(reason: str, message: str) -> dict[str, str]:
    """RunPod keeps an error as text, so the object goes into one."""
    return {"error": json.dumps(no(reason, message)["error"])}


def handler(work: dict[str, Any]) -> dict[str, Any]:
    try:
        job = read(work["input"])
        clip = wan.clip(job, lambda share: runpod.serverless.progress_update(work, {"progress": share}))
    except BadJob as bad:
        return _failed("bad_input", str(bad))
    except RuntimeError as error:  # of CUDA: out of memory, a broken card
        return _failed("internal", str(error))
    return {"video_base64": base64.b64encode(clip).decode()}


if __name__ == "__main__":
    wan = Wan()
    runpod.serverless.start({"handler": handler})
