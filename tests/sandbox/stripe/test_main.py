"""`--stripe-webhook SECRET@URL`: a webhook endpoint from the command line."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import aiohttp
import pytest

from tests.sandbox.stripe.hearer import Hearer

KEY = {"Authorization": "Bearer sk_test_main"}


async def start(state: Path, *arguments: str) -> asyncio.subprocess.Process:
    place = ("--port", "0", "--state", str(state))
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", *place, *arguments, stdout=pipe, stderr=pipe
    )


async def test_events_go_where_the_command_line_says(tmp_path: Path) -> None:
    async with Hearer("whsec_a@b") as hearer:
        process = await start(tmp_path, "--stripe-webhook", f"whsec_a@b@{hearer.url}")
        assert process.stdout
        url = (await process.stdout.readline()).decode().split()[-1]
        async with aiohttp.ClientSession(headers=KEY) as session:
            await (await session.post(f"{url}stripe/v1/products", data={"name": "P"})).read()
        await hearer.wait("product.created")
        process.terminate()
        await process.communicate()


@pytest.mark.parametrize("text", ["whsec_a", "@http://127.0.0.1/", "whsec_a@", "whsec_a@https://shop.example/"])
async def test_a_webhook_without_secret_or_outside_is_refused(tmp_path: Path, text: str) -> None:
    process = await start(tmp_path, "--stripe-webhook", text)
    _, errors = await process.communicate()
    assert process.returncode == 1
    assert errors.decode().startswith("--stripe-webhook")
