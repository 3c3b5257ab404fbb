"""Tariff files: every kind of component arrives as it was written; what no bill could follow is refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from ingest.policy import STARTER, load_policy, validate_policy
from ratehouse.warehouse import connect
from ratehouse.workspace import Workspace
from tests.support.new_city import start_city, write_tariff

STARTER_TARIFF = STARTER / "tariffs" / "water" / "2010-01-01.yml"

EVERY_KIND = """
service: electric
effective_from: 2010-01-01
effective_on: bill
rounding: half_up_cents_per_bill
source: Ordinance 100
classes:
  residential:
    components:
      - {component: base, kind: fixed, unit: month, rate: "14.50"}
      - component: volume
        kind: seasonal_blocks
        unit: kwh
        basis: actual
        seasons:
          - {season: 06-01/09-30, blocks: [{rate: "0.15"}]}
          - {season: 10-01/05-31, blocks: [{up_to: "600", rate: "0.13"}, {rate: "0.095125"}]}
  industrial:
    components:
      - {component: base, kind: fixed, unit: month, by_meter_size: {"1": "30", "2": "45.50"}}
      - {component: volume, kind: blocks, unit: kwh, basis: actual, cap: "90000", blocks: [{up_to: "1000.5", rate: "0.1"}, {rate: "0.08"}]}
      - {component: demand, kind: demand, unit: kva, rate: "7.71"}
      - {component: minimum, kind: minimum, unit: month, rate: "50"}
      - {component: discount, kind: discount, unit: percent, rate: "12.5", cap: "40", assumed: true}
      - {component: tax, kind: percent, unit: percent, basis: service_charges, rate: "4.225"}
  commercial: {same_as: industrial, assumed: true}
  irrigation: {same_as: residential}
  municipal: {same_as: residential}
"""  # noqa: E501


def _city(root: Path, service: str) -> Workspace:
    """The starter of a city with one service, without its tariff."""
    workspace = Workspace.at(root)
    start_city(workspace, "springfield", service)
    return workspace


def _write(workspace: Workspace, service: str, day: str, text: str) -> None:
    write_tariff(workspace.utilities / "springfield", service, day, text)


def _told(workspace: Workspace) -> list[str]:
    return [str(problem) for problem in validate_policy(workspace.utilities / "springfield")]


def _loaded(workspace: Workspace, columns: str) -> list[tuple]:
    load_policy(workspace, "springfield")
    with connect(workspace.raw_database, read_only=True) as connection:
        return connection.execute(f"SELECT {columns} FROM policy_tariff_components").fetchall()


def test_every_kind_of_component_arrives_as_it_was_written(tmp_path: Path) -> None:
    workspace = _city(tmp_path, "electric")
    _write(workspace, "electric", "2010-01-01", EVERY_KIND)
    assert _told(workspace) == []
    columns = "customer_class, component, kind, unit, rate_usd, block, up_to, cap, basis, meter_size, season"
    rows = _loaded(workspace, f"{columns}, is_assumed")

    def of(name: str) -> set[tuple]:
        return {row[1:] for row in rows if row[0] == name}

    def row(component: str, kind: str, unit: str, rate: str, *rest: object) -> tuple:
        given = [*rest, *[None] * (6 - len(rest))]
        return (component, kind, unit, Decimal(rate), *given, False)

    winter = ("volume", "seasonal_blocks", "kwh")
    assert of("residential") == {
        row("base", "fixed", "month", "14.50"),
        row(*winter, "0.15", 1, None, None, "actual", None, "06-01/09-30"),
        row(*winter, "0.13", 1, Decimal(600), None, "actual", None, "10-01/05-31"),
        row(*winter, "0.095125", 2, None, None, "actual", None, "10-01/05-31"),
    }
    industrial = {
        row("base", "fixed", "month", "30", None, None, None, None, "1"),
        row("base", "fixed", "month", "45.50", None, None, None, None, "2"),
        row("volume", "blocks", "kwh", "0.1", 1, Decimal("1000.5"), Decimal(90000), "actual"),
        row("volume", "blocks", "kwh", "0.08", 2, None, Decimal(90000), "actual"),
        row("demand", "demand", "kva", "7.71"),
        row("minimum", "minimum", "month", "50"),
        row("discount", "discount", "percent", "12.5", None, None, Decimal(40))[:-1] + (True,),
        row("tax", "percent", "percent", "4.225", None, None, None, "service_charges"),
    }
    assert of("industrial") == industrial
    assert of("commercial") == {(*one[:-1], True) for one in industrial}, "same_as, and assumed to be so"
    assert of("municipal") == of("irrigation") == of("residential")
    assert _loaded(workspace, "DISTINCT effective_on, rounding") == [("bill", "half_up_cents_per_bill")]


# fmt: off
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("half_up_cents_per_bill", "half_up_cents", "rounding: 'half_up_cents' is not one of"),
        ('rate: "12.5"', 'rate: "112.5"', "discount of 112.5 percent is more than the bill"),
        ("component: discount", "component: tax", "a component appears twice"),
        ("component: demand, kind: demand, unit: kva", "component: other, kind: minimum, unit: month",
         "two components are of the kind minimum"),
        ("unit: kva", "unit: kwh", "industrial.components.demand.unit"),
        ("blocks, unit: kwh", "blocks, unit: ccf", "volume.unit: electric is not sold by the ccf"),
        ("06-01/09-30", "06-01/08-31", "the seasons leave out days"),
    ],
)
# fmt: on
def test_a_mistake_in_a_tariff_is_told(tmp_path: Path, old: str, new: str, words: str) -> None:
    workspace = _city(tmp_path, "electric")
    assert EVERY_KIND.count(old) == 1
    _write(workspace, "electric", "2010-01-01", EVERY_KIND.replace(old, new))
    told = _told(workspace)
    assert any(words in problem for problem in told), told


def test_all_blocks_of_a_service_are_in_one_unit_and_hold_by_one_day(tmp_path: Path) -> None:
    workspace = _city(tmp_path, "water")
    starter = STARTER_TARIFF.read_text()
    _write(workspace, "water", "2010-01-01", starter)
    later = starter.replace("2010-01-01", "2024-07-01")
    _write(workspace, "water", "2024-07-01", later)
    assert _told(workspace) == []
    other = later.replace("unit: ccf", "unit: kgal").replace("effective_on: usage", "effective_on: bill")
    _write(workspace, "water", "2024-07-01", other)
    old, new = "tariffs/water/2010-01-01.yml", "tariffs/water/2024-07-01.yml"
    volume = "classes.residential.components.volume"
    assert _told(workspace) == [
        f"{new}: {volume}.unit: the blocks are in kgal, and those of {old}: {volume} in ccf. "
        "Write all blocks of a service in one unit; reads in another are converted.",
        f"{new}: effective_on: the rates hold by bill, and those of {old} by usage. "
        "Write the same in all files of the service, so that a bill between them has one price.",
    ]
    own = "\n".join([
        "  commercial:",
        "    components:",
        '      - {component: volume, kind: blocks, unit: gal, basis: actual, blocks: [{rate: "0.01"}]}',
        '      - {component: surcharge, kind: blocks, unit: kwh, basis: actual, blocks: [{rate: "0.01"}]}',
        "",
    ])  # fmt: skip
    _write(workspace, "water", "2024-07-01", later.replace("  commercial: {same_as: residential}\n", own))
    in_gallons, in_kwh = sorted(_told(workspace), key=lambda problem: "kwh" in problem)
    assert "commercial.components.volume.unit: the blocks are in gal, and those of" in in_gallons
    assert "commercial.components.surcharge.unit: water is not sold by the kwh" in in_kwh


@pytest.mark.parametrize(("decimals", "is_fine"), [("0", True), ("3", True), ("4", False), ('"2"', False)])
def test_decimals_of_converted_use_are_a_rule(tmp_path: Path, decimals: str, is_fine: bool) -> None:
    workspace = _city(tmp_path, "water")
    path = workspace.utilities / "springfield" / "policies.yml"
    text = path.read_text()
    line = "converted_usage_decimals: {value: 2,"
    assert line in text
    path.write_text(text.replace(line, line.replace("2", decimals)))
    told = [problem for problem in _told(workspace) if "billing.converted_usage_decimals" in problem]
    assert (told == []) is is_fine
    if is_fine:
        load_policy(workspace, "springfield")
        with connect(workspace.raw_database, read_only=True) as connection:
            query = "SELECT value FROM policy_rules WHERE rule = 'billing.converted_usage_decimals'"
            assert connection.execute(query).fetchall() == [(decimals,)]


# ---- the starter shows every kind


def _examples() -> list[list[dict]]:
    """The components that the starter's tariff shows in comments."""
    _, shown = STARTER_TARIFF.read_text().split("A line of its own may name its own source.\n#\n")
    return yaml.safe_load("\n".join(line.removeprefix("#") for line in shown.splitlines()))


def test_the_starter_shows_every_kind_and_each_is_accepted(tmp_path: Path) -> None:
    tariff = yaml.safe_load(STARTER_TARIFF.read_text())
    own = tariff["classes"]["residential"]["components"]
    shown = {component["kind"] for component in [*own, *_examples()]}
    assert shown == {"fixed", "blocks", "seasonal_blocks", "demand", "minimum", "percent", "discount"}
    rules = (STARTER / "policies.yml").read_text()
    winter = rules[rules.index("# winter_average:") :].replace("\n# ", "\n").removeprefix("# ")
    classes = "tariff_classes: {residential_new: residential, residential_established: residential}\n"
    workspace = _city(tmp_path, "water")
    folder = workspace.utilities / "springfield"
    (folder / "policies.yml").write_text((folder / "policies.yml").read_text() + winter)
    (folder / "utility.yml").write_text((folder / "utility.yml").read_text() + classes)
    for component in _examples():
        others = [one for one in own if one["component"] != component["component"]]
        tariff["classes"]["residential"]["components"] = [*others, component]
        _write(workspace, "water", "2010-01-01", yaml.safe_dump(tariff))
        assert _told(workspace) == [], component
