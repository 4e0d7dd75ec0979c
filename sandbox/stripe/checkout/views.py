"""The checkout pages as HTML. Whatever comes from outside is escaped here and nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from sandbox.store import Json
from sandbox.stripe.checkout.words import words_for
from sandbox.stripe.money import shown

_TEMPLATES = Path(__file__).parent / "templates"


class Views:
    """Pages in one language for one shop."""

    def __init__(self, shop: str, locale: str | None) -> None:
        self.shop = shop
        self.language, self.words = words_for(locale)

    def say(self, key: str, **values: object) -> str:
        """Return a text, not escaped."""
        return self.words[key].format(shop=self.shop, **values)

    def checkout(self, session: Json, items: list[Json], problem: str | None, email: str, note: str | None) -> str:
        """Return the page on which a session is paid."""
        first, currency = items[0], session["currency"]
        total = shown(session["amount_total"], currency)
        adjustable = first["adjustable_quantity"]
        subscribes = session["mode"] == "subscription"
        amount = f"<b>{escape(total)}</b>" if adjustable else escape(total)
        return self._page(
            "checkout",
            title=self.say("pay", amount=total),
            shop=escape(self.shop),
            initial=escape(self.shop[:1].upper()),
            name=escape(first["description"] or ""),
            total=amount,
            period=self._period(first) if subscribes else "",
            items=self._items(items, total) if len(items) > 1 or first["quantity"] > 1 or adjustable else "",
            currency=currency.upper(),
            unit=first["price"]["unit_amount"],
            rest=session["amount_total"] - first["amount_total"],
            problem=f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else "",
            email=escape(email),
            quantity=self._quantity(first) if adjustable else "",
            note=f'<p class="note">{escape(note)}</p>' if note else "",
            debits="" if subscribes else self._debits(),
            word_pay=escape(self.words["subscribe" if subscribes else "pay"]).format(amount=amount),
            **{
                f"word_{name}": escape(self.words[name])
                for name in ("email", "card", "expiry", "cvc", "or", "try_declined")
            },
        )

    def message(self, key: str, text: str | None = None, *, tone: str = "", sign: str = "×", more: str = "") -> str:
        """Return a page that says one thing; `text` stands in place of what is said by default."""
        title, said = self.say(key), text or self.say(f"{key}_text")
        return self._page("message", title=escape(title), text=escape(said), tone=tone, sign=sign, more=more)

    def receipt(self, charge: Json) -> str:
        """Return the receipt of a charge."""
        currency = charge["currency"]
        lines = [(charge["description"] or self.say("total"), shown(charge["amount"], currency))]
        if charge["amount_refunded"]:
            lines.append((self.say("refunded"), shown(-charge["amount_refunded"], currency)))
        date = datetime.fromtimestamp(charge["created"], UTC).strftime("%Y-%m-%d")
        rows = "".join(f"<li><span>{escape(name)}</span><span>{escape(sum_)}</span></li>" for name, sum_ in lines)
        more = f'<ul class="items">{rows}</ul>'
        title, text = escape(self.say("receipt")), escape(self.say("paid_on", date=date))
        return self._page("message", title=title, text=text, tone="good", sign="✓", more=more)

    def _items(self, items: list[Json], total: str) -> str:
        rows = [
            f"<li><span>{escape(item['description'] or '')}{self._each(item)}</span>"
            f"<span>{escape(shown(item['amount_subtotal'], item['currency']))}</span></li>"
            for item in items
        ]
        rows = rows if len(items) > 1 else [f"<li><span>{self._each(items[0])}</span><span></span></li>"]
        last = f"<li><span>{escape(self.words['total'])}</span><span data-sum>{escape(total)}</span></li>"
        return f'<ul class="items">{"".join(rows)}{last}</ul>'

    def _each(self, item: Json) -> str:
        each = self.say("each", amount=shown(item["price"]["unit_amount"], item["currency"]))
        return f"<small>{escape(each)}</small>"

    def _period(self, item: Json) -> str:
        recurring = item["price"]["recurring"] or {"interval": "month", "interval_count": 1}
        many = f"{recurring['interval_count']} × " if recurring["interval_count"] > 1 else ""
        return f" <small>{many}{escape(self.words[recurring['interval']])}</small>"

    def _quantity(self, item: Json) -> str:
        bounds = item["adjustable_quantity"]
        value = (
            f'name="quantity" value="{item["quantity"]}" min="{max(1, bounds["minimum"])}" max="{bounds["maximum"]}"'
        )
        return f'<label>{escape(self.words["quantity"])}<input type="number" {value} required></label>'

    def _debits(self) -> str:
        return "".join(
            f'<button name="method" value="{method}">{escape(self.words[f"try_{method}"])}</button>'
            for method in ("delayed", "bounced")
        )

    def _page(self, template: str, *, title: str, **parts: object) -> str:
        content = _template(template).substitute(parts, title=title)
        sandbox = escape(self.words["sandbox"])
        return _template("layout").substitute(language=self.language, title=title, sandbox=sandbox, content=content)


@cache
def _template(name: str) -> Template:
    return Template((_TEMPLATES / f"{name}.html").read_text(encoding="utf-8"))
