"""The rules for reply_markup that its schema does not say."""

from __future__ import annotations

from urllib.parse import urlsplit

from sandbox.telegram.attachments import is_loopback
from sandbox.telegram.errors import BadRequest, StricterThanTelegram
from sandbox.telegram.model import Json

MAX_BUTTONS = 100
MAX_ROW = 8
MAX_CALLBACK_DATA = 64
MAX_COPY_TEXT = 256
_STYLES = ("danger", "success", "primary")
_ACTIONS = [
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
    "disabled",
]
_INLINE_QUERIES = ("switch_inline_query", "switch_inline_query_current_chat")
MAX_INLINE_QUERY = 256
_SCHEMES = ("http://", "https://", "tg://", "ton://", "mailto:")


def check_markup(markup: Json) -> Json:
    """Return a reply_markup that passes. Raises BadRequest for broken limits and pointless buttons."""
    rows: list[list[Json]] = markup.get("inline_keyboard") or markup.get("keyboard") or []
    for row in rows:
        if len(row) > MAX_ROW:
            raise StricterThanTelegram(f"reply markup has more than {MAX_ROW} buttons in a row")
    if sum(len(row) for row in rows) > MAX_BUTTONS:
        raise BadRequest("reply markup is too long")
    for button in (button for row in rows for button in row):
        if button.get("style") not in (None, *_STYLES):
            raise BadRequest("can't parse keyboard button: invalid button style specified")
        if not button["text"].strip():
            raise BadRequest("can't parse keyboard button: button text must be non-empty")
        if "inline_keyboard" in markup:
            _check_inline(button)
    return markup


def pay_keyboard(markup: Json | None, amount: int) -> Json:
    """Return an invoice's keyboard, which begins with a Pay button. Raises BadRequest if another button does."""
    rows = (markup or {}).get("inline_keyboard") or [[{"text": f"Pay ⭐ {amount}", "pay": True}]]
    if not rows[0] or not rows[0][0].get("pay"):
        raise BadRequest("REPLY_MARKUP_BUY_EMPTY")
    return {"inline_keyboard": rows}


def check_pay_buttons(markup: Json, *, invoice: bool) -> None:
    """Raise BadRequest for a Pay button anywhere but at the very beginning of an invoice's keyboard."""
    buttons = [button for row in markup.get("inline_keyboard", []) for button in row]
    if any(button.get("pay") for button in buttons[1 if invoice else 0 :]):
        raise BadRequest("BUTTON_TYPE_INVALID")


def _check_inline(button: Json) -> None:
    actions = [name for name in _ACTIONS if name in button]
    if not actions:
        raise BadRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise StricterThanTelegram(f"inline keyboard button does more than one thing: {', '.join(actions)}")
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= MAX_CALLBACK_DATA:
        raise BadRequest("BUTTON_DATA_INVALID")
    if "url" in button:
        _check_url(button["url"])
    if "web_app" in button and not _may_be_framed(button["web_app"]["url"]):
        raise BadRequest(
            f"inline keyboard button Web App URL '{button['web_app']['url']}' is invalid: Only HTTPS links are allowed"
        )
    if any(len(button.get(name, "")) > MAX_INLINE_QUERY for name in _INLINE_QUERIES):
        raise BadRequest("BUTTON_DATA_INVALID")
    if "copy_text" in button and not 1 <= len(button["copy_text"]["text"]) <= MAX_COPY_TEXT:
        raise BadRequest("BUTTON_COPY_TEXT_INVALID")


def _may_be_framed(url: str) -> bool:
    """Tell whether a Mini App may be there. Telegram takes only https; a page of this machine need not have it."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def _check_url(url: str) -> None:
    complaint = f"inline keyboard button URL '{url}' is invalid"
    if "://" not in url and not url.startswith("mailto:"):
        url = f"http://{url}"
    if not url.startswith(_SCHEMES):
        raise BadRequest(f"{complaint}: Unsupported URL protocol")
    if any(character.isspace() for character in url) or not url.partition(":")[2].strip("/"):
        raise BadRequest(f"{complaint}: URL host is empty")
    host = url.partition("://")[2].split("/")[0].split("?")[0].rpartition("@")[2].split(":")[0]
    if url.startswith("http") and "." not in host:
        raise BadRequest(f"{complaint}: Wrong HTTP URL")
