"""Cities without planted mistakes: no row is accused, fees add up to the ledger and to the answer sheet."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

import simulator
from ingest import ingest_landing
from ingest.policy import load_policy
from ratehouse.demo import bring_policy
from ratehouse.workspace import Workspace
from tests.support.cities import latest_of
from tests.support.models import warehouse_on

TARGETS = ("rpt_policy_findings", "fct_fees", "fct_returned_payments", "rpt_payment_channels", "fct_ledger")


@pytest.fixture(scope="module", params=["independence", "warrensburg"])
def clean(request, tmp_path_factory):
    """Three years over the outage and the waivers: the city's folder and its warehouse."""
    workspace = Workspace.at(tmp_path_factory.mktemp(request.param))
    bring_policy(workspace, [request.param])
    folder = workspace.landing / request.param / "simulated"
    simulator.run(request.param, folder, accounts=240, first_month="2018-07", months=36, seed=3)
    load_policy(workspace, request.param)
    ingest_landing(workspace)
    return folder, warehouse_on(workspace.raw_database, TARGETS)


def test_a_clean_city_is_accused_of_nothing(clean):
    _, warehouse = clean
    assert warehouse.execute("SELECT * FROM marts.rpt_policy_findings").fetchall() == []
    reasons = warehouse.execute("SELECT DISTINCT reason FROM marts.fct_fees").fetchall()
    assert set(reasons) <= {("none",), ("waiver_without_fee",)}


def test_fees_owed_by_accounts_are_those_of_the_ledger(clean):
    _, warehouse = clean
    fees = warehouse.execute(
        "SELECT fee_kind, sum(charged_usd) FROM marts.fct_fees WHERE is_receivable AND charged_usd > 0 "
        "GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    posted = warehouse.execute(
        "SELECT posting_detail, sum(amount_usd) FROM marts.fct_ledger WHERE posting_kind = 'fee' "
        "GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    assert fees == posted != []


def test_card_fees_are_those_delivered_and_those_of_the_answer_sheet(clean):
    """What payers paid, and what the city took over, by month; the simulator counts them for Independence."""
    folder, warehouse = clean
    delivered = latest_of(folder, "payments").group_by(month_end=pl.col("posted_on").dt.month_end())
    sheet = pl.read_parquet(folder / "answer_sheet/flows.parquet")
    absorbed = (pl.col("processor_fee") - pl.col("customer_fee")).clip(lower_bound=0)
    for component, column, amount in (
        ("card_fees_of_customers", "customer_fee_usd", pl.col("customer_fee")),
        ("card_fees_absorbed", "absorbed_fee_usd", absorbed),
    ):
        found = warehouse.execute(
            f"SELECT month_end_on, sum({column}) FROM marts.rpt_payment_channels "
            f"GROUP BY ALL HAVING sum({column}) <> 0 ORDER BY ALL"
        ).fetchall()
        of_rows = delivered.agg(amount.sum().alias("usd")).filter(pl.col("usd") != 0).sort("month_end")
        assert found == of_rows.rows()
        known = sheet.filter(pl.col("component") == component, pl.col("amount_usd") != 0)
        known = known.group_by("month_end").agg(pl.col("amount_usd").sum()).sort("month_end")
        assert known.rows() in ([], found)
        assert bool(found) == ("independence" in str(folder) or column == "customer_fee_usd")


def test_payments_of_all_channels_are_those_of_the_ledger(clean):
    _, warehouse = clean
    (paid, returned) = warehouse.execute(
        "SELECT sum(payment_usd), sum(returned_usd) FROM marts.rpt_payment_channels"
    ).fetchone()
    posted = dict(
        warehouse.execute(
            "SELECT posting_kind, sum(amount_usd) FROM marts.fct_ledger "
            "WHERE posting_kind IN ('payment', 'return') GROUP BY ALL"
        ).fetchall()
    )
    assert (-paid, returned) == (posted["payment"], posted["return"])
    assert paid > Decimal("100000")
