"""Rates that were tried and named: files of the workspace, `scenarios/<utility>/<name>.yml`.

A name that a person types never becomes a path: the file is called by a slug of a few plain letters, and the
name stands in the file. Reading trusts nothing: a file that says no scenario is told, not opened.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from dashboards import scenario_files
from dashboards.rate_edits import NUMBER, checked
from dashboards.rates import Price, Prices
from dashboards.scenario_files import CODE, LONGEST_NAME, slug
from ratehouse.workspace import Workspace

__all__ = ["LONGEST_NAME", "Scenario", "delete", "named", "save", "saved", "slug"]

NUMBERS = ("upper_bound", "unit_rate_usd", "cap_quantity")


@dataclass(frozen=True)
class Scenario:
    """Rates for a class, and on what they were tried.

    Attributes:
        name: as it was typed.
        utility_id: whose.
        service: the service.
        fiscal_year: the year whose bills are priced.
        tariff_class: the class whose prices these are.
        effective_from_on: the version that was edited.
        is_all_year: whether every version in force in the year has these prices, or only the edited one.
        prices: the class's prices.
        saved_by: the user of the machine.
        saved_at: when, ISO format in UTC.
        build_id: the build that it was priced on.
        revenue_usd: what the service would have brought, on that build.
    """

    name: str
    utility_id: str
    service: str
    fiscal_year: int
    tariff_class: str
    effective_from_on: date
    is_all_year: bool
    prices: Prices
    build_id: str
    revenue_usd: Decimal
    saved_by: str = ""
    saved_at: str = ""

    @property
    def slug(self) -> str:
        """What its file is called."""
        return slug(self.name)


def save(workspace: Workspace, scenario: Scenario) -> str:
    """Writes a scenario under its name, with who saved it and when; never over another one.

    Returns:
        Its slug.

    Raises:
        UsageError: the name is empty, too long or taken, or the folder cannot be written.
    """
    name = scenario_files.checked_name(scenario.name)
    document = asdict(scenario) | {"name": name, **scenario_files.stamp()} | {
        "revenue_usd": str(scenario.revenue_usd),
        "prices": [_written(price) for price in scenario.prices],
    }  # fmt: skip
    scenario_files.write(
        scenario_files.file(workspace, scenario.utility_id, slug(name)), name, document,
        "Rates that were tried on the page Rate design. It reads and deletes this file.",
    )  # fmt: skip
    return slug(name)


def named(scenario: Scenario, name: str) -> Scenario:
    """The scenario under a name."""
    return replace(scenario, name=name.strip())


def delete(workspace: Workspace, utility_id: str, key: str) -> None:
    """Removes a scenario; one that is gone already stays gone."""
    scenario_files.file(workspace, utility_id, key).unlink(missing_ok=True)


def saved(workspace: Workspace, utility_id: str) -> tuple[dict[str, Scenario], list[str]]:
    """The utility's scenarios by slug, oldest first, and what is wrong with files that say none."""
    found, problems = scenario_files.read_all(workspace, utility_id, lambda path: _read(path, utility_id))
    return {one.slug: one for one in sorted(found, key=lambda one: (one.saved_at, one.name))}, problems


def _read(path: Path, utility_id: str) -> Scenario:
    document = scenario_files.document(path)
    values = {field.name: document[field.name] for field in fields(Scenario)}
    scenario = Scenario(**values | {
        "prices": checked(tuple(_price(price) for price in values["prices"])),
        "revenue_usd": Decimal(str(values["revenue_usd"])),
    })  # fmt: skip
    texts = (scenario.name, scenario.build_id, scenario.saved_by, scenario.saved_at)
    codes = (scenario.service, scenario.tariff_class)
    if (
        scenario.utility_id != utility_id
        or scenario.slug != path.stem
        or not all(isinstance(text, str) for text in texts)
        or not all(CODE.fullmatch(code) for code in codes)
        or type(scenario.effective_from_on) is not date
        or type(scenario.fiscal_year) is not int
        or type(scenario.is_all_year) is not bool
        or not scenario.revenue_usd.is_finite()
    ):
        raise ValueError("not of this place, or of the wrong kind")
    return scenario


def _written(price: Price) -> dict[str, object]:
    """A price with its numbers as text: exact, and no reader takes them for floats."""
    return {
        key: str(value) if key in NUMBERS and value is not None else value
        for key, value in asdict(price).items()
    }


def _price(row: dict) -> Price:
    def exact(key: str) -> Decimal | None:
        if row[key] is None and key != "unit_rate_usd":
            return None
        if not isinstance(row[key], str) or not NUMBER.fullmatch(row[key]):
            raise ValueError(f"{key} is no number as text")
        return Decimal(row[key])

    price = Price(**row | {key: exact(key) for key in NUMBERS})
    texts = (price.component, price.component_kind, price.meter_size, price.season, price.unit, price.basis)
    if not all(isinstance(text, str) for text in texts) or type(price.block_no) is not int:
        raise ValueError("a price of the wrong kind")
    return price
