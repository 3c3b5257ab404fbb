"""The bill audit on simulated cities: bills recomputed to the cent, planted mistakes named, nothing else."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import polars as pl
import pytest

import simulator
from ingest import ingest_landing
from ingest.policy import load_policy
from ratehouse.demo import bring_policy
from ratehouse.workspace import Workspace
from tests.support.models import warehouse_on

CITIES = ("independence", "warrensburg")
MANY = "defects:\n  premises_for_one: {value: 40}\n"
REASON_OF = {
    "missing_base": "missing_base",
    "tax_on_home": "tax_not_due",
    "wrong_rate_version": "wrong_rate_version",
    "wrong_winter_average": "wrong_winter_average",
}
TARGETS = ("fct_bill_audit", "fct_bill_lines", "fct_billing_determinants", "rpt_proof_of_revenue",
           "rpt_bill_frequency", "price_units_of", "dim_tariffs", "stg_extracts__charges")  # fmt: skip


def _workspace(tmp_path_factory, city: str) -> tuple[Workspace, Path]:
    workspace = Workspace.at(tmp_path_factory.mktemp(city))
    bring_policy(workspace, [city])
    return workspace, workspace.landing / city / "simulated"


def _loaded(workspace: Workspace, city: str):
    load_policy(workspace, city)
    ingest_landing(workspace)
    return warehouse_on(workspace.raw_database, TARGETS)


@pytest.fixture(
    scope="module",
    params=[(size, city) for size in ("small", "demo") for city in CITIES],
    ids="-".join,
)
def spoilt(request, tmp_path_factory):
    """A city with planted mistakes through the product: its answer sheet and its warehouse."""
    size, city = request.param
    workspace, folder = _workspace(tmp_path_factory, city)
    if size == "demo":
        shutil.copytree(request.getfixturevalue("demo_cities")[city], folder, copy_function=os.link)
    else:
        rates = workspace.root / "rates.yml"
        rates.write_text(MANY, encoding="utf-8")
        simulator.run(
            city, folder, accounts=160, first_month="2019-07", months=24, with_defects=True, rates=rates
        )
    yield pl.read_parquet(folder / "answer_sheet/defects.parquet"), _loaded(workspace, city)


@pytest.fixture(scope="module", params=[(seed, city) for seed in (1, 2) for city in CITIES], ids=str)
def clean(request, tmp_path_factory):
    """A city without planted mistakes, over the outage and a change of rates."""
    seed, city = request.param
    workspace, folder = _workspace(tmp_path_factory, city)
    simulator.run(city, folder, accounts=240, first_month="2018-07", months=36, seed=seed)
    yield _loaded(workspace, city)


@pytest.mark.rule("R05", "R14")
def test_planted_mistakes_are_found_and_named_and_no_other_bill_is_accused(spoilt):
    sheet, warehouse = spoilt
    planted = sheet.filter(pl.col("defect").is_in(list(REASON_OF)))
    expected = {(row["key"], REASON_OF[row["defect"]]) for row in planted.iter_rows(named=True)}
    found = warehouse.execute("SELECT bill_id, reason FROM marts.fct_bill_audit WHERE is_error").fetchall()
    assert set(found) == expected
    assert len(expected) >= 6
    dollars = {row["key"]: abs(row["amount_usd"]) for row in planted.iter_rows(named=True)}
    stakes = warehouse.execute(
        "SELECT bill_id, sum(at_stake_usd) FROM marts.fct_bill_audit WHERE is_error GROUP BY ALL"
    ).fetchall()
    assert dict(stakes) == dollars


@pytest.mark.rule("R03", "R05", "R11", "R12", "R79")
def test_every_bill_of_a_clean_city_is_recomputed_to_the_cent(clean):
    reasons = dict(clean.execute("SELECT reason, count(*) FROM marts.fct_bill_audit GROUP BY ALL").fetchall())
    assert set(reasons) <= {"none", "cancelled"}
    assert reasons["none"] > 7_000
    assert reasons["cancelled"] < reasons["none"] / 500
    unread = clean.execute("SELECT count(*) FROM marts.fct_bill_audit WHERE usage_source != 'reads'")
    assert unread.fetchone() == (0,)


def test_lines_equal_the_billed_lines_one_by_one(clean):
    """Not only the sum: every component of every bill that stands."""
    (differing, compared) = clean.execute(
        """
        WITH billed AS (
            SELECT bill_id, service, charge_code AS component, coalesce(block, 0) AS block_no,
                sum(amount_usd) AS amount_usd
            FROM staging.stg_extracts__charges
            WHERE service != 'account' AND charge_code NOT IN ('loan', 'deposit') GROUP BY ALL
        ),
        recomputed AS (
            SELECT bill_id, service, component, block_no, sum(amount_usd) AS amount_usd
            FROM marts.fct_bill_lines GROUP BY ALL
        )
        SELECT count(*) FILTER (coalesce(billed.amount_usd, 0) != coalesce(recomputed.amount_usd, 0)),
            count(*)
        FROM billed FULL JOIN recomputed USING (bill_id, service, component, block_no)
        JOIN marts.fct_bill_audit AS audit USING (bill_id, service)
        WHERE audit.reason = 'none'
        """
    ).fetchone()
    assert compared > 15_000
    assert differing == 0


@pytest.mark.rule("R02")
def test_a_new_home_never_pays_more_than_the_capped_bill(clean):
    """R02: 45.06 for a month under the FAQ's rates, whatever the use."""
    homes, highest, above_cap = clean.execute(
        """
        WITH priced AS (
            SELECT bill_id FROM marts.fct_bill_lines WHERE utility_id = 'warrensburg' GROUP BY bill_id
            HAVING min(effective_from_on) = DATE '2015-10-01' AND max(effective_from_on) = DATE '2015-10-01'
        )
        SELECT count(*), max(recomputed_usd), count(*) FILTER (usage_quantity > 8)
        FROM marts.fct_bill_audit JOIN priced USING (bill_id)
        WHERE utility_id = 'warrensburg' AND tariff_class = 'residential_new' AND months = 1
        """
    ).fetchone()
    assert homes == 0 or (str(highest), above_cap > 0) == ("45.06", True)


def test_determinants_price_all_bills_to_the_cent(clean):
    bills = clean.execute(
        "SELECT service, sum(recomputed_usd) FROM marts.fct_bill_audit "
        "WHERE NOT is_cancelled GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    cancelled = clean.execute(
        "SELECT sum(recomputed_usd) FROM marts.fct_bill_audit WHERE is_cancelled"
    ).fetchone()
    determinants = clean.execute(
        "SELECT service, sum(unit_count * recomputed_usd) FROM marts.fct_billing_determinants "
        "GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    assert cancelled[0] > 0
    # A cancelled bill counts once and is taken off once.
    assert determinants == bills


def test_proof_of_revenue_closes_on_the_books(clean):
    rows = clean.execute(
        "SELECT residual_usd, books_difference_usd, is_flagged FROM marts.rpt_proof_of_revenue "
        "WHERE component = 'all' AND customer_class = 'all'"
    ).fetchall()
    assert len(rows) >= 3
    assert all(books == 0 for _, books, _ in rows)
    # A bill cancelled in the next fiscal year leaves the earlier one with what it was wrong by.
    assert all(abs(residual) < 100 and not flagged for residual, _, flagged in rows)
    total = clean.execute(
        "SELECT sum(usage_quantity) - sum(usage_falling_in_band) FROM marts.rpt_bill_frequency"
    )
    assert total.fetchone() == (0,)
