"""Wan 2.2 TI2V 5B through diffusers: a photo and a prompt become five seconds of 720p on one GPU of 24 GB or more.

Sizes, frame rate and the float32 VAE are as the model's makers give them
(huggingface.co/Wan-AI/Wan2.2-TI2V-5B-Diffusers).
"""

from __future__ import annotations

import io
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKLWan, WanImageToVideoPipeline
from diffusers.utils import export_to_video
from imageio_ffmpeg import get_ffmpeg_exe
from PIL import Image, ImageOps

from deploy.contract import FRAME_RATE, BadJob, Job

MODEL = "Wan-AI/Wan2.2-TI2V-5B-Diffusers"
STEPS = 40
AVOID = "static, blurred, low quality, distorted face, extra fingers, subtitles, watermark"


class Wan:
    """Loading takes a minute or more; keep it for the life of a container."""

    def __init__(self) -> None:
        vae = AutoencoderKLWan.from_pretrained(MODEL, subfolder="vae", torch_dtype=torch.float32)
        self._pipe = WanImageToVideoPipeline.from_pretrained(MODEL, vae=vae, torch_dtype=torch.bfloat16).to("cuda")

    def clip(self, job: Job, on_progress: Callable[[float], None]) -> bytes:
        """An MP4. Raises BadJob for a photo that cannot be decoded, and RuntimeError where card or encoder fail."""

        def step_done(_pipe: Any, step: int, _time: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            on_progress((step + 1) / STEPS)
            return tensors

        width, height = job.size
        frames = self._pipe(
            image=_filling(job.photo, job.size),
            prompt=job.prompt or "gentle, natural motion",
            negative_prompt=AVOID,
            width=width,
            height=height,
            num_frames=job.frames,
            num_inference_steps=STEPS,
            guidance_scale=5.0,
            generator=torch.Generator("cuda").manual_seed(job.seed),
            callback_on_step_end=step_done,
        ).frames[0]
        with tempfile.TemporaryDirectory() as folder:
            plain, clip = Path(folder) / "plain.mp4", Path(folder) / "clip.mp4"
            export_to_video(frames, str(plain), fps=FRAME_RATE)
            _index_in_front(plain, clip)
            return clip.read_bytes()


def _index_in_front(plain: Path, clip: Path) -> None:
    """Messengers begin to play before they have the whole file."""
    arguments = ["-v", "error", "-i", str(plain), "-c", "copy", "-movflags", "+faststart", str(clip)]
    try:
        subprocess.run([get_ffmpeg_exe(), *arguments], check=True, timeout=60)
    except subprocess.SubprocessError as error:
        raise RuntimeError("ffmpeg failed") from error


def _filling(photo: bytes, size: tuple[int, int]) -> Image.Image:
    try:
        with Image.open(io.BytesIO(photo), formats=("JPEG",)) as image:
            return ImageOps.fit(image.convert("RGB"), size, Image.Resampling.LANCZOS)
    except OSError as error:
        raise BadJob("the photo cannot be decoded") from error
