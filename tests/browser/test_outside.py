"""What holds the other tests to this machine: a page that asks anything of the outside is told on, and gets nothing."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from tests.browser.conftest import DESKTOP, Complaints, page_of

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("address", ["http://example.com/", "https://example.com/", "http://192.0.2.1/"])
async def test_a_page_that_reaches_out_is_told_on(browser: Browser, address: str) -> None:
    complaints = Complaints()
    with pytest.raises(AssertionError, match=f"reached out: {address}"):
        async with page_of(browser, complaints, DESKTOP) as page:
            await page.set_content(f"<img src='{address}'>", wait_until="load")
    assert any(f"failed: {address} net::ERR_PROXY_CONNECTION_FAILED" in one for one in complaints.heard)
