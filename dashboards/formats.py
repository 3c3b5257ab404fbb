"""How a value reads, by the suffix of its column: money, shares, counts and dates look the same everywhere.

Money arrives as Decimal and stays exact: it is cut to what is shown by decimal rounding, never through a
float.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

MINUS = "\N{MINUS SIGN}"
UNKNOWN = "\N{EN DASH}"
THIN = "\N{NO-BREAK SPACE}"
CENT = Decimal("0.01")
MILLION = Decimal(1_000_000)


def _signed(text: str, is_negative: bool) -> str:
    return f"{MINUS}{text}" if is_negative else text


def _rounded(value: Decimal, step: Decimal) -> Decimal:
    return Decimal(value).quantize(step, rounding=ROUND_HALF_UP)


def usd(value: Decimal | None) -> str:
    """To the cent: `$1,234.56`."""
    if value is None:
        return UNKNOWN
    cents = _rounded(value, CENT)
    return _signed(f"${abs(cents):,.2f}", cents < 0)


def amount(value: Decimal | None) -> str:
    """In a table whose header names the unit: `1,234.56`; nothing is `0`."""
    if value is None:
        return UNKNOWN
    return "0" if value == 0 else usd(value).replace("$", "")


def usd_whole(value: Decimal | None) -> str:
    """To the dollar, for totals: `$1,234,567`."""
    if value is None:
        return UNKNOWN
    dollars = _rounded(value, Decimal(1))
    return _signed(f"${abs(dollars):,}", dollars < 0)


def usd_tile(value: Decimal | None) -> str:
    """Short, for tiles: `$1.2 M` from a million on, `$445,695` below."""
    if value is None:
        return UNKNOWN
    millions = _rounded(Decimal(value) / MILLION, Decimal("0.1"))
    if abs(millions) < 1:
        return usd_whole(value)
    return _signed(f"${abs(millions):,}{THIN}M", millions < 0)


def usd_change(value: Decimal | None) -> str:
    """To the cent with its sign: `+$12.00`."""
    if value is None:
        return UNKNOWN
    return f"+{usd(value)}" if value > 0 else usd(value)


def pct(value: Decimal | None) -> str:
    """A percentage that is already in percent: `12.3 %`."""
    if value is None:
        return UNKNOWN
    tenths = _rounded(value, Decimal("0.1"))
    return _signed(f"{abs(tenths)}{THIN}%", tenths < 0)


def share(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """What percentage `part` is of `whole`; None where there is no whole."""
    if part is None or not whole:
        return None
    return Decimal(part) * 100 / Decimal(whole)


def rate(value: Decimal | None) -> str:
    """A price exactly as adopted, with two decimals at least: `$5.11`, `$0.126806`."""
    if value is None:
        return UNKNOWN
    text = quantity(abs(value))
    decimals = len(text.partition(".")[2])
    text += ("." if not decimals else "") + "0" * (2 - decimals)
    return _signed(f"${text}", value < 0)


def quantity(value: Decimal | None) -> str:
    """An exact quantity without zeros at its end: `8`, `6.02`, `1,250`."""
    if value is None:
        return UNKNOWN
    text = f"{abs(value):,f}"
    return _signed(text.rstrip("0").rstrip(".") if "." in text else text, value < 0)


def tenths(value: Decimal | None) -> str:
    """A number to one decimal: `31.5`."""
    return UNKNOWN if value is None else _signed(f"{abs(_rounded(value, Decimal('0.1'))):,}", value < 0)


def count(value: int | None) -> str:
    """A whole number: `57,000`."""
    return UNKNOWN if value is None else _signed(f"{abs(value):,}", value < 0)


def plural(value: int, noun: str) -> str:
    """A count with its noun: `1 row`, `2 rows`."""
    return f"{count(value)} {noun}" if value == 1 else f"{count(value)} {noun}s"


def day(value: date | None) -> str:
    """A day: `30 Jun 2021`."""
    return UNKNOWN if value is None else f"{value.day} {value:%b %Y}"


def month(value: date | None) -> str:
    """A month: `Dec 2020`."""
    return UNKNOWN if value is None else f"{value:%b %Y}"


def moment(value: datetime | str | None) -> str:
    """A time to the minute: `1 Jul 2021, 06:12`."""
    if value is None:
        return UNKNOWN
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return f"{day(value)}, {value:%H:%M}"


def plain(value: object) -> str:
    """Text, or a dash where there is none."""
    return UNKNOWN if value is None else str(value)


def yes_no(value: bool | None) -> str:
    """A switch in words."""
    return UNKNOWN if value is None else ("yes" if value else "no")


BY_SUFFIX: dict[str, Callable[..., str]] = {
    "_rate_usd": rate,
    "_quantity": quantity,
    "_usd": amount,
    "_pct": pct,
    "_count": count,
    "_days": count,
    "_past_due": count,
    "_on": day,
    "_at": moment,
}


def formatter(column: str) -> Callable[..., str]:
    """The function that writes the values of a column."""
    if column.startswith(("is_", "has_")):
        return yes_no
    return next((function for suffix, function in BY_SUFFIX.items() if column.endswith(suffix)), plain)


def is_numeric(column: str) -> bool:
    """Whether a column is aligned to the right."""
    return column.endswith(("_usd", "_quantity", "_pct", "_count", "_days", "_past_due"))
