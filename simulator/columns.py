"""Whole arrays to Arrow columns, without a Python object a row: money, dates, codes and identifiers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

MONEY = pa.decimal128(18, 2)
QUANTITY = pa.decimal128(18, 6)


def _bitmap(present: np.ndarray | None) -> pa.Buffer | None:
    """Arrow's validity bits of a Boolean array; None where nothing is missing."""
    return None if present is None else pa.py_buffer(np.packbits(present, bitorder="little"))


def _decimal(scaled: np.ndarray, kind: pa.DataType, present: np.ndarray | None) -> pa.Array:
    """A decimal column of whole numbers that are already scaled."""
    halves = np.empty((len(scaled), 2), np.int64)
    halves[:, 0] = scaled
    halves[:, 1] = halves[:, 0] >> 63  # the sign fills the upper half of the 128 bits
    return pa.Array.from_buffers(kind, len(scaled), [_bitmap(present), pa.py_buffer(halves)])


def money(cents: np.ndarray, present: np.ndarray | None = None) -> pa.Array:
    """Integer cents as dollars with two decimals."""
    return _decimal(cents, MONEY, present)


def quantity(micros: np.ndarray, present: np.ndarray | None = None) -> pa.Array:
    """Integer millionths as a decimal with six places."""
    return _decimal(micros, QUANTITY, present)


def dates(days: np.ndarray, present: np.ndarray | None = None) -> pa.Array:
    """Day numbers as dates."""
    numbers = np.ascontiguousarray(days, np.int32)
    return pa.Array.from_buffers(pa.date32(), len(numbers), [_bitmap(present), pa.py_buffer(numbers)])


def integers(values: np.ndarray, present: np.ndarray | None = None) -> pa.Array:
    """Small whole numbers."""
    numbers = np.ascontiguousarray(values, np.int32)
    return pa.Array.from_buffers(pa.int32(), len(numbers), [_bitmap(present), pa.py_buffer(numbers)])


def texts(values: list[str] | tuple[str, ...]) -> pa.Array:
    """A few strings; built from bytes, because `pa.array` would import pandas for them."""
    encoded = [value.encode() for value in values]
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(encoded), buffers)


def codes(values: np.ndarray, words: tuple[str, ...]) -> pa.Array:
    """Words by their number; a negative number is missing."""
    numbers = np.asarray(values)
    present = numbers >= 0
    return texts(words).take(integers(np.maximum(numbers, 0), None if present.all() else present))


def words(values: np.ndarray) -> pa.Array:
    """Repeated words, from an array of strings; an empty one is missing."""
    known, numbers = np.unique(values, return_inverse=True)
    return codes(np.where(known == "", -1, np.arange(len(known)))[numbers], tuple(map(str, known)))


def constant(value: str | None, count: int) -> pa.Array:
    """The same word in every row."""
    return pa.nulls(count, pa.string()) if value is None else codes(np.zeros(count, np.int64), (value,))


def booleans(values: np.ndarray) -> pa.Array:
    """True and false."""
    bits = pa.py_buffer(np.packbits(np.asarray(values, bool), bitorder="little"))
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, bits])


def identifiers(
    letters: np.ndarray | str, numbers: np.ndarray, width: int, present: np.ndarray | None = None
) -> pa.Array:
    """Fixed-width identifiers: a letter and a number with leading zeros.

    Args:
        letters: one letter for all, an array of letters as bytes (uint8), or an empty text for none.
        numbers: not negative, shape (n,).
        width: digits of the number; more digits than that would not be unique, so they raise.
        present: where False, the identifier is missing.

    Returns:
        Strings of `width` characters, one more with a letter.
    """
    numbers = np.asarray(numbers, np.int64)
    if len(numbers) and int(numbers.max()) >= 10**width:
        raise ValueError(f"an identifier does not fit in {width} digits: {int(numbers.max())}")
    lead = 0 if isinstance(letters, str) and not letters else 1
    text = np.empty((len(numbers), lead + width), np.uint8)
    if lead:
        text[:, 0] = ord(letters) if isinstance(letters, str) else letters
    rest = numbers.copy()
    for place in range(width - 1, -1, -1):
        rest, digit = np.divmod(rest, 10)
        text[:, lead + place] = digit + ord("0")
    offsets = np.arange(len(numbers) + 1, dtype=np.int32) * (lead + width)
    return pa.Array.from_buffers(
        pa.string(), len(numbers), [_bitmap(present), pa.py_buffer(offsets), pa.py_buffer(text)]
    )
