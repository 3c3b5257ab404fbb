"""The headline figures on the screen."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from rich.markup import escape

from ratehouse.commands.console import day, say, show, table, usd
from ratehouse.headline import AGES, Headline, headlines


def print_headlines(database: Path) -> None:
    """One column per utility, and below it the sentence that simulated data carries."""
    found = headlines(database)
    if not found:
        return
    names = [one.name for one in found]
    made = table("Headline figures", "", *names, numbers=tuple(names))
    for label, values in _lines(found):
        if label.startswith("receivable"):
            made.add_section()
        made.add_row(label, *(escape(value) for value in values))
    show(made)
    for one in found:
        if one.data_mark:
            say(one.data_mark)


def _lines(found: list[Headline]) -> list[tuple[str, list[str]]]:
    return [
        ("from", [day(one.first_on) for one in found]),
        ("as of", [day(one.as_of_on) for one in found]),
        ("active accounts", [f"{one.accounts:,}" for one in found]),
        ("billed", [usd(one.billed_usd) for one in found]),
        ("collected", [usd(one.collected_usd) for one in found]),
        ("receivable", [usd(one.receivable_usd) for one in found]),
        *((f"  {age}", [usd(one.by_age[place]) for one in found]) for place, age in enumerate(AGES)),
        ("  over 90 days past due", [_percent(one.over_90_pct) for one in found]),
        ("ties to the books", [_books(one) for one in found]),
    ]


def _percent(share: Decimal | None) -> str:
    return "-" if share is None else f"{share:.1f} % of what is open"


def _books(one: Headline) -> str:
    if one.books_on is None or one.books_difference_usd is None:
        return "no books loaded"
    if one.books_difference_usd == 0:
        return f"to the cent, {day(one.books_on)}"
    return f"differs by {one.books_difference_usd:,}, {day(one.books_on)}"
