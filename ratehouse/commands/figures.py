"""The headline figures on the screen."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from rich.markup import escape

from ratehouse.commands.console import counted, day, say, show, table, usd
from ratehouse.headline import AGES, Headline, headlines


def print_headlines(database: Path) -> None:
    """One column per utility, and below it the sentence that simulated data carries."""
    found = headlines(database)
    if not found:
        return
    names = [one.name for one in found]
    made = table("Headline figures", "", *names, numbers=tuple(names))
    for label, values in _lines(found):
        if label in ("receivable", "bills recomputed"):
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
        ("bills recomputed", [f"{one.bills:,}" for one in found]),
        ("  without a mistake", [f"{one.bills - one.wrong_bills:,}" for one in found]),
        ("  with a mistake", [_beside(one.wrong_bills, one.at_stake_usd, "at stake") for one in found]),
        ("never billed", [_beside(one.never_billed, one.missed_usd, "missed") for one in found]),
        ("earned, not yet billed", [usd(one.unbilled_usd) for one in found]),
    ]


def _beside(number: int, amount: Decimal, word: str) -> str:
    return f"{number:,}; {usd(amount)} {word}"


def _percent(share: Decimal | None) -> str:
    return "-" if share is None else f"{share:.1f} % of what is open"


def _books(one: Headline) -> str:
    if one.books_on is None or one.books_difference_usd is None:
        return "no books loaded"
    # Two lines, so that a narrow screen does not break the date.
    if not one.months_differing:
        return f"to the cent,\n{day(one.books_on)}"
    differ = "differs" if one.months_differing == 1 else "differ"
    months = counted(one.months_differing, "month")
    return f"{months} {differ};\nby ${one.books_difference_usd:,} on {day(one.books_on)}"
