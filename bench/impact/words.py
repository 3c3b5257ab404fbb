"""Numbers and tables as the page writes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def or_dash(value: float | None, write: Callable[[float], str]) -> str:
    """A value, or a dash where there is none."""
    return "–" if value is None else write(value)


def usd(value: float) -> str:
    """Whole dollars."""
    return f"{'−' if round(value) < 0 else ''}${abs(value):,.0f}"


def usd_off(value: float) -> str:
    """Whole dollars above or below something."""
    return usd(value) if round(value) <= 0 else f"+{usd(value)}"


def percent_off(share: float) -> str:
    """Percent above or below something."""
    return f"{share:+.1%}".replace("-", "−")


def percent(share: float) -> str:
    """A share, whole percent."""
    return f"{share:.0%}"


def markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; numbers stand to the right, the first column to the left."""
    rule = ["---", *["---:"] * (len(heads) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, rule, *rows))


def listed(names: Sequence[str]) -> str:
    """Names in a sentence."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
