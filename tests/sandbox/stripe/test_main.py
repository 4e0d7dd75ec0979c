"""`--stripe-webhook SECRET@URL`: a webhook endpoint from the command line."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import aiohttp
import pytest

from sandbox.__main__ import register_webhook
from sandbox.stripe.account import Account
from tests.sandbox.stripe.hearer import Hearer

KEY = {"Authorization": "Bearer sk_test_main"}


async def test_events_go_where_the_command_line_says(tmp_path: Path) -> None:
    async with Hearer("whsec_a@b") as hearer:
        options = ("--port", "0", "--state", str(tmp_path), "--stripe-webhook", f"whsec_a@b@{hearer.url}")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "sandbox", *options, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout
        url = (await process.stdout.readline()).decode().split()[-1]
        async with aiohttp.ClientSession(headers=KEY) as session:
            await (await session.post(f"{url}stripe/v1/products", data={"name": "P"})).read()
        await hearer.wait("product.created")
        process.terminate()
        await process.communicate()


@pytest.mark.parametrize("text", ["whsec_a", "@http://127.0.0.1/", "whsec_a@", "whsec_a@https://shop.example/"])
def test_a_webhook_without_secret_or_outside_is_refused(tmp_path: Path, text: str) -> None:
    account = Account(tmp_path, time.time)
    with pytest.raises(SystemExit, match="--stripe-webhook"):
        register_webhook(account, text)
    assert account.objects.of("webhook_endpoint") == []
    account.close()
