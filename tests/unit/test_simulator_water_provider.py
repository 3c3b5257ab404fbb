"""The water provider's list of a simulated city and the winter's reads, judged from the files."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

import simulator
from tests.support.cities import latest_of, rows_of
from tests.support.metering import OFTEN, reads_of


@pytest.mark.rule("R14", "R93")
def test_the_provider_lists_what_is_not_billed_and_lacks_what_is(town):
    """R93, R14."""
    listed = rows_of(town, "source_accounts").unique("source_account_id", keep="last")
    accounts = latest_of(town, "accounts")
    both = listed.drop_nulls("account_id").join(accounts, on="account_id", suffix="_here")
    unlisted = accounts.height - both.height
    assert 0.01 * accounts.height < unlisted < 0.06 * accounts.height
    for column, other in (
        ("premise_id", "premise_id_here"),
        ("activated_on", "opened_on"),
        ("ended_on", "closed_on"),
    ):
        assert both[column].eq_missing(both[other]).all()
    unbilled = listed.filter(pl.col("account_id").is_null())
    assert 5 < unbilled.height < 0.08 * accounts.height
    assert not set(unbilled["premise_id"]) & set(accounts["premise_id"])
    assert not set(unbilled["service_address"]) & set(accounts["service_address"])
    assert unbilled["ended_on"].null_count() == unbilled.height
    for path in town.glob("*/source_accounts.parquet"):
        rows = pl.read_parquet(path)
        assert rows["source_account_id"].n_unique() == rows.height
        assert rows["activated_on"].max() <= dt.date.fromisoformat(
            path.parent.name[-7:] + "-28"
        ) + dt.timedelta(3)


@pytest.mark.rule("R75")
def test_no_estimate_makes_a_winter_average(town):
    """R75."""
    reads = reads_of(town)
    estimated = reads.filter(pl.col("read_kind") == "estimated")
    assert estimated.height > 100
    assert set(estimated["read_on"].dt.month()) == set(range(4, 12))
    assert set(estimated["estimate_reason"]) == {"access"}


@pytest.mark.parametrize("name", ["independence", "warrensburg"])
def test_more_accounts_keep_the_reads_meters_and_lists_of_the_first(name, tmp_path):
    rates = tmp_path / "often.yml"
    rates.write_text(OFTEN)
    for folder, accounts in (("few", 40), ("many", 91)):
        simulator.run(
            name, tmp_path / folder, accounts=accounts, first_month="2019-10", months=8, rates=rates
        )
    assert rows_of(tmp_path / "few", "source_accounts").height == 0 or name == "warrensburg"
    for entity in ("meters", "reads", "source_accounts"):
        few, many = rows_of(tmp_path / "few", entity), rows_of(tmp_path / "many", entity)
        if not few.height:
            continue
        kept = few.join(many, on=few.columns, how="semi", nulls_equal=True)
        assert kept.height == few.height < many.height
