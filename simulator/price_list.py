"""The price list: what each service costs from which day on, read from the city's tariff files.

How the files are written is told in `docs/policy.md`. Rates become whole millionths of a dollar, bounds whole
hundredths of their unit, and every component a table by tariff class, so that a day's bills are priced at
once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from simulator.calendars import EPOCH, date_of
from simulator.cities import CLASSES, METER_SIZES, SERVICES

UTILITIES = Path(__file__).parents[1] / "data" / "utilities"
MICRO = 1_000_000
OPEN = 2**40  # hundredths: the last block has no upper bound
CODES = (
    "base",
    "demand",
    "volume",
    "minimum",
    "fire_protection",
    "surcharge",
    "pilot",
    "franchise",
    "tax",
    "discount",
    "loan",
    "deposit",
)
UNITS = ("month", "kwh", "ccf", "kw", "usd")
# The customer classes, and those that a home belongs to by whether it has a winter average (R02, R03).
TARIFF_CLASSES = (*CLASSES, "residential_new", "residential_established")
NEW_HOME, ESTABLISHED_HOME = len(CLASSES), len(CLASSES) + 1


@dataclass(frozen=True)
class Part:
    """One component of a tariff, for all classes.

    Attributes:
        kind: `fixed`, `blocks`, `demand` or `percent`.
        code: number of the charge code.
        unit: number of the unit.
        has: whether a class has it, shape (classes,).
        rates: millionths of a dollar, of a percentage millionths of one; shape (classes, meter sizes) for
            `fixed`, else (classes, blocks).
        bounds: inclusive upper bounds of the blocks in hundredths for one month, shape (classes, blocks).
        cap: hundredths that are priced at most in one month, shape (classes,).
        is_average: whether the winter average counts, shape (classes,).
    """

    kind: str
    code: int
    unit: int
    has: np.ndarray
    rates: np.ndarray
    bounds: np.ndarray
    cap: np.ndarray
    is_average: np.ndarray


@dataclass(frozen=True)
class Version:
    """A tariff file: what a service costs from a day on.

    Attributes:
        first: the first day.
        by_usage: whether that is a day of use, else a bill date.
        classes: components by tariff class.
    """

    first: int
    by_usage: bool
    classes: dict[str, list[dict[str, Any]]]
    _parts: dict[tuple, tuple[Part, ...]] = field(default_factory=dict, repr=False)

    @property
    def splits_homes(self) -> bool:
        """Whether homes are priced by whether they have a winter average."""
        return TARIFF_CLASSES[NEW_HOME] in self.classes

    def parts(self, on: int) -> tuple[Part, ...]:
        """The components with the prices of a day's season, in the order in which they stand on a bill."""
        date = date_of(on)
        today = f"{date.month:02d}-{date.day:02d}"
        chosen = {
            name: [_of_season(component, today) for component in components]
            for name, components in self.classes.items()
        }
        key = tuple(component.get("season", "") for part in chosen.values() for component in part)
        if key not in self._parts:
            self._parts[key] = _tables(chosen)
        return self._parts[key]


def _of_season(component: dict[str, Any], today: str) -> dict[str, Any]:
    """A component with the blocks of the season that a day, `MM-DD`, falls in."""
    for season in component.get("seasons", ()):
        first, last = season["season"].split("/")
        is_in = first <= today <= last if first <= last else today >= first or today <= last
        if is_in:
            return {**component, "kind": "blocks", **season}
    return component


def _micro(rate: str) -> int:
    return int(Decimal(rate) * MICRO)


def _tables(classes: dict[str, list[dict[str, Any]]]) -> tuple[Part, ...]:
    """The components of all classes, one table for each code."""
    by_code: dict[str, dict[int, dict[str, Any]]] = {}
    for name, components in classes.items():
        for component in components:
            by_code.setdefault(component["component"], {})[TARIFF_CLASSES.index(name)] = component
    parts = [_part(CODES.index(code), of_class) for code, of_class in by_code.items()]
    # A percentage needs all that it is taken of.
    return tuple(sorted(parts, key=lambda part: (part.kind == "percent", part.code)))


def _part(code: int, of_class: dict[int, dict[str, Any]]) -> Part:
    """The table of one component."""
    first = next(iter(of_class.values()))
    kind, width = first["kind"], len(METER_SIZES)
    if kind == "blocks":
        width = max(len(component["blocks"]) for component in of_class.values())
    count = len(TARIFF_CLASSES)
    has, is_average = np.zeros(count, bool), np.zeros(count, bool)
    rates = np.zeros((count, width), np.int64)
    bounds, cap = np.full((count, width), OPEN), np.full(count, OPEN)
    for row, component in of_class.items():
        has[row] = True
        is_average[row] = component.get("basis") == "winter_average"
        if "cap" in component:
            cap[row] = int(Decimal(component["cap"]) * 100)
        if kind == "blocks":
            for column, block in enumerate(component["blocks"]):
                rates[row, column] = _micro(block["rate"])
                if "up_to" in block:
                    bounds[row, column] = int(Decimal(block["up_to"]) * 100)
        elif "by_meter_size" in component:
            rates[row] = [_micro(component["by_meter_size"][size]) for size in METER_SIZES]
        else:
            rates[row] = _micro(component["rate"]) // (100 if kind == "percent" else 1)
    unit = "usd" if kind == "percent" else first["unit"]
    return Part(kind, code, UNITS.index(unit), has, rates, bounds, cap, is_average)


@cache
def price_list(utility_id: str) -> dict[int, tuple[Version, ...]]:
    """The tariffs of a city by number of the service, oldest first.

    Raises:
        ValueError: a tariff says something that is not priced here; the message says where and what.
    """
    services: dict[int, tuple[Version, ...]] = {}
    for folder in sorted((UTILITIES / utility_id / "tariffs").iterdir()):
        versions = tuple(_version(path) for path in sorted(folder.glob("*.yml")))
        if len({version.by_usage for version in versions}) > 1:
            raise ValueError(f"{folder}: effective_on differs between the files; give all the same")
        services[SERVICES.index(folder.name)] = versions
    return services


def _version(path: Path) -> Version:
    """One file."""
    tariff = yaml.safe_load(path.read_text(encoding="utf-8"))
    by_usage = tariff["effective_on"] == "usage"
    classes = {}
    for name in tariff["classes"]:
        if name not in TARIFF_CLASSES:
            continue  # a class that no simulated account is in
        entry = tariff["classes"][name]
        components = tariff["classes"][entry["same_as"]] if "same_as" in entry else entry
        classes[name] = components["components"]
        for component in classes[name]:
            kinds = ("fixed", "blocks", "demand", "percent", *(() if by_usage else ("seasonal_blocks",)))
            if component["kind"] not in kinds or component["component"] not in CODES:
                what = f"{component['component']} of kind {component['kind']}"
                raise ValueError(f"{path}: the simulator has no price for {what}")
    return Version((tariff["effective_from"] - EPOCH).days, by_usage, classes)
