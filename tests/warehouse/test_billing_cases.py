"""Bills with known answers through the real path: YAML and extracts in, ingested, the bill audit out."""

from __future__ import annotations

import csv
import json
import re
import shutil
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml

from ingest.policy import load_policy
from ratehouse.workspace import PROJECT_ROOT, Workspace
from tests.support.ingesting import Desk
from tests.support.models import warehouse_on
from tests.support.new_city import Extracts, cents, charge, start_city, write_tariff

CASES = Path(__file__).parents[1] / "cases"
SEWER = list(csv.DictReader((CASES / "sewer_bills.csv").open()))
WATER = list(csv.DictReader((CASES / "water_bills_independence.csv").open()))
ELECTRIC = json.loads((CASES / "electric_tariffs.json").read_text())

# Warrensburg: reads on the 10th; winter reads of homes that were there, and the July that is billed.
WINTERS = {"est_564": ("5", "6", "4"), "est_566": ("5", "6", "6")}
JULY = (date(2016, 6, 10), date(2016, 7, 10))
OVER_THE_CAP = ("13", "40", "999")
# R10: 4,500 gallons are 6.02 ccf, and cost 9.00 + 2 x 2.70 + 4.02 x 5.11 = 34.94.
IN_OTHER_UNITS = {"gal": "4500", "kgal": "4.5", "cf": "602"}

OTHER_CLASSES = """
  volume_only:
    components:
      - {component: volume, kind: blocks, unit: kwh, basis: actual, blocks: [{rate: "0.10"}]}
  every_kind:
    components:
      - {component: base, kind: fixed, unit: month, rate: "30"}
      - {component: volume, kind: blocks, unit: kwh, basis: actual, blocks: [{rate: "0.10"}]}
      - {component: minimum, kind: minimum, unit: month, rate: "150"}
      - {component: discount, kind: discount, unit: percent, rate: "10", cap: "12"}
      - {component: tax, kind: percent, unit: percent, basis: service_charges, rate: "5"}
"""
ROUNDINGS = {"linetown": "half_up_cents_per_line", "billtown": "half_up_cents_per_bill"}


def _warrensburg() -> Extracts:
    city = Extracts()
    number = 0

    def home(
        name: str, kind: str, usage: str, usd: str = "34.94", unit: str = "ccf", winter: tuple[str, ...] = ()
    ) -> None:
        nonlocal number
        number += 1
        account = f"01{number:07d}"
        before = {date(2015, 12, 10): "3"} if winter else {date(2016, 6, 10): "0"}
        before |= {date(2016, month, 10): read for month, read in enumerate(winter, start=1)}
        city.account(account, kind, opened_on="2010-05-05" if winter else "2016-05-20", customer_id=name)
        city.meter(account, "water", unit, {**before, JULY[1]: usage})
        lines = [charge("sewer", "base", "9.00"), charge("sewer", "volume", Decimal(usd) - 9)]
        city.bill(name, account, JULY, date(2016, 7, 16), *lines)

    for case in SEWER:
        kind = "commercial" if case["customer_class"] == "commercial" else "residential"
        if case["basis"] == "winter_average":
            winter = WINTERS.get(case["case"], (case["usage_ccf"],) * 3)
            home(case["case"], kind, "14", winter=winter, usd=case["expected_usd"])
        else:
            home(case["case"], kind, case["usage_ccf"], usd=case["expected_usd"])
    for usage in OVER_THE_CAP:
        home(f"over_{usage}", "residential", usage, usd="45.06")
    for unit, usage in IN_OTHER_UNITS.items():
        home(unit, "residential", usage, unit=unit)
    return city


def _independence() -> Extracts:
    city = Extracts()
    for number, case in enumerate(WATER):
        changes_on = date.fromisoformat(case["effective_on"])
        account = f"0000{number}000"
        city.account(account, "residential")
        read_on = changes_on - timedelta(days=5)
        reads = {read_on - timedelta(days=30): "0", read_on: case["usage_ccf"]}
        reads[read_on + timedelta(days=30)] = case["usage_ccf"]
        city.meter(account, "water", "ccf", reads, meter_size=case["meter_size"])
        days = list(reads)
        # The day before the change has the year before's prices, and the next bill its own.
        bills = {"last": (days[:2], changes_on - timedelta(days=1), WATER[max(number - 1, 0)])}
        bills["first"] = (days[1:], changes_on + timedelta(days=28), case)
        for name, ((start, end), on, priced) in bills.items():
            over = int(priced["usage_ccf"]) - int(priced["included_ccf"])
            volume = cents(over * Decimal(priced["commodity_rate_usd_per_ccf"]))
            lines = [
                charge("water", "base", priced["minimum_charge_usd"]),
                charge("water", "volume", "0.00", priced["included_ccf"], "ccf"),
                charge("water", "volume", volume, over, "ccf"),
                charge("water", "fire_protection", priced["fire_protection_usd"]),
            ]
            city.bill(f"{name}-{case['effective_on']}", account, (start, end), on, *lines)
    return city


def _electric_class(case: dict) -> dict:
    """One of the cases' tariffs as a class."""
    bounds = [{"up_to": str(bound)} if bound < 1e38 else {} for bound in case["tier_upper_kwh"]]
    rates = [{"rate": str(rate)} for rate in case["tier_rate"]]
    blocks = [bound | rate for bound, rate in zip(bounds, rates, strict=True)]
    volume = {"kind": "blocks", "unit": "kwh", "basis": "actual", "blocks": blocks}
    parts = [
        {"component": "base", "kind": "fixed", "unit": "month", "rate": str(case["fixed"])},
        {"component": "volume", **volume},
    ]
    if case["monthly_minimum"]:
        rate = {"unit": "month", "rate": str(case["monthly_minimum"])}
        parts.append({"component": "minimum", "kind": "minimum", **rate})
    if case["demand_per_kw"]:
        rate = {"unit": "kw", "rate": str(case["demand_per_kw"])}
        parts.append({"component": "demand", "kind": "demand", **rate})
    return {"components": parts}


def _electric_tariff(rounding: str) -> str:
    classes = {case["case_id"]: _electric_class(case) for case in ELECTRIC}
    head = {"service": "electric", "effective_from": date(2010, 1, 1), "effective_on": "usage"}
    head |= {"rounding": rounding, "assumed": True, "classes": classes}
    return yaml.safe_dump(head, sort_keys=False) + OTHER_CLASSES


def _by_line(case: dict, month: int) -> list[dict]:
    """A bill on which every line is rounded by itself."""
    lines = [charge("electric", "base", cents(case["fixed"]))]
    used, lower = Decimal(str(case["monthly_kwh"][month])), Decimal(0)
    for bound, rate in zip(case["tier_upper_kwh"], case["tier_rate"], strict=True):
        inside = min(used, Decimal(bound)) - lower
        if inside > 0:
            lines.append(charge("electric", "volume", cents(inside * Decimal(str(rate))), inside, "kwh"))
        lower = Decimal(bound)
    if case["demand_per_kw"]:
        peak = Decimal(str(case["monthly_peak_kw"][month]))
        lines.append(
            charge("electric", "demand", cents(peak * Decimal(str(case["demand_per_kw"]))), peak, "kw")
        )
    missing = Decimal(str(case["monthly_minimum"])) - sum(line["amount"] for line in lines)
    return [*lines, charge("electric", "minimum", missing)] if missing > 0 else lines


def _by_bill(case: dict, month: int) -> list[dict]:
    """A bill that is rounded once, in one line; the demand was measured all the same."""
    peak = charge("electric", "demand", "0.00", case["monthly_peak_kw"][month], "kw")
    return [charge("electric", "base", cents(case["monthly_bill"][month])), peak]


def _electric(is_by_line: bool) -> Extracts:
    city = Extracts()
    months = [date(2021 + month // 12, month % 12 + 1, 1) for month in range(13)]
    for number, case in enumerate(ELECTRIC):
        account = f"{number:06d}"
        city.account(account, "residential", rate_code=case["case_id"])
        reads = {months[0]: "0", **dict(zip(months[1:], case["monthly_kwh"], strict=True))}
        city.meter(account, "electric", "kwh", reads)
        for month, days in enumerate(zip(months, months[1:], strict=False)):
            lines = _by_line(case, month) if is_by_line else _by_bill(case, month)
            city.bill(f"{case['case_id']}-{month + 1}", account, days, days[1] + timedelta(days=2), *lines)
    city.account("999999", "residential", rate_code="every_kind")
    city.meter("999999", "electric", "kwh", {months[0]: "0", months[1]: "1000"})
    city.bill("every-kind", "999999", (months[0], months[1]), months[1])
    # One line for all blocks, rounded once, where the tariff rounds five of them: two cents more.
    rounded = next(case for case in ELECTRIC if case["case_id"] == "pysam_0057")
    city.account("999996", "residential", rate_code=rounded["case_id"])
    city.meter("999996", "electric", "kwh", {months[0]: "0", months[1]: rounded["monthly_kwh"][0]})
    line = charge("electric", "volume", cents(rounded["monthly_bill"][0]))
    city.bill("one-line", "999996", (months[0], months[1]), months[1], line)
    for account, more in (("999998", {"rate_code": "volume_only"}), ("999997", {})):
        city.account(account, "commercial", **more)
        city.meter(account, "electric", "kwh", {months[0]: "0", months[1]: "0"})
        line = charge("electric", "volume", "1.23", "12.3", "kwh")
        city.bill(f"idle-{account}", account, (months[0], months[1]), months[1], line)
    return city


def _page(desk: Desk) -> None:
    """The city of docs/new-city.md: its tariff, its profile, and the one row that it shows."""
    page = (PROJECT_ROOT / "docs" / "new-city.md").read_text()
    folder = start_city(desk.workspace, "springfield", "water")
    for text in re.findall(r"```yaml\n# (.*?)```", page, re.DOTALL):
        name, content = text.split("\n", 1)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    (rows,) = re.findall(r"```\n(account,.*?)```", page, re.DOTALL)
    desk.deliver("register_2024.csv", rows, "springfield")


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory) -> duckdb.DuckDBPyConnection:
    """Both cities with their own policies, and two that were started for the electric tariffs."""
    desk = Desk(tmp_path_factory.mktemp("billing_cases"))
    place: Workspace = desk.workspace
    shutil.copytree(PROJECT_ROOT / "data" / "utilities", place.utilities)
    cities = {"warrensburg": _warrensburg(), "independence": _independence()}
    for utility_id, rounding in ROUNDINGS.items():
        classes = [*(case["case_id"] for case in ELECTRIC), "every_kind", "volume_only"]
        folder = start_city(place, utility_id, "electric", dict.fromkeys(classes, "residential"))
        write_tariff(folder, "electric", "2010-01-01", _electric_tariff(rounding))
        cities[utility_id] = _electric(rounding.endswith("per_line"))
    for utility_id, city in cities.items():
        load_policy(place, utility_id)
        city.deliver(desk, utility_id)
    _page(desk)
    load_policy(place, "springfield")
    report = desk.ingest()
    assert not report.refused and not report.rejected, report
    return warehouse_on(place.raw_database, ["fct_bill_audit", "fct_bill_lines"])


def _audit(warehouse: duckdb.DuckDBPyConnection, utility_id: str, service: str) -> dict[str, dict]:
    """The bill audit of one service, by bill."""
    query = "SELECT * FROM marts.fct_bill_audit WHERE utility_id = ? AND service = ?"
    found = warehouse.execute(query, [utility_id, service])
    names = [column[0] for column in found.description]
    rows = (dict(zip(names, row, strict=True)) for row in found.fetchall())
    return {row["bill_id"]: row for row in rows}


@pytest.mark.rule("R01", "R02", "R03", "R04", "R06", "R08", "R09", "R11")
@pytest.mark.parametrize("case", SEWER, ids=lambda case: case["case"])
def test_sewer_bills_of_warrensburg(warehouse, case):
    row = _audit(warehouse, "warrensburg", "sewer")[case["case"]]
    assert row["recomputed_usd"] == Decimal(case["expected_usd"])
    assert (row["reason"], row["difference_usd"]) == ("none", 0)
    assert (row["tariff_class"], row["basis"]) == (case["customer_class"], case["basis"])
    priced = row["average_quantity" if case["basis"] == "winter_average" else "usage_quantity"]
    assert priced == Decimal(case["usage_ccf"])


@pytest.mark.rule("R02")
def test_a_new_home_pays_at_most_45_06(warehouse):
    """R02: whatever it uses."""
    new = [
        row
        for row in _audit(warehouse, "warrensburg", "sewer").values()
        if row["tariff_class"] == "residential_new"
    ]
    assert max(row["recomputed_usd"] for row in new) == Decimal("45.06")
    over = [row for row in new if row["usage_quantity"] >= 8]
    assert len(over) == 2 + len(OVER_THE_CAP)
    assert {row["recomputed_usd"] for row in over} == {Decimal("45.06")}


@pytest.mark.rule("R10")
@pytest.mark.parametrize("unit", IN_OTHER_UNITS)
def test_reads_in_another_unit_than_the_tariff(warehouse, unit):
    """R10."""
    row = _audit(warehouse, "warrensburg", "sewer")[unit]
    assert (row["usage_quantity"], row["usage_unit"]) == (Decimal("6.02"), "ccf")
    assert row["recomputed_usd"] == Decimal("34.94")


@pytest.mark.parametrize("case", WATER, ids=lambda case: case["effective_on"])
def test_water_bills_of_independence(warehouse, case):
    row = _audit(warehouse, "independence", "water")[f"first-{case['effective_on']}"]
    assert row["recomputed_usd"] == Decimal(case["expected_usd"])
    assert (row["reason"], row["usage_source"]) == ("none", "reads")


@pytest.mark.parametrize(("case", "before"), zip(WATER[1:], WATER, strict=False))
def test_the_day_before_new_rates_has_the_old_ones(warehouse, case, before):
    row = _audit(warehouse, "independence", "water")[f"last-{case['effective_on']}"]
    assert row["recomputed_usd"] == Decimal(before["expected_usd"])


def _lines(warehouse: duckdb.DuckDBPyConnection, utility_id: str) -> dict[str, dict[str, list[Decimal]]]:
    """The amounts of every bill's lines, by component."""
    found: dict[str, dict[str, list[Decimal]]] = {}
    query = "SELECT bill_id, component, amount_usd FROM marts.fct_bill_lines WHERE utility_id = ?"
    for bill_id, component, amount in warehouse.execute(query, [utility_id]).fetchall():
        found.setdefault(bill_id, {}).setdefault(component, []).append(amount)
    return found


def test_electric_bills_are_within_half_a_cent_a_line(warehouse):
    audit, lines = _audit(warehouse, "linetown", "electric"), _lines(warehouse, "linetown")
    compared = 0
    for case in ELECTRIC:
        for month in range(12):
            bill = f"{case['case_id']}-{month + 1}"
            parts = lines[bill]
            expected = {"base": "monthly_fixed", "volume": "monthly_energy", "demand": "monthly_demand"}
            for component, name in expected.items():
                amounts = parts.get(component, [])
                difference = abs(sum(amounts) - Decimal(str(case[name][month])))
                assert difference <= Decimal("0.005") * len(amounts), (bill, component)
            total, count = audit[bill]["recomputed_usd"], sum(map(len, parts.values()))
            assert total == sum(sum(amounts) for amounts in parts.values())
            unrounded = Decimal(str(case["monthly_bill"][month]))
            assert abs(total - unrounded) <= Decimal("0.005") * count, bill
            if case["monthly_minimum_applied"][month]:
                assert total == Decimal(str(case["monthly_minimum"])), bill
            assert audit[bill]["reason"] == "none", bill
            compared += 1
    assert compared == 720


def test_electric_bills_rounded_once_are_within_half_a_cent(warehouse):
    audit = _audit(warehouse, "billtown", "electric")
    for case in ELECTRIC:
        for month, unrounded in enumerate(case["monthly_bill"]):
            row = audit[f"{case['case_id']}-{month + 1}"]
            assert (row["recomputed_usd"], row["reason"]) == (cents(unrounded), "none"), row["bill_id"]


@pytest.mark.parametrize("utility_id", ROUNDINGS)
def test_minimum_discount_and_tax_build_on_each_other(warehouse, utility_id):
    """30 + 100, 20 to the minimum, 10 % of 150 but at most 12 off, 5 % of 138."""
    lines = _lines(warehouse, utility_id)["every-kind"]
    expected = {"base": "30", "volume": "100", "minimum": "20", "discount": "-12", "tax": "6.90"}
    assert lines == {component: [Decimal(amount)] for component, amount in expected.items()}
    row = _audit(warehouse, utility_id, "electric")["every-kind"]
    assert row["recomputed_usd"] == Decimal("144.90")
    assert row["reason"] == "service_not_billed"


def test_a_bill_without_use_has_a_price_of_nothing_and_a_class_without_prices_has_none(warehouse):
    audit = _audit(warehouse, "linetown", "electric")
    expected = {"idle-999998": ("volume_only", "wrong_usage"), "idle-999997": (None, "no_tariff")}
    for bill, (tariff_class, reason) in expected.items():
        row = audit[bill]
        assert (row["tariff_class"], row["recomputed_usd"], row["reason"]) == (tariff_class, 0, reason)


def test_half_a_cent_a_line_is_rounding(warehouse):
    row = _audit(warehouse, "linetown", "electric")["one-line"]
    assert (row["difference_usd"], row["reason"]) == (Decimal("0.02"), "rounding")


def test_the_page_of_a_new_city_does_what_it_says(warehouse):
    """11.95 + 7 x 2.87 + 2 x 4.29, as the bill of the example has it."""
    row = _audit(warehouse, "springfield", "water")["500123"]
    assert (row["billed_usd"], row["recomputed_usd"], row["reason"]) == (
        Decimal("40.62"),
        Decimal("40.62"),
        "none",
    )
    assert (row["usage_source"], row["meter_size"]) == ("reads", "5/8")
