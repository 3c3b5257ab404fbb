"""Card and bank numbers never land: what passes the Luhn test is masked on arrival.

Keys, references and `trace` stay as they are (one trace number in ten passes the test by chance).
"""

from __future__ import annotations

import re
from collections.abc import Collection

SHORTEST, LONGEST = 13, 19
# The cheap question that SQL asks of whole columns; only what passes it comes to Python.
SUSPICIOUS = rf"[0-9](?:[ -]*[0-9]){{{SHORTEST - 1},}}"
_RUN = re.compile(SUSPICIOUS)
_GROUP = re.compile(r"[0-9]+")


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit that card numbers carry."""
    total = 0
    for place, character in enumerate(reversed(digits)):
        value = int(character)
        if place % 2:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total % 10 == 0


def mask(text: str, protected: Collection[str] = ()) -> tuple[str, int]:
    """The text with every card or bank number reduced to its last four digits, and how many there were.

    Args:
        text: what arrived.
        protected: values that stay even where they look like such a number: keys, references and traces.
    """
    if not _RUN.search(text):
        return text, 0
    spans = [span for run in _RUN.finditer(text) for span in _numbers_in(run, protected)]
    for start, end in reversed(spans):
        last_four = re.sub(r"[ -]", "", text[start:end])[-4:]
        text = f"{text[:start]}****{last_four}{text[end:]}"
    return text, len(spans)


def _numbers_in(run: re.Match[str], protected: Collection[str]) -> list[tuple[int, int]]:
    """Where the numbers stand in a run of digits, blanks and dashes.

    A date or a house number may stand right before a card number, so every sequence of whole groups of digits
    is tried,
    the longest first.
    """
    offset = run.start()
    groups = [(group.start() + offset, group.end() + offset) for group in _GROUP.finditer(run.group())]
    found: list[tuple[int, int]] = []
    first = 0
    while first < len(groups):
        last = next(
            (
                last
                for last in range(min(len(groups), first + LONGEST) - 1, first - 1, -1)
                if _is_number(run.string[groups[first][0] : groups[last][1]], protected)
            ),
            None,
        )
        if last is None:
            first += 1
            continue
        found.append((groups[first][0], groups[last][1]))
        first = last + 1
    return found


def _is_number(text: str, protected: Collection[str]) -> bool:
    if any(text in value for value in protected):
        return False
    digits = re.sub(r"[ -]", "", text)
    return SHORTEST <= len(digits) <= LONGEST and passes_luhn(digits)
