"""Reading a view as Telegram would: is the HTML sound, what does a person see, how long is it."""

from __future__ import annotations

from html.parser import HTMLParser

from conversation.view import CAPTION_LIMIT, TEXT_LIMIT, View

ALLOWED = {"b", "i", "blockquote", "code"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, f"<{tag}> is not ours"
        assert not attrs
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data!r}")


def seen(html: str) -> str:
    """The text without its tags. Fails for HTML that Telegram would refuse."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open, f"never closed: {reader.open}"
    return reader.text


def labels(view: View) -> list[str]:
    return [one.text for row in (view.keyboard.inline_keyboard if view.keyboard else []) for one in row]


def data(view: View) -> list[str]:
    return [one.callback_data or "" for row in (view.keyboard.inline_keyboard if view.keyboard else []) for one in row]


def tap_of(view: View, label: str) -> str:
    return next(taps for text, taps in zip(labels(view), data(view), strict=True) if label in text)


def assert_fits(view: View, *, caption: bool) -> None:
    """Telegram would take it: sound HTML, not too long, buttons with text and at most 64 bytes of data."""
    text = seen(view.text)
    assert text.strip()
    assert len(text.encode("utf-16-le", "surrogatepass")) // 2 <= (CAPTION_LIMIT if caption else TEXT_LIMIT)
    assert all(label.strip() for label in labels(view))
    buttons = [one for row in (view.keyboard.inline_keyboard if view.keyboard else []) for one in row]
    assert all(len(one.model_dump(exclude_none=True)) == 2 for one in buttons), "a button does one thing"
    assert all(1 <= len(one.callback_data.encode()) <= 64 for one in buttons if one.callback_data is not None)
    assert len(labels(view)) <= 100
    assert all(len(row) <= 8 for row in (view.keyboard.inline_keyboard if view.keyboard else []))
