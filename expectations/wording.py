"""Figures as they stand in a result: short, with their unit."""

from __future__ import annotations

from expectations.declare import Unit

UTILITIES_SHOWN = 4


def figure(value: float, unit: Unit) -> str:
    """A figure with its unit: `1,204 rows`, `2.13 %`, `12.5 %`, `$1,204.50`, `12 days`."""
    if unit == "share":
        percent = f"{100 * value:.3g}" if abs(value) < 0.1 else f"{100 * value:,.1f}".removesuffix(".0")
        return f"{percent} %"
    if unit == "cents":
        cents = int(value)
        return f"{'-' if cents < 0 else ''}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"
    if unit == "count":
        return f"{int(value):,}"
    word = {"rows": "rows", "found": "found", "days": "days"}[unit]
    return f"{int(value):,} {word[:-1] if unit != 'found' and int(value) == 1 else word}"


def of_rows(count: float, rows: float) -> str:
    """`3 of 1,204 rows`."""
    return f"{int(count):,} of {figure(rows, 'rows')}"


def against(value: float | None, other: float | None, unit: Unit) -> str:
    """`$10.00 against $12.00`."""
    words = ["nothing" if number is None else figure(number, unit) for number in (value, other)]
    return " against ".join(words)


def bounds(least: float | None, most: float | None, unit: Unit) -> str:
    """`expected at most 2.0 %`."""
    if least is not None and least == most:
        return f"expected {figure(least, unit)}"
    if least is not None and most is not None:
        return f"expected {figure(least, unit)} to {figure(most, unit)}"
    if most is not None:
        return f"expected at most {figure(most, unit)}"
    return f"expected at least {figure(least or 0, unit)}"


def per_utility(found: dict[str, str]) -> str:
    """`independence 0 of 12 rows, warrensburg 3 of 9 rows`; without the name where there is one only."""
    if len(found) == 1:
        return next(iter(found.values()))
    named = [f"{utility} {text}" for utility, text in found.items()]
    more = len(named) - UTILITIES_SHOWN
    return ", ".join(named[:UTILITIES_SHOWN]) + (f" and {more} more" if more > 0 else "")
