"""Meters, reads and the water provider's list of the simulated cities, judged from their files."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import simulator
from simulator import meters, reading
from simulator.calendars import date_of
from simulator.draws import Draws
from simulator.meters import Registers
from simulator.rates import load_rates
from simulator.reading import months_of
from tests.support.cities import is_cancelled, latest_of, rows_of
from tests.support.metering import CYCLE, OFTEN, meters_of, reads_of


@pytest.fixture(scope="module")
def twins(tmp_path_factory) -> tuple[Path, Path]:
    """Independence with and without the outage."""
    folder = tmp_path_factory.mktemp("metering")
    rates = folder / "often.yml"
    rates.write_text(OFTEN)
    run = {"accounts": 400, "first_month": "2019-10", "months": 24, "rates": rates}
    simulator.run("independence", folder / "with", **run)
    simulator.run("independence", folder / "without", absent=("event",), **run)
    return folder / "with", folder / "without"


@pytest.mark.rule("R73", "R77")
@pytest.mark.parametrize("which", ["twins", "town"])
def test_usage_is_what_the_reading_moved_with_dials_and_multiplier(request, which):
    """R77, R73: five dials and four; only a correction of an estimate is below zero, and never for water."""
    folder = request.getfixturevalue(which)
    reads = reads_of(folder[0] if which == "twins" else folder)
    turn = 10 ** pl.col("dials").cast(pl.Int64)
    assert reads.filter((pl.col("reading") < 0) | (pl.col("reading") >= turn)).height == 0
    moved = reads.filter(pl.col("before").is_not_null())
    off = (pl.col("usage") - (pl.col("reading") - pl.col("before")) * pl.col("multiplier")) % (
        turn * pl.col("multiplier")
    )
    assert moved.height > 9_000 and moved.filter(off != 0).height == 0
    assert moved.filter(pl.col("usage") >= turn * pl.col("multiplier") / 2).height == 0
    falls = moved.filter(pl.col("usage") < 0)
    assert (falls["service"] == "electric").all()
    assert (falls["kind_before"] == "estimated").all()
    rolled = moved.filter((pl.col("reading") < pl.col("before")) & (pl.col("usage") >= 0))
    services = {"electric": 5, "water": 4} if which == "twins" else {"water": 4}
    assert dict(rolled.select("service", "dials").unique().iter_rows()) == services
    large = reads.filter(pl.col("multiplier") > 1)
    assert large.filter(pl.col("usage") % pl.col("multiplier") != 0).height == 0
    if which == "twins":
        assert falls.height > 0 and set(large["service"]) == {"electric"}


def test_a_new_meter_takes_over_on_the_day_on_which_the_old_one_leaves(twins):
    meters, reads = meters_of(twins[0]), reads_of(twins[0])
    removed = meters.filter(pl.col("removed_on").is_not_null())
    assert removed.height > 100
    pairs = removed.with_columns(
        successor=pl.col("meter_id").str.head(7) + (pl.col("meter_id").str.tail(1).cast(int) + 1).cast(str)
    ).join(meters, left_on="successor", right_on="meter_id", suffix="_new")
    assert pairs.height == removed.height
    for column, other in (
        ("premise_id", "premise_id"),
        ("service", "service"),
        ("removed_on", "installed_on"),
    ):
        assert (pairs[column] == pairs[f"{other}_new"]).all()
    last = reads.unique("meter_id", keep="last").join(removed.select("meter_id"), on="meter_id")
    assert (last["read_on"] == last["removed_on"]).all() and (last["read_kind"] == "final").all()
    first = reads.unique("meter_id", keep="first").join(pairs.select(meter_id="successor"), on="meter_id")
    assert first.height == removed.height
    assert (first["read_on"] == first["installed_on"]).all() and (first["usage"] == 0).all()
    assert set(first["read_kind"]) == {"actual"}
    # Delivered once a delivery, restated when it is removed.
    for folder in (path.parent for path in twins[0].glob("*/meters.parquet")):
        table = pl.read_parquet(folder / "meters.parquet")
        assert table["meter_id"].n_unique() == table.height
    assert rows_of(twins[0], "meters").height > meters.height


def test_a_bill_covers_the_use_of_all_meters_since_the_last_one(twins):
    """So a bill after a change has the old meter's part and the new one's."""
    reads = reads_of(twins[0]).filter(pl.col("service") == "electric")
    accounts = latest_of(twins[0], "accounts")
    bills = latest_of(twins[0], "bills")
    bills = bills.filter((pl.col("kind") != "cancel") & ~is_cancelled(bills)).join(
        accounts.select("account_id", "premise_id"), on="account_id"
    )
    lines = latest_of(twins[0], "charges").filter(
        (pl.col("unit") == "kwh") & (pl.col("service") == "electric")
    )
    billed = lines.group_by("bill_id").agg(billed=pl.col("quantity").sum().cast(pl.Int64))
    used = (
        bills.select("bill_id", "premise_id", "service_from", "service_to")
        .join(reads.select("premise_id", "read_on", "usage", "meter_id"), on="premise_id")
        .filter(pl.col("read_on").is_between(pl.col("service_from"), pl.col("service_to"), closed="right"))
        .group_by("bill_id")
        .agg(pl.col("usage").sum(), meters=pl.col("meter_id").n_unique())
    )
    both = used.join(billed, on="bill_id", how="left").with_columns(pl.col("billed").fill_null(0))
    assert both.filter(pl.col("meters") > 1).height > 50
    assert both.filter(pl.col("usage") != pl.col("billed")).height == 0


def _expected_estimates(folder: Path, unit: str) -> dict[tuple[str, dt.date], int]:
    """Every estimate of a service from the reads before it: mean of up to twelve monthly uses (R72)."""
    reads = reads_of(folder).filter(pl.col("service") == unit)
    accounts = latest_of(folder, "accounts")
    holders = defaultdict(list)
    for row in accounts.sort("opened_on").iter_rows(named=True):
        holders[row["premise_id"]].append(row)
    expected = {}
    for premise, rows in reads.partition_by("premise_id", as_dict=True).items():
        tenancies = holders[premise[0]]
        history: dict[str, list[int]] = defaultdict(list)
        since, carried = None, 0
        for read in rows.iter_rows(named=True):
            is_move = read["read_id"][0] in "FG"
            if read["read_id"][0] not in CYCLE and not is_move:
                carried += read["usage"]
                continue
            # The tenant of the days before the read: a final read is the last of the one who leaves.
            tenant = [row for row in tenancies if row["opened_on"] < read["read_on"]][-1]["account_id"]
            months = _hundredths((read["read_on"] - since).days) if since else 100
            known = history[tenant][-12:]
            if read["read_kind"] == "estimated":
                assert len(known) >= 3
                mean = Decimal(max(sum(known), 0) * months) / (100 * len(known))
                expected[read["read_id"], read["read_on"]] = int(mean.quantize(Decimal(1), "ROUND_HALF_UP"))
            use = Decimal(100 * (read["usage"] + carried)) / max(months, 1)
            history[tenant].append(int((use + Decimal("0.5")).to_integral_value("ROUND_FLOOR")))
            since, carried = read["read_on"], 0
    return expected


def _hundredths(days: int) -> int:
    if 20 <= days <= 45:
        return 100
    months = Decimal(days) / 30 if days < 20 else (Decimal(days) / Decimal("30.4375")).quantize(Decimal(1))
    return int((100 * months).quantize(Decimal(1), "ROUND_HALF_UP"))


@pytest.mark.rule("R72")
@pytest.mark.parametrize("unit", ["electric", "water"])
def test_an_estimate_is_the_mean_of_the_last_twelve_months(twins, unit):
    """R72."""
    expected = _expected_estimates(twins[0], unit)
    estimated = reads_of(twins[0]).filter(
        (pl.col("read_kind") == "estimated") & (pl.col("service") == unit) & (pl.col("multiplier") == 1)
    )
    assert estimated.height > 200
    for row in estimated.iter_rows(named=True):
        assert row["usage"] == expected[row["read_id"], row["read_on"]], row


@pytest.mark.rule("R74")
def test_estimates_and_their_corrections_add_up_to_what_was_used(twins):
    """R74: over every span between two real reads, also against the answer sheet."""
    reads = reads_of(twins[0]).filter(pl.col("service") == "electric")
    sheet = pl.read_parquet(twins[0] / "answer_sheet/estimates.parquet")
    true = {(row["meter_id"], row["read_on"]): row for row in sheet.iter_rows(named=True)}
    spans = 0
    for meter in reads.partition_by("meter_id"):
        steps, turn = meter["multiplier"][0], 10 ** meter["dials"][0]
        start, used = None, 0
        for read in meter.iter_rows(named=True):
            used += read["usage"]
            if read["read_kind"] == "estimated":
                page = true[read["meter_id"], read["read_on"]]
                assert page["estimated_usage"] == read["usage"] and page["reason"] == read["estimate_reason"]
                continue
            if start is not None and read["kind_before"] == "estimated":
                assert used == (read["reading"] - start) % turn * steps
                spans += 1
            start, used = read["reading"], 0
    assert spans > 200
    assert sheet.height == reads_of(twins[0]).filter(pl.col("read_kind") == "estimated").height
    # The truth lies near the estimate, on neither side of it.
    homes = sheet.filter((pl.col("service") == "electric") & (pl.col("estimated_usage") < 3000))
    assert 0.8 < homes["estimated_usage"].sum() / homes["true_usage"].sum() < 1.2


def test_no_estimate_where_a_meter_is_changed(twins):
    changes = {
        (row["premise_id"], row["removed_on"].strftime("%Y-%m"))
        for row in meters_of(twins[0]).drop_nulls("removed_on").iter_rows(named=True)
    }
    estimated = reads_of(twins[0]).filter(pl.col("read_kind") == "estimated")
    places = {
        (row["premise_id"], row["read_on"].strftime("%Y-%m")) for row in estimated.iter_rows(named=True)
    }
    assert len(places) > 200 and not places & changes


def test_storms_keep_the_readers_away_on_a_few_winter_days(twins):
    reads = reads_of(twins[0]).filter(pl.col("read_id").str.head(1).is_in(CYCLE))
    weather = reads.filter(pl.col("estimate_reason") == "weather")
    assert set(weather["read_on"].dt.month()) <= {12, 1, 2}
    days = weather["read_on"].unique().to_list()
    winters = defaultdict(int)
    for day in days:
        winters[day.year + (day.month == 12)] += 1
    assert winters and max(winters.values()) <= 10
    of_days = reads.filter(pl.col("read_on").is_in(days))
    assert 0.2 < weather.height / of_days.height < 0.5
    access = reads.filter(pl.col("estimate_reason") == "access")
    assert access["read_on"].dt.month().n_unique() == 12
    assert 0.04 < access.height / reads.height < 0.09
    customer = reads.filter(pl.col("read_kind") == "customer")
    assert 0.1 < customer.height / (access.height + customer.height) < 0.3
    assert customer["estimate_reason"].null_count() == customer.height


def test_registers_show_the_same_with_and_without_the_outage(twins):
    """Who reads when changes nothing of what was used: where both runs read, they read the same."""
    runs = []
    for folder in twins:
        accounts = latest_of(folder, "accounts")
        history = (
            accounts.sort("opened_on")
            .group_by("premise_id")
            .agg(tenants=pl.col("opened_on").dt.strftime("%Y-%m-%d").str.join("|"))
        )
        orders = rows_of(folder, "service_orders")
        cut = orders.filter(pl.col("kind") == "disconnect")["account_id"].to_list() if orders.height else []
        spared = accounts.group_by("premise_id").agg(is_cut=pl.col("account_id").is_in(cut).any())
        reads = reads_of(folder).filter(pl.col("read_kind").is_in(["actual", "customer", "final"]))
        # A water reading is held where an estimate was too high; its use is nothing then.
        reads = reads.filter((pl.col("service") == "electric") | (pl.col("usage") > 0))
        runs.append(
            reads.join(history, on="premise_id").join(spared.filter(~pl.col("is_cut")), on="premise_id")
        )
    key = ["meter_id", "read_on", "premise_id", "tenants"]
    first = [run.unique(["meter_id", "read_on"], keep="first") for run in runs]
    both = first[0].join(first[1], on=key, suffix="_twin")
    assert both.filter(pl.col("read_on") < dt.date(2020, 12, 1)).height > 5_000
    assert both.filter(pl.col("read_on") > dt.date(2021, 3, 1)).height > 3_000
    assert both.filter(pl.col("reading") != pl.col("reading_twin")).height == 0
    # The outage did change which days were read.
    assert both.height < min(run.height for run in first)


@pytest.mark.parametrize("which", ["twins", "town"])
def test_stuck_registers_stand_still_until_their_meters_are_changed(request, which):
    folder = request.getfixturevalue(which)
    folder = folder[0] if which == "twins" else folder
    sheet = pl.read_parquet(folder / "answer_sheet/stuck_meters.parquet")
    reads, removed = reads_of(folder), dict(meters_of(folder).select("meter_id", "removed_on").iter_rows())
    found = sheet.drop_nulls("stuck_to")
    assert found.height > 8 and (found["unmetered_usage"] > 0).mean() > 0.8
    days = (found["stuck_to"] - found["stuck_from"]).dt.total_days()
    assert days.min() >= 60 and days.max() <= 125
    checked = 0
    for row in sheet.iter_rows(named=True):
        assert removed[row["meter_id"]] == row["stuck_to"]
        of_meter = reads.filter(pl.col("meter_id") == row["meter_id"])
        if "estimated" in of_meter["read_kind"].to_list():
            continue
        still = of_meter.filter(pl.col("read_on") >= row["stuck_from"])
        assert still["reading"].n_unique() <= 1
        checked += still.height > 2
    assert checked > 5


@pytest.mark.rule("R89")
def test_water_and_power_are_read_on_the_same_days(twins):
    """R89."""
    reads = reads_of(twins[0])
    reads = reads.filter(pl.col("read_id").str.head(1).is_in(["E", "W", "F", "G"]))
    days = reads.group_by("premise_id", "service").agg(pl.col("read_on").sort())
    wide = days.pivot(on="service", index="premise_id", values="read_on").drop_nulls()
    assert wide.height > 300 and (wide["electric"] == wide["water"]).all()


def test_leaks_are_seen_at_the_meter(twins):
    """Credited bills have far more water than the account's others."""
    credits = latest_of(twins[0], "adjustments").filter(pl.col("kind") == "leak_credit")
    lines = latest_of(twins[0], "charges").filter((pl.col("service") == "sewer") & (pl.col("unit") == "ccf"))
    of_bill = lines.group_by("bill_id", "account_id").agg(ccf=pl.col("quantity").sum().cast(float))
    usual = of_bill.group_by("account_id").agg(usual=pl.col("ccf").median())
    both = credits.select("bill_id").join(of_bill, on="bill_id").join(usual, on="account_id")
    assert both.height > 20 and (both["ccf"] / both["usual"]).median() > 3


def test_homes_use_what_homes_use(twins):
    """822 kWh a month (EIA-861), about 5.5 ccf."""
    accounts = latest_of(twins[0], "accounts").filter(pl.col("customer_class") == "residential")
    homes = accounts["premise_id"].unique().to_list()
    reads = reads_of(twins[1]).filter(
        pl.col("premise_id").is_in(homes)
        & pl.col("read_on").is_between(dt.date(2020, 1, 1), dt.date(2020, 12, 31))
    )
    mean = dict(
        reads.group_by("service")
        .agg(pl.col("usage").sum() / 12 / pl.col("premise_id").n_unique())
        .iter_rows()
    )
    assert 740 < mean["electric"] < 900 and 4.9 < mean["water"] < 6.3


@pytest.mark.parametrize(
    ("days", "hundredths"),
    [(0, 0), (5, 17), (15, 50), (19, 63), (20, 100), (31, 100), (45, 100), (46, 200), (65, 200), (90, 300)],
)
def test_months_of_a_bill(days, hundredths):
    assert months_of(np.array([days]))[0] == hundredths == _hundredths(days)


def test_a_register_does_not_depend_on_how_often_it_is_looked_at():
    rates = load_rates("independence").metering.meters
    present = np.array([False, True, True])
    one, other = (Registers(2, rates, Draws(1), present, np.ones(3, np.int64)) for _ in range(2))
    place = np.array([1, 2])
    for registers in (one, other):
        registers.use(place, 10, np.array([333_333, 1_234_567]))
    for on in (11, 17, 40):
        one.advance(place, on)
    assert one.register(place, 90).tolist() == other.register(place, 90).tolist()
    one.stick(place, 100)
    assert one.register(place, 400).tolist() == one.register(place, 100).tolist()
    one.advance(place, 103)
    assert one.unmetered[place].tolist() == [999_999, 3_703_701]


@pytest.mark.parametrize("which", ["twins", "town"])
def test_no_row_names_what_is_delivered_later(request, which):
    folder = request.getfixturevalue(which)
    folder = folder[0] if which == "twins" else folder
    names = (("reads", "meter_id", "meters"), ("source_accounts", "account_id", "accounts"))
    for entity, column, target in names:
        known: set[str] = set()
        for path in sorted(folder.glob("*/bills.parquet")):
            here = path.parent
            known |= set(pl.read_parquet(here / f"{target}.parquet")[column])
            if (here / f"{entity}.parquet").exists():
                rows = pl.read_parquet(here / f"{entity}.parquet")
                assert set(rows[column].drop_nulls()) <= known
        assert len(known) > 400


def test_nothing_is_used_while_the_service_is_off(tmp_path, monkeypatch):
    """Shut off on 15 January, restored on 15 May: the reads between stand still, and use goes on after."""
    steps = {dt.date(2020, 1, 15): reading.shut_off, dt.date(2020, 5, 15): reading.restore}
    change = meters.change

    def act(world, on):
        if date_of(on) in steps:
            steps[date_of(on)](world, world.people.holder[1:21], on)
        change(world, on)

    monkeypatch.setattr(meters, "change", act)
    simulator.run("independence", tmp_path / "out", accounts=40, first_month="2019-10", months=12)
    reads = reads_of(tmp_path / "out").filter(pl.col("service") == "electric")
    # Who moves in has the service on.
    moved = reads.filter(pl.col("read_id").str.head(1) != "E")["premise_id"].unique().to_list()
    reads = reads.filter(~pl.col("premise_id").is_in(moved))
    is_off = pl.col("premise_id") <= "L000020"
    between = pl.col("read_on").is_between(dt.date(2020, 2, 25), dt.date(2020, 5, 15))
    assert reads.filter(is_off & between).height > 15
    assert (reads.filter(is_off & between)["usage"] == 0).all()
    assert (reads.filter(~is_off & between)["usage"] > 0).all()
    assert (reads.filter(is_off & (pl.col("read_on") > dt.date(2020, 5, 25)))["usage"] > 0).all()
