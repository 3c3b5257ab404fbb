"""The pricing that judges the rate engine is judged: by known answers and by numbers worked out by hand."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.oracle.rates import (
    Bill,
    Block,
    Component,
    Line,
    Part,
    Policy,
    Season,
    Tariff,
    Version,
    Winter,
    charge,
    converted,
    months_covered,
)

CASES = Path(__file__).parents[1] / "cases"


def num(text: object) -> Decimal:
    return Decimal(str(text))


def blocks(*pairs: str) -> tuple[Block, ...]:
    """`"2: 2.70"` for each block, `": 5.11"` for the open one."""
    split = [pair.split(":") for pair in pairs]
    return tuple(Block(num(bound) if bound else None, num(rate.strip())) for bound, rate in split)


BASE = Component("base", "fixed", num("9.00"))
VOLUME = Component("volume", "blocks", blocks=blocks("2: 2.70", ": 5.11"), unit="ccf")
AVERAGE = Component("volume", "blocks", blocks=VOLUME.blocks, unit="ccf", basis="winter_average")
CAPPED = Component("volume", "blocks", blocks=VOLUME.blocks, unit="ccf", cap=num(8))
SEWER = Version(
    date(2015, 10, 1),
    {
        "residential_new": [BASE, CAPPED],
        "residential_established": [BASE, AVERAGE],
        "commercial": [Component("base", "fixed", by_meter_size={"5/8": num(9), "1": num(15)}), VOLUME],
    },
)


def bill(tariff_class: str = "commercial", *, days: int = 30, ends_on=date(2016, 6, 30), **values) -> Bill:
    values = {"meter_size": "5/8", **values}
    return Bill(ends_on, ends_on - timedelta(days), ends_on, tariff_class, **values)


def one_month(**values) -> Part:
    given = {"usage": num(0), "average": num(0), "demand": num(0)} | {
        name: num(value) if not isinstance(value, str) else value for name, value in values.items()
    }
    months = given.pop("months", num(1))
    return Part(date(2016, 6, 30), months, months, **given)


def cost(components: list[Component], part: Part) -> Decimal:
    return sum((line.amount for line in charge(components, part)), num(0))


def read(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


# Known answers


@pytest.mark.parametrize("case", read("sewer_bills.csv"), ids=lambda case: case["case"])
def test_sewer_bills(case):
    usage = num(case["usage_ccf"])
    asked = {"average": usage} if case["basis"] == "winter_average" else {"usage": usage}
    assert Tariff([SEWER]).total(bill(case["customer_class"], **asked)) == num(case["expected_usd"])


@pytest.mark.parametrize("case", read("water_bills_independence.csv"), ids=lambda case: case["effective_on"])
def test_water_bills_with_an_included_allowance(case):
    components = [
        Component("base", "fixed", by_meter_size={case["meter_size"]: num(case["minimum_charge_usd"])}),
        Component("fire_protection", "fixed", num(case["fire_protection_usd"])),
        Component(
            "volume",
            "blocks",
            blocks=blocks(f"{case['included_ccf']}: 0", f": {case['commodity_rate_usd_per_ccf']}"),
        ),
    ]
    version = Version(date.fromisoformat(case["effective_on"]), {"residential": components})
    asked = bill("residential", usage=num(case["usage_ccf"]), meter_size=case["meter_size"])
    assert Tariff([version]).total(asked) == num(case["expected_usd"])


def test_electric_tariffs():
    """720 bills computed by others, unrounded: half a cent a line."""
    compared = 0
    for case in json.loads((CASES / "electric_tariffs.json").read_text(encoding="utf-8")):
        tiers = [
            Block(None if upper > 1e30 else num(upper), num(rate))
            for upper, rate in zip(case["tier_upper_kwh"], case["tier_rate"], strict=True)
        ]
        components = [
            Component("base", "fixed", num(case["fixed"])),
            Component("volume", "blocks", blocks=tuple(tiers), unit="kwh"),
            Component("demand", "demand", num(case["demand_per_kw"]), unit="kw"),
            Component("minimum", "minimum", num(case["monthly_minimum"])),
        ]
        for kwh, kw, expected in zip(
            case["monthly_kwh"], case["monthly_peak_kw"], case["monthly_bill"], strict=True
        ):
            lines = charge(components, one_month(usage=num(kwh), demand=num(kw)))
            found = sum(line.amount for line in lines)
            assert abs(found - num(expected)) <= len(lines) * num("0.005"), case["case_id"]
            compared += 1
    assert compared == 720


# Months


@pytest.mark.parametrize(
    ("days", "months"),
    [(0, "0"), (1, "0.03"), (10, "0.33"), (19, "0.63"), (20, "1"), (45, "1"), (46, "2"), (65, "2"), (76, "2"),
     (77, "3"), (365, "12")],
)  # fmt: skip
def test_months_of_days(days, months):
    assert months_covered(days) == num(months)
    assert months_covered(days, long_days_short=False) == max(1, num(months).quantize(Decimal(1)))


@pytest.mark.rule("R12")
def test_two_months_are_two_bills():
    """R12: 4 and 4 ccf are 49.24 on one bill, as they are on two; never 45.06."""
    two_months = bill("residential_new", days=61, usage=num(8))
    assert Tariff([SEWER]).total(two_months) == 2 * num("24.62") == num("49.24")
    tariff = Tariff([SEWER], policy=Policy(prorate_base=False, prorate_blocks=False))
    assert tariff.total(two_months) == num("45.06")
    # two bases of 9.00, 2 ccf at 2.70 and 6 at 5.11; and one base, 4 at 2.70 and 4 at 5.11
    assert Tariff([SEWER], policy=Policy(prorate_blocks=False)).total(two_months) == num("54.06")
    assert Tariff([SEWER], policy=Policy(prorate_base=False)).total(two_months) == num("40.24")


def test_a_short_bill_has_its_part_of_bases_bounds_and_caps():
    # 10 days are 0.33 months: 2.97 base; the block ends at 0.66 ccf and the cap at 2.64.
    # 0.66 x 2.70 = 1.782; 1.98 x 5.11 = 10.1178
    short = bill("residential_new", days=10, usage=num(5))
    assert Tariff([SEWER]).total(short) == num("2.97") + num("1.78") + num("10.12")
    # a winter average of 5 is 1.65 ccf of them: 0.66 x 2.70 and 0.99 x 5.11 = 5.0589
    home = bill("residential_established", days=10, usage=num(99), average=num(5))
    assert Tariff([SEWER]).total(home) == num("2.97") + num("1.78") + num("5.06")


# Versions and seasons


def dearer(version: Version, effective_from: date, base: str, first: str, second: str) -> Version:
    volume = blocks(f"2: {first}", f": {second}")
    components = [
        Component("base", "fixed", num(base)),
        Component("volume", "blocks", blocks=volume),
    ]
    return Version(effective_from, dict.fromkeys(version.classes, components))


NEXT = dearer(SEWER, date(2018, 10, 1), "10.00", "3.00", "6.00")


def test_twenty_of_thirty_days_before_the_change():
    """The example of docs/policy.md: 0.67 months with 3.33 ccf, then 0.33 months with 1.67 ccf."""
    asked = Bill(date(2018, 10, 15), date(2018, 9, 10), date(2018, 10, 10), "commercial", num(5),
                 meter_size="5/8")  # fmt: skip
    before, after = Tariff([NEXT, SEWER], by_usage=True).price(asked)
    assert before == [
        Line("base", "fixed", num("0.67"), num("9.00"), num("6.03")),
        Line("volume", "blocks", num("1.34"), num("2.70"), num("3.62"), 1, num("0"), num("1.34")),
        Line("volume", "blocks", num("1.99"), num("5.11"), num("10.17"), 2, num("1.34"), None),
    ]
    assert after == [
        Line("base", "fixed", num("0.33"), num("10.00"), num("3.30")),
        Line("volume", "blocks", num("0.66"), num("3.00"), num("1.98"), 1, num("0"), num("0.66")),
        Line("volume", "blocks", num("1.01"), num("6.00"), num("6.06"), 2, num("0.66"), None),
    ]
    # By bill date the later version prices all of it: 10.00 + 2 x 3.00 + 3 x 6.00.
    assert Tariff([SEWER, NEXT]).total(asked) == num("34.00")


def test_the_first_day_of_a_version_is_the_change():
    """The read day belongs to the period that it closes, so use begins the day after."""
    tariff = Tariff([SEWER, NEXT], by_usage=True)
    for service_from, parts in ((date(2018, 9, 29), 2), (date(2018, 9, 30), 1), (date(2018, 10, 1), 1)):
        found = tariff.parts(Bill(date(2018, 11, 2), service_from, date(2018, 10, 31), "commercial"))
        assert len(found) == parts
    ends_before = Bill(date(2018, 10, 2), date(2018, 8, 31), date(2018, 9, 30), "commercial", meter_size="1")
    assert tariff.total(ends_before) == num("15.00")


def test_parts_make_up_the_whole_over_any_number_of_changes():
    third = dearer(SEWER, date(2018, 10, 11), "11.00", "4.00", "7.00")
    tariff = Tariff([SEWER, NEXT, third], by_usage=True)
    asked = Bill(date(2018, 10, 20), date(2018, 9, 16), date(2018, 10, 17), "residential_established",
                 usage=num(7), average=num("5.67"))  # fmt: skip
    parts = tariff.parts(asked)
    # 31 days: 14 through 30 September, 24 through 10 October: 0.4516 and 0.7742 of a month
    assert [part.base_months for part in parts] == [num("0.45"), num("0.32"), num("0.23")]
    assert [part.average for part in parts] == [num("2.56"), num("1.83"), num("1.28")]  # through: 2.56, 4.39
    assert [part.usage for part in parts] == [num("3.16"), num("2.26"), num("1.58")]  # through: 3.16, 5.42
    assert [part.day for part in parts] == [date(2018, 9, 17), date(2018, 10, 1), date(2018, 10, 11)]


def test_the_oldest_version_prices_what_is_older():
    tariff = Tariff([SEWER, NEXT], by_usage=True)
    assert tariff.total(bill(ends_on=date(2001, 1, 31))) == num("9.00")


SUMMER = (
    Season("06-01", "10-31", blocks(": 0.20")),
    Season("11-01", "05-31", blocks("100: 0.10", ": 0.15")),
)
ELECTRIC = Version(
    date(2012, 7, 1),
    {
        "residential": [
            Component("base", "fixed", num("12.00")),
            Component("volume", "seasonal_blocks", seasons=SUMMER, unit="kwh"),
        ],
        "lights": [Component("base", "fixed", num("12.00"))],
    },
)


def test_seasons():
    asked = Bill(date(2016, 11, 1), date(2016, 10, 1), date(2016, 10, 31), "residential", num(300))
    # November prices it by bill date: 12.00 + 100 x 0.10 + 200 x 0.15; summer by use: 12.00 + 300 x 0.20.
    assert Tariff([ELECTRIC]).total(asked) == num("52.00")
    assert Tariff([ELECTRIC], by_usage=True).total(asked) == num("72.00")
    # 15 of 30 days each: 6.00 + 150 x 0.20; 6.00 + 50 x 0.10 + 100 x 0.15
    half = Bill(date(2016, 11, 20), date(2016, 10, 16), date(2016, 11, 15), "residential", num(300))
    assert Tariff([ELECTRIC], by_usage=True).total(half) == num("36.00") + num("26.00")
    # A class without seasons is not split by them.
    lights = Bill(date(2016, 11, 20), date(2016, 10, 16), date(2016, 11, 15), "lights")
    assert len(Tariff([ELECTRIC], by_usage=True).parts(lights)) == 1


@pytest.mark.parametrize(
    ("day", "season"), [("2016-10-31", 0), ("2016-11-01", 1), ("2016-02-29", 1), ("2016-06-01", 0)]
)
def test_a_season_may_go_over_new_year(day, season):
    assert ELECTRIC.classes["residential"][1].season_on(date.fromisoformat(day)) is SUMMER[season]


# Components


TIERS = Component("volume", "blocks", blocks=blocks("1.5: 1.00", "4.25: 2.00", ": 3.00"))


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ("1.5", "1.50"),
        ("1.51", "1.52"),
        ("4.25", "7.00"),
        ("4.255", "7.02"),
        ("10", "24.25"),
        ("-2", "-2.00"),
    ],
)
def test_bounds_are_inclusive_and_may_be_fractional(usage, expected):
    """Through 4.25 ccf 1.50 and 5.50; the 0.005 beyond cost 0.015, which is rounded up."""
    assert cost([TIERS], one_month(usage=num(usage))) == num(expected)


@pytest.mark.parametrize(("charged", "topped"), [("4.00", "10.00"), ("12.34", "12.34"), ("-3.00", "10.00")])
def test_a_minimum_tops_up(charged, topped):
    given = [Component("base", "fixed", num(charged)), Component("minimum", "minimum", num("10.00"))]
    assert cost(given, one_month()) == num(topped)


def test_demand_minimum_discount_and_percent_stand_on_each_other():
    components = [
        Component("tax", "percent", num("5")),
        Component("pilot", "percent", num("9.08")),
        Component("discount", "discount", num("10"), unit="percent", cap=num("4.00")),
        Component("minimum", "minimum", num("50.00")),
        Component("demand", "demand", num("7.71"), unit="kw"),
        Component("base", "fixed", num("20.00")),
    ]
    # 20.00 + 3 x 7.71 = 43.13, topped up by 6.87 to 50.00; 10 % off is 5.00, at most 4.00: 46.00.
    # PILOT 4.1768 and tax 2.30, neither of the other.
    lines = charge(components, one_month(demand=num(3)))
    assert [line.code for line in lines] == ["base", "demand", "minimum", "discount", "pilot", "tax"]
    assert [line.amount for line in lines] == [
        num(text) for text in ("20.00", "23.13", "6.87", "-4.00", "4.18", "2.30")
    ]
    # two months have twice the minimum and twice the cap of the discount: 40 + 23.13 + 36.87 - 8.00
    lines = charge(components, one_month(demand=num(3), months=num(2)))
    assert [line.amount for line in lines[2:4]] == [num("36.87"), num("-8.00")]


@pytest.mark.parametrize(("charged", "off"), [("8.20", "8.20"), ("28.53", "10.00"), ("-5.00", "0")])
def test_water_assistance(charged, off):
    """R79: up to 10.00 a month, never more than the charges, and a percentage is of the charges before it."""
    components = [Component("base", "fixed", num(charged)), Component("tax", "percent", num("5"))]
    without = cost(components, one_month())
    assert cost(components, one_month(assistance=num("10.00"))) == without - num(off)


def test_rounding_of_the_bill_gives_each_line_what_it_adds():
    components = [
        Component("base", "fixed", num("0.333")),
        Component("fire_protection", "fixed", num("0.333")),
        Component("volume", "blocks", blocks=blocks(": 0.333")),
    ]
    part = one_month(usage=num(1))
    assert [line.amount for line in charge(components, part)] == [num("0.33")] * 3
    # 0.333, 0.666, 0.999
    assert [line.amount for line in charge(components, part, per_line=False)] == [
        num("0.33"), num("0.34"), num("0.33"),
    ]  # fmt: skip


# Units and winter averages


@pytest.mark.parametrize(
    ("quantity", "unit", "into", "expected"),
    [
        ("4500", "gal", "ccf", "6.02"),
        ("4.5", "kgal", "ccf", "6.02"),
        ("250", "cf", "ccf", "2.50"),
        ("1", "ccf", "gal", "748.05"),
        ("1", "ccf", "cf", "100.00"),
        ("1234", "gal", "kgal", "1.23"),
        ("1.2345", "ccf", "ccf", "1.2345"),
        ("-10", "gal", "ccf", "-0.01"),
    ],
)
def test_units(quantity, unit, into, expected):
    assert converted(num(quantity), unit, into) == num(expected)


READS = [
    (date(2021, 12, 30), num(40), False),
    (date(2022, 1, 31), num(5), False),
    (date(2022, 2, 27), num(6), True),
    (date(2022, 3, 31), num(6), False),
    (date(2022, 4, 1), num(50), False),
    (date(2023, 1, 15), num(60), False),
]


@pytest.mark.rule("R05")
@pytest.mark.parametrize(
    ("billed_on", "average"),
    [("2022-03-31", None), ("2022-04-01", "5.67"), ("2023-03-31", "5.67"), ("2023-04-01", None)],
)
def test_the_winter_average_holds_from_april_through_march(billed_on, average):
    expected = None if average is None else num(average)
    assert Winter().average(READS, date.fromisoformat(billed_on)) == expected


@pytest.mark.rule("R07")
def test_too_few_reads_make_no_average():
    billed_on = date(2022, 5, 1)
    assert Winter().average(READS[:3], billed_on) is None
    assert Winter(counts_estimates=False).average(READS, billed_on) is None
    assert Winter(counts_estimates=False, min_reads=2).average(READS, billed_on) == num("5.50")
