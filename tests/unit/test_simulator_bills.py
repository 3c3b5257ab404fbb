"""What simulated bills say: the tariffs to the cent, discounts, loans, deposits and level payments."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

import simulator
from ratehouse.workspace import PROJECT_ROOT
from simulator.reading import months_of
from simulator.tariffs import Usage, bill_lines, discount_line
from tests.support.cities import is_cancelled, latest_of, rows_of

CENT = Decimal("0.01")
CASES = Path(__file__).parents[1] / "cases"


def _day(text: str) -> int:
    return (dt.date.fromisoformat(text) - dt.date(1970, 1, 1)).days


def _usage(on: str = "2016-12-01", days: int = 30, to: str | None = None, **changes) -> Usage:
    """One home with a small meter."""
    last = _day(to or on)
    values = {
        "service_from": last - days,
        "service_to": last,
        "months": int(months_of(np.array([days]))[0]),
        "customer_class": 0,
        "meter_size": 0,
        "kwh": 0,
        "ccf": 0,
        "kw": 0,
        "winter_average": -1,
        "is_estimated": False,
        "has_water": True,
        "has_sewer": True,
    }
    return Usage(_day(on), **{name: np.array([value]) for name, value in (values | changes).items()})


def _lines(city: str, usage: Usage, service: int) -> list[tuple[Decimal, Decimal, Decimal]]:
    """Quantity, rate and amount of one service's lines."""
    scaled = (
        (line.quantity[0], line.rate[0], line.cents[0])
        for line in bill_lines(city, usage, with_trash=False)
        if line.present[0] and line.service == service
    )
    return [(Decimal(int(q)) / 100, Decimal(int(r)) / 1_000_000, Decimal(int(c)) / 100) for q, r, c in scaled]


def _total(city: str, usage: Usage, service: int) -> Decimal:
    return sum((line[2] for line in _lines(city, usage, service)), Decimal(0))


@pytest.mark.parametrize(
    ("days", "months"),
    [(1, 3), (12, 40), (13, 43), (19, 63), (20, 100), (45, 100), (46, 200), (65, 200), (77, 300)],
)
def test_months_that_a_bill_covers(days, months):
    assert months_of(np.array([days]))[0] == months


@pytest.mark.parametrize(
    "case", csv.DictReader((CASES / "sewer_bills.csv").open()), ids=lambda case: case["case"]
)
def test_warrensburg_bills_with_known_answers(case):
    """R01 to R11."""
    usage = Decimal(case["usage_ccf"])
    changes = {"ccf": int(usage), "customer_class": 1 if case["customer_class"] == "commercial" else 0}
    if case["basis"] == "winter_average":
        changes |= {"winter_average": int(usage * 100), "ccf": 14}
    assert _total("warrensburg", _usage(**changes), 3) == Decimal(case["expected_usd"])


@pytest.mark.parametrize("case", csv.DictReader((CASES / "water_bills_independence.csv").open()))
def test_independence_water_at_six_ccf(case):
    usage = _usage(case["effective_on"], ccf=int(case["usage_ccf"]))
    assert _total("independence", usage, 2) == Decimal(case["expected_usd"])


@pytest.mark.parametrize(
    ("city", "usage", "service", "amount"),
    [
        ("independence", _usage("2016-09-30", ccf=6), 2, "26.60"),  # the day before the change
        ("independence", _usage("2019-06-30", ccf=6), 3, "39.89"),
        ("independence", _usage("2019-07-01", ccf=6), 3, "43.61"),  # W31
        # R12: two months at 4 + 4 ccf are 2 x 24.62; 5 ccf of average for two months are 2 x 29.73
        ("warrensburg", _usage(days=65, ccf=8), 3, "49.24"),
        ("warrensburg", _usage(days=65, ccf=8, winter_average=500), 3, "59.46"),
        # 0.40 months: base 3.60, block to 0.80 ccf 2.16, 2.20 ccf 11.24
        ("warrensburg", _usage(days=12, ccf=3), 3, "17.00"),
        # the cap is 3.20 ccf: 3.60 + 2.16 + 2.40 x 5.11 = 12.26
        ("warrensburg", _usage(days=12, ccf=9), 3, "18.02"),
        # 11.95 x 0.40 = 4.78, 0.80 ccf free, 2.20 x 3.43 = 7.55, 2.86 x 0.40 = 1.14
        ("independence", _usage(days=12, ccf=3), 2, "13.47"),
        ("independence", _usage("2019-08-31", kwh=1000), 1, "149.40"),  # 14.50 + 134.90
        ("independence", _usage("2019-10-31", kwh=1000), 1, "140.44"),  # 13.63 + 126.81
        ("independence", _usage("2019-11-01", kwh=1000), 1, "117.97"),  # 13.63 + 104.34
        ("independence", _usage("2019-11-01", kwh=-138), 1, "-0.77"),  # R73: 13.63 - 14.40
        # a business pays 5 % tax: 20.68 + 110.92 = 131.60, 6.58; the city's own buildings none
        ("independence", _usage("2019-11-01", kwh=1000, customer_class=1), 1, "138.18"),
        ("independence", _usage("2019-11-01", kwh=1000, customer_class=3), 1, "131.60"),
        # 11.95 + 0.00 + 13.72 + 2.86 = 28.53, 1.43
        ("independence", _usage("2016-10-01", ccf=6, customer_class=1), 2, "29.96"),
        # 50.00 + 10 x 7.71 + 280.00 = 407.10; pilot 36.96 and tax 20.36 are of that, not of each other
        ("independence", _usage("2023-11-01", kwh=4000, kw=10, customer_class=2), 1, "464.42"),
    ],
)
def test_bills_worked_by_hand(city, usage, service, amount):
    assert _total(city, usage, service) == Decimal(amount)


def test_the_first_tariff_also_prices_what_is_older():
    assert _total("warrensburg", _usage("2014-05-01", ccf=1), 3) == Decimal("11.70")
    assert _total("independence", _usage("2011-05-01", ccf=6), 3) == Decimal("39.89")


def test_a_bill_over_a_change_of_rates_is_split_by_its_days():
    """Thirty days to 10 October 2018, twenty of them in September; 5 ccf."""
    found = _lines("warrensburg", _usage("2018-10-16", to="2018-10-10", ccf=5), 3)
    assert found == [
        (Decimal(quantity), Decimal(rate), Decimal(amount))
        for quantity, rate, amount in (
            ("0.67", "9.00", "6.03"),
            ("1.34", "2.70", "3.62"),
            ("1.99", "5.11", "10.17"),
            ("0.33", "9.92", "3.27"),
            ("0.66", "2.86", "1.89"),
            ("1.01", "5.42", "5.47"),
        )
    ]
    # The last day of September is still the old year's; the next day is not.
    assert len(_lines("warrensburg", _usage("2018-10-16", to="2018-09-30", ccf=5), 3)) == 3
    whole = _usage("2018-11-16", to="2018-10-31", ccf=5)
    assert [line[1] for line in _lines("warrensburg", whole, 3)] == [
        Decimal(r) for r in ("9.92", "2.86", "5.42")
    ]


@pytest.mark.rule("R79")
@pytest.mark.parametrize(
    ("charged", "months", "off"), [("8.20", 100, "8.20"), ("28.53", 100, "10.00"), ("28.53", 40, "4.00")]
)
def test_water_h2o_takes_off_ten_dollars_a_month_and_no_more_than_the_charge(charged, months, off):
    """R79."""
    lines = bill_lines("independence", _usage("2016-10-01", ccf=6), with_trash=False)
    water = [line for line in lines if line.service == 2]
    if charged == "8.20":
        water[0].cents[:] -= 2853 - 820
    line = discount_line(water, np.array([True]), np.array([months]), 1000)
    assert line.cents[0] == -int(Decimal(off) * 100)


@cache
def _files(city: str, service: str) -> list[dict]:
    folder = PROJECT_ROOT / "data" / "utilities" / city / "tariffs" / service
    return [yaml.safe_load(path.read_text()) for path in sorted(folder.glob("*.yml"))]


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def _components(tariff: dict, name: str) -> list[dict]:
    entry = tariff["classes"][name]
    return tariff["classes"][entry.get("same_as", name)]["components"]


def _priced(tariff: dict, name: str, bill: dict, months: Decimal, used: Decimal) -> list[Decimal]:
    """The amounts of a service's charges under one file, from its YAML, in plain decimals."""
    amounts, percents = [], []
    for part in _components(tariff, name):
        if part["kind"] == "fixed":
            rate = part["by_meter_size"][bill["meter_size"]] if "by_meter_size" in part else part["rate"]
            amounts.append(_rounded(Decimal(rate) * months))
        elif part["kind"] == "percent":
            percents.append(Decimal(part["rate"]) / 100)
        elif part["kind"] in ("blocks", "seasonal_blocks"):
            blocks, lower = part.get("blocks"), Decimal(0)
            for season in part.get("seasons", ()):
                first, last = season["season"].split("/")
                today = f"{bill['bill_date']:%m-%d}"
                if first <= today <= last or (first > last and not last < today < first):
                    blocks = season["blocks"]
            quantity = min(used, Decimal(part["cap"]) * months) if "cap" in part else used
            for block in blocks:
                upper = Decimal(block["up_to"]) * months if "up_to" in block else quantity
                amounts.append(_rounded((min(quantity, upper) - lower) * Decimal(block["rate"])))
                lower = min(quantity, upper)
    return amounts + [_rounded(sum(amounts, Decimal(0)) * percent) for percent in percents]


def _expected(city: str, service: str, name: str, bill: dict, used: Decimal) -> Decimal:
    """A service's charges on a bill."""
    days = (bill["service_to"] - bill["service_from"]).days
    months = Decimal(int(months_of(np.array([days]))[0])) / 100
    files = _files(city, service)
    if files[0]["effective_on"] == "bill":
        (*_, tariff) = (tariff for tariff in files if tariff["effective_from"] <= bill["bill_date"])
        return sum(_priced(tariff, name, bill, months, used), Decimal(0))
    first = bill["service_from"] + dt.timedelta(days=1)
    (*_, early) = (tariff for tariff in files if tariff["effective_from"] <= first)
    (*_, late) = (tariff for tariff in files if tariff["effective_from"] <= bill["service_to"])
    if early is late:
        return sum(_priced(early, name, bill, months, used), Decimal(0))
    share = Decimal((late["effective_from"] - first).days) / days
    first_months, first_used = _rounded(months * share), _rounded(used * share)
    parts = _priced(early, name, bill, first_months, first_used)
    return sum(parts + _priced(late, name, bill, months - first_months, used - first_used), Decimal(0))


def _bills(folder: Path) -> pl.DataFrame:
    """Delivered bills with class, size of the water meter, and the use of the reads."""
    accounts = latest_of(folder, "accounts").unique("account_id", keep="last")
    accounts = accounts.select("account_id", "premise_id", "customer_class")
    meters, reads = rows_of(folder, "meters"), latest_of(folder, "reads")
    bills = latest_of(folder, "bills").filter(pl.col("kind") != "cancel").join(accounts, on="account_id")
    for service in ("water", "electric"):
        # Where a meter was changed a bill has the reads of two.
        of_service = meters.filter(pl.col("service") == service).filter(
            pl.col("meter_id").n_unique().over("premise_id") == 1
        )
        of_service = of_service.unique("meter_id").select(
            "meter_id", "premise_id", pl.col("meter_size").alias(f"{service}_size")
        )
        used = (
            reads.join(of_service, on="meter_id")
            .rename({"usage": service, "read_on": "service_to"})
            .select("premise_id", "service_to", service, f"{service}_size")
        )
        assert used.select("premise_id", "service_to").is_unique().all()
        bills = bills.join(used, on=["premise_id", "service_to"], how="left")
    return bills.rename({"water_size": "meter_size"}).with_columns(
        meter_size=pl.col("meter_size").fill_null("5/8")
    )


@pytest.mark.parametrize("city", ["independence", "warrensburg"])
def test_delivered_bills_are_what_the_tariff_files_say(city, request):
    """Recomputed from reads and YAML alone, for established homes from the winter average billed."""
    folder = request.getfixturevalue(city)
    charges = latest_of(folder, "charges").filter(
        ~pl.col("charge_code").is_in(["loan", "deposit", "discount"])
    )
    totals = charges.group_by("bill_id", "service").agg(pl.col("amount").sum())
    found = {(bill, service): amount for bill, service, amount in totals.iter_rows()}
    averaged = charges.filter(pl.col("basis") == "winter_average")
    average = dict(averaged.group_by("bill_id").agg(pl.col("quantity").sum()).iter_rows())
    compared = dict.fromkeys(("electric", "water", "sewer", "split"), 0)
    bills = _bills(folder).filter(~is_cancelled(latest_of(folder, "bills")))
    for bill in bills.sort("bill_id").gather_every(7).iter_rows(named=True):
        for service in ("electric", "water", "sewer"):
            amount = found.get((bill["bill_id"], service))
            used = bill["electric" if service == "electric" else "water"]
            if amount is None or used is None:
                continue
            name = bill["customer_class"]
            if bill["bill_id"] in average:
                name, used = "residential_established", average[bill["bill_id"]]
            assert amount == _expected(city, service, name, bill, Decimal(used)), (bill["bill_id"], service)
            compared[service] += 1
            compared["split"] += bill["service_from"] < dt.date(2018, 9, 30) < bill["service_to"]
    assert compared["sewer"] > 1000 and (city == "independence" or compared["split"] > 20)
    assert city == "warrensburg" or min(compared["electric"], compared["water"]) > 1000


@pytest.mark.rule("R56")
@pytest.mark.parametrize("name", ["independence", "warrensburg"])
def test_a_wrong_bill_has_more_than_was_read_and_the_one_after_it_what_was_read(name, tmp_path):
    """R56: cancelled before a final bill can follow, and billed again with a due date of its own."""
    (tmp_path / "rates.yml").write_text("bills: {cancelled_share: {value: 0.05}}")
    settings = {"accounts": 300, "first_month": "2020-03", "months": 14, "rates": tmp_path / "rates.yml"}
    simulator.run(name, tmp_path / name, **settings)
    all_bills = latest_of(tmp_path / name, "bills")
    volume = latest_of(tmp_path / name, "charges").filter(pl.col("charge_code") == "volume")
    billed = volume.pivot("service", index="bill_id", values="quantity", aggregate_function="sum")
    billed = _bills(tmp_path / name).join(billed, on="bill_id", suffix="_billed", how="left")
    is_wrong = is_cancelled(all_bills)
    used, kind = ("electric", "electric_billed") if name == "independence" else ("water", "sewer")
    known = billed.filter(pl.col(used) > 0, pl.col(kind).is_not_null())
    wrong, again = known.filter(is_wrong), known.filter(pl.col("kind") == "rebill")
    assert again.height > 20 and (again[kind] == again[used]).all()
    tenth = (pl.col(used) * Decimal("0.1")).floor()
    more = pl.col(used) + (tenth if name == "independence" else 1)
    assert wrong.height > 20 and wrong.filter(pl.col(kind) != more).height == 0
    cancels = all_bills.filter(pl.col("kind") == "cancel").select(
        "account_id", "billing_period", cancelled_on="bill_date", bill_id="cancels_bill_id"
    )
    first = all_bills.filter(is_wrong).join(cancels, on=["account_id", "bill_id"])
    assert first.height == cancels.height and (first["cancelled_on"] > first["bill_date"]).all()
    rebills = all_bills.filter(pl.col("kind") == "rebill").select("account_id", "billing_period", "bill_date")
    assert set(first.select("account_id", "billing_period", "cancelled_on").rows()) == set(rebills.rows())
    finals = all_bills.filter(pl.col("kind") == "final").select("account_id", final_on="bill_date")
    ends = first.join(finals, on="account_id")
    assert ends.filter(pl.col("final_on").is_between("bill_date", "cancelled_on")).height == 0


@pytest.mark.rule("R05")
def test_a_home_that_gets_a_winter_average_changes_its_rate_code_in_april(warrensburg):
    """R05."""
    history = rows_of(warrensburg, "account_history").sort("account_id", "effective_from")
    assert set(history["rate_code"].drop_nulls().to_list()) == {"residential_new", "residential_established"}
    became = history.with_columns(before=pl.col("rate_code").shift(1).over("account_id")).filter(
        (pl.col("before") == "residential_new") & (pl.col("rate_code") == "residential_established")
    )
    assert became.height > 20
    assert set(became["effective_from"].dt.strftime("%m-%d").to_list()) == {"04-01"}
