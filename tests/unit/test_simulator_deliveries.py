"""Rows that come late or are first delivered wrong, judged from the files and the answer sheet alone."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

import simulator
from tests.support.cities import latest_of, rows_of

RATES = "deliveries:\n  late: {value: 0.03}\n  corrected: {value: 0.02}\n"
KEYS = {
    "accounts": "account_id",
    "reads": "read_id",
    "bills": "bill_id",
    "adjustments": "adjustment_id",
    "payments": "payment_id",
}


def _made(tmp_path_factory, name: str, delivery: str) -> Path:
    """A year with many late and corrected rows."""
    base = tmp_path_factory.mktemp(f"{name}_{delivery}")
    rates = base / "rates.yml"
    rates.write_text(RATES, encoding="utf-8")
    out = base / "out"
    simulator.run(name, out, accounts=90, first_month="2019-12", months=12, delivery=delivery, rates=rates)
    return out


@pytest.fixture(scope="module", params=["independence", "warrensburg"])
def monthly(request, tmp_path_factory) -> Path:
    """Delivered month by month."""
    return _made(tmp_path_factory, request.param, "month")


def _sheet(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(folder / f"answer_sheet/{name}.parquet")


def _delivered(folder: Path, entity: str) -> pl.DataFrame:
    """Every row with the name of its delivery."""
    files = sorted(folder.glob(f"*/{entity}.parquet"))
    parts = [pl.read_parquet(file).with_columns(folder=pl.lit(file.parent.name)) for file in files]
    return pl.concat(parts, how="diagonal")


def _next(name: str) -> str:
    year, month = map(int, name.split("-"))
    return f"{year + month // 12:04d}-{month % 12 + 1:02d}"


def test_late_rows_come_with_the_next_delivery_and_no_other_row_does(monthly):
    late = _sheet(monthly, "late")
    assert set(late["entity"]) == {"reads", "adjustments", "payments"}
    dates = {"reads": "read_on", "adjustments": "posted_on", "payments": "posted_on"}
    for entity, day in dates.items():
        rows = _delivered(monthly, entity).with_columns(posted_in=pl.col(day).dt.strftime("%Y-%m"))
        first = rows.unique(KEYS[entity], keep="first", maintain_order=True)
        # Reads of before the first month come with it.
        earliest = pl.lit(rows["folder"].min())
        first = first.with_columns(posted_in=pl.max_horizontal("posted_in", earliest))
        behind = first.filter(pl.col("posted_in") != pl.col("folder"))
        listed = late.filter(pl.col("entity") == entity)
        found = behind.select(KEYS[entity], "posted_in", "folder").rows()
        assert sorted(found) == sorted(listed.drop("entity").rows())
    for _, _, posted, delivered in late.rows():
        assert delivered == _next(posted)


def test_a_corrected_row_is_first_wrong_and_then_right(monthly):
    corrections = _sheet(monthly, "corrections")
    assert set(corrections["entity"]) == set(KEYS)
    for entity, key in KEYS.items():
        rows = _delivered(monthly, entity).cast({key: pl.String})
        listed = corrections.filter(pl.col("entity") == entity)
        for row in listed.iter_rows(named=True):
            versions = rows.filter(pl.col(key) == row["key"])
            column = row["column"]
            first, second = versions.to_dicts()[:2]
            assert (first["folder"], str(first[column])) == (row["first_delivery"], row["wrong_value"])
            assert (second["folder"], str(second[column])) == (
                row["corrected_delivery"],
                row["right_value"],
            )
            assert row["corrected_delivery"] == _next(row["first_delivery"])
            if entity != "accounts":
                same = {name for name in first if first[name] == second[name]}
                assert set(first) - same == {column, "folder"} and versions.height == 2
        if entity != "accounts":
            again = rows.filter(pl.col(key).is_duplicated())[key].unique().to_list()
            assert sorted(again) == sorted(listed["key"])


def test_a_wrong_value_is_one_that_could_be(monthly):
    """It is accepted when it comes: no rule of the contract or of the counter tells that it is wrong."""
    payments = rows_of(monthly, "payments")
    assert (payments["received_on"] <= payments["posted_on"]).all()
    assert (payments["amount"] > 0).all()
    wrong = _sheet(monthly, "corrections").filter(
        (pl.col("entity") == "payments") & (pl.col("column") == "amount")
    )
    wrong = wrong.with_columns(pl.col("wrong_value", "right_value").cast(pl.Float64))
    assert wrong.height and (wrong["wrong_value"] > wrong["right_value"]).all()
    slow = payments.filter((pl.col("channel") == "online") & (pl.col("received_on") != pl.col("posted_on")))
    assert slow.height == 0
    boxed = payments.filter(pl.col("channel").is_in(["mail", "drop_box"]))
    assert set(boxed["tender"]) <= {"check", "money_order"}
    returned = rows_of(monthly, "payment_returns").join(latest_of(monthly, "payments"), on="payment_id")
    assert (returned["amount"] <= returned["amount_right"]).all()


def test_the_last_delivery_leaves_nothing_out_and_nothing_wrong(monthly):
    last = max(path.name for path in monthly.iterdir() if (path / "bills.parquet").exists())
    assert last == "2020-11"
    assert _sheet(monthly, "late")["posted_in_delivery"].max() < last
    assert _sheet(monthly, "corrections")["first_delivery"].max() < last
    for entity in KEYS:
        rows = latest_of(monthly, entity).with_columns(pl.col(KEYS[entity]).cast(pl.String).alias("key"))
        listed = _sheet(monthly, "corrections").filter(pl.col("entity") == entity)
        if entity == "accounts":
            continue
        for row in rows.join(listed, on="key").iter_rows(named=True):
            assert str(row[row["column"]]) == row["right_value"]


def test_deliveries_of_any_size_tell_the_same_truth(tmp_path_factory):
    for name in ("independence", "warrensburg"):
        folders = [_made(tmp_path_factory, name, delivery) for delivery in ("whole", "year", "month")]
        assert _sheet(folders[0], "late").height == 0 == _sheet(folders[0], "corrections").height
        # A year's last month is late, not the whole of it.
        late = _sheet(folders[1], "late")
        months = {"independence": "2019-12_2020-06", "warrensburg": "2019-12_2020-09"}
        assert set(late["posted_in_delivery"]) == {months[name]}
        for entity in ("reads", "bills", "adjustments", "payments", "charges"):
            truth, *others = [latest_of(folder, entity) for folder in folders]
            key = truth.columns[0]
            assert all(truth.sort(key).equals(other.sort(key)) for other in others), entity
        day = {"independence": dt.date(2020, 6, 1), "warrensburg": dt.date(2020, 9, 1)}[name]
        rows = latest_of(folders[1], "payments").filter(pl.col("payment_id").is_in(late["key"].to_list()))
        assert rows.height and rows["posted_on"].min() >= day
