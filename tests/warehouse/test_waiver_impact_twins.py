"""With behaviour held fixed, the penalties that a waiver stops are those that the twin without it charged."""

from __future__ import annotations

import datetime as dt
import shutil
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

import simulator
from ingest import ingest_landing
from ingest.policy import load_policy
from ratehouse.workspace import PROJECT_ROOT, Workspace
from tests.support.cities import latest_of
from tests.support.models import warehouse_on

# First month of the run, months, the first month with a waiver, and the first day of that.
RUNS = {
    "warrensburg": ("2019-09", 8, dt.date(2020, 3, 31), dt.date(2020, 3, 16)),
    "independence": ("2020-07", 8, dt.date(2020, 12, 31), dt.date(2020, 12, 1)),
}


@pytest.mark.rule("R28", "R60")
@pytest.mark.parametrize("city", RUNS)
def test_penalties_not_charged_in_the_first_month_are_those_of_the_twin(tmp_path: Path, city: str) -> None:
    """Later months differ: who was charged owes more, and so much the sooner is the money found."""
    first_month, months, month_end, first_day = RUNS[city]
    settings = {"accounts": 400, "first_month": first_month, "months": months, "seed": 3, "response": "none"}
    workspace, twin = Workspace.at(tmp_path / "actual"), tmp_path / "twin"
    shutil.copytree(PROJECT_ROOT / "data" / "utilities" / city, workspace.utilities / city)
    simulator.run(city, workspace.landing / city, **settings)
    simulator.run(city, twin, absent=("waiver",), **settings)
    load_policy(workspace, city)
    ingest_landing(workspace)
    with warehouse_on(workspace.raw_database, ("fct_waiver_impact",)) as warehouse:
        query = """
            SELECT account_id, sum(amount_usd) FROM marts.fct_waiver_impact
            WHERE component = 'penalties' AND month_end_on = $month_end GROUP BY account_id
        """
        not_charged = dict(warehouse.execute(query, {"month_end": month_end}).fetchall())
    charged: dict[str, Decimal] = dict(
        latest_of(twin, "adjustments")
        .filter(pl.col("kind") == "penalty", pl.col("posted_on").is_between(first_day, month_end))
        .group_by("account_id")
        .agg(pl.col("amount").sum())
        .iter_rows()
    )
    assert not_charged == charged and len(charged) > 15
