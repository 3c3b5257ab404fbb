"""Random numbers that belong to an account and a purpose, never to a position in a stream.

A draw is a hash of (seed, purpose, moment, key). So account 17 has the same luck whether the city has 100
accounts or 57,000, and a run without an event meets the same people with the same luck as the run with it: a
branch that is not taken uses up nothing.
"""

from __future__ import annotations

import zlib

import numpy as np

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_SHIFT_1, _SHIFT_2, _SHIFT_3 = np.uint64(30), np.uint64(27), np.uint64(31)
_WORD = 0xFFFFFFFFFFFFFFFF
_SPARE_BITS = np.uint64(11)  # a float64 holds 53
_STEP = 1.0 / 2**53


def _mix(values: np.ndarray) -> np.ndarray:
    """The finalizer of SplitMix64, in place: every bit of the input moves every bit of the output."""
    values ^= values >> _SHIFT_1
    values *= _MIX_1
    values ^= values >> _SHIFT_2
    values *= _MIX_2
    values ^= values >> _SHIFT_3
    return values


def _mix_one(value: int) -> int:
    """`_mix` of one number: most draws have one moment, and a whole number of Python beats an array."""
    value &= _WORD
    value = ((value ^ (value >> 30)) * int(_MIX_1)) & _WORD
    value = ((value ^ (value >> 27)) * int(_MIX_2)) & _WORD
    return value ^ (value >> 31)


class Draws:
    """All randomness of one run, from one seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed & _WORD
        self._salts: dict[str, int] = {}

    def _salt(self, purpose: str) -> int:
        """What sets one purpose apart from every other."""
        if purpose not in self._salts:
            self._salts[purpose] = _mix_one(zlib.crc32(purpose.encode()) * int(_GOLDEN) + self._seed)
        return self._salts[purpose]

    def uniform(self, purpose: str, keys: np.ndarray, moment: int | np.ndarray = 0) -> np.ndarray:
        """Uniform numbers in [0, 1).

        Args:
            purpose: what is decided; another purpose is another draw.
            keys: integers that name who it is decided for, shape (n,).
            moment: when, for what is decided again and again: one number or shape (n,).

        Returns:
            float64, shape (n,): element i depends on `keys[i]` and `moment` only.
        """
        salt = self._salt(purpose)
        # Arrays of at least one dimension wrap around silently, which is what a hash wants.
        hashed = np.asarray(keys).astype(np.uint64)
        hashed *= _GOLDEN
        if isinstance(moment, np.ndarray) and len(moment) and (moment == moment[0]).all():
            moment = moment[0]  # nearly always one statement's month
        if np.ndim(moment):
            moments = np.asarray(moment).astype(np.uint64)
            moments *= _GOLDEN
            moments += np.uint64(salt)
            hashed += _mix(moments)
        else:
            hashed += np.uint64(_mix_one(int(moment) * int(_GOLDEN) + salt))
        _mix(hashed)
        hashed >>= _SPARE_BITS
        return hashed * _STEP

    def normal(self, purpose: str, keys: np.ndarray, moment: int | np.ndarray = 0) -> np.ndarray:
        """Standard normal numbers (Box and Muller), shape (n,), under the same promise as `uniform`."""
        radius = np.sqrt(-2.0 * np.log1p(-self.uniform(purpose + "/radius", keys, moment)))
        return radius * np.cos(2.0 * np.pi * self.uniform(purpose + "/angle", keys, moment))

    def whole(self, purpose: str, keys: np.ndarray, low: int, high: int, moment: int | np.ndarray = 0):
        """Whole numbers from `low` through `high`, int64, shape (n,)."""
        return low + np.floor(self.uniform(purpose, keys, moment) * (high - low + 1)).astype(np.int64)
