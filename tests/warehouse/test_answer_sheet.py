"""The marts against the simulator's own books, which share nothing with the warehouse but the extracts."""

from __future__ import annotations

import shutil

import pytest

from ingest import ingest_landing
from ingest.policy import load_policy
from ratehouse.workspace import PROJECT_ROOT, Workspace
from simulator import run
from tests.support.models import warehouse_on

CITIES = {"independence": ("2019-01", 36), "warrensburg": ("2019-10", 36)}
TARGETS = ("fct_aging_monthly", "rpt_receivable_rollforward", "fct_bills", "fct_ledger")


@pytest.fixture(scope="module", params=[1, 2, 3])
def cities(request, tmp_path_factory):
    """Both cities, simulated from one seed, delivered as files, loaded and modelled."""
    workspace = Workspace.at(tmp_path_factory.mktemp(f"seed{request.param}"))
    for city, (first_month, months) in CITIES.items():
        shutil.copytree(PROJECT_ROOT / "data" / "utilities" / city, workspace.utilities / city)
        run(
            city, workspace.landing / city, accounts=240, first_month=first_month, months=months,
            seed=request.param, file_format="csv" if request.param == 2 else "parquet",
        )  # fmt: skip
    for city in CITIES:
        load_policy(workspace, city)
    report = ingest_landing(workspace)
    assert all(file.status == "loaded" and file.rejected == 0 for file in report.files)
    connection = warehouse_on(workspace.raw_database, TARGETS)
    yield workspace, connection
    connection.close()


@pytest.mark.parametrize("city", CITIES)
def test_every_balance_equals_the_answer_sheet(cities, city):
    workspace, connection = cities
    sheet = workspace.landing / city / "answer_sheet" / "balances.parquet"
    compared, differing, dollars = connection.execute(
        """
        WITH books AS (SELECT account_id, month_end, balance_usd FROM read_parquet($sheet)),
        marts AS (
            SELECT account_id, month_end_on AS month_end, sum(total_usd) AS total_usd
            FROM marts.fct_aging_monthly WHERE utility_id = $city GROUP BY ALL
        )
        SELECT
            count(*), count(*) FILTER (coalesce(balance_usd, 0) != coalesce(total_usd, 0)),
            sum(abs(balance_usd))
        FROM books FULL JOIN marts USING (account_id, month_end)
        """,
        {"sheet": str(sheet), "city": city},
    ).fetchone()
    assert compared >= 240 * CITIES[city][1]
    assert dollars > 10_000
    assert differing == 0


@pytest.mark.parametrize("city", CITIES)
def test_receivable_by_fund_ties_to_the_books_every_month(cities, city):
    _, connection = cities
    months, differing = connection.execute(
        """
        SELECT count(DISTINCT month_end_on), count(*) FILTER (difference_usd IS DISTINCT FROM 0)
        FROM marts.rpt_receivable_rollforward WHERE utility_id = $city
        """,
        {"city": city},
    ).fetchone()
    assert (months, differing) == (CITIES[city][1], 0)


@pytest.mark.parametrize("city", CITIES)
def test_penalties_equal_the_answer_sheet(cities, city):
    workspace, connection = cities
    sheet = workspace.landing / city / "answer_sheet" / "penalties.parquet"
    assessed, waived = connection.execute(
        "SELECT sum(penalty_usd), sum(waived_usd) FROM read_parquet($sheet)", {"sheet": str(sheet)}
    ).fetchone()
    posted, credited = connection.execute(
        """
        SELECT
            sum(amount_usd) FILTER (posting_kind = 'penalty'),
            -sum(amount_usd) FILTER (posting_detail = 'penalty_waiver')
        FROM marts.fct_ledger WHERE utility_id = $city
        """,
        {"city": city},
    ).fetchone()
    assert posted == assessed > 0
    assert (credited or 0) == (waived or 0)


@pytest.mark.rule("R57", "R58", "R59", "R92")
def test_outage_statements(cities):
    """R57 to R59: no December statement, late November ones, January's from the last read on; R92."""
    _, connection = cities
    periods = dict(
        connection.execute(
            """
            SELECT billing_period, count(*) FROM marts.fct_bills
            WHERE utility_id = 'independence' AND bill_kind = 'regular' GROUP BY ALL
            """
        ).fetchall()
    )
    assert "2020-12" not in periods
    assert periods["2020-11"] > 200 and periods["2021-01"] > 200
    sent_in_the_outage, late_november, shortest, longest = connection.execute(
        """
        SELECT
            count(*) FILTER (billed_on BETWEEN '2020-12-08' AND '2020-12-27'),
            count(*) FILTER (billing_period = '2020-11' AND billed_on >= '2020-12-28'),
            min(service_days) FILTER (billing_period = '2021-01'),
            max(service_days) FILTER (billing_period = '2021-01')
        FROM marts.fct_bills WHERE utility_id = 'independence' AND bill_kind = 'regular'
        """
    ).fetchone()
    assert sent_in_the_outage == 0
    assert late_november > 0
    assert longest >= 60, "January statements cover two months"
    resumed = connection.execute(
        """
        SELECT delivery, min(billed_on) FROM marts.fct_bills
        WHERE utility_id = 'independence' AND bill_kind = 'regular' AND billed_on >= '2020-12-07' GROUP BY ALL
        """
    ).fetchall()
    assert {kind for kind, _ in resumed} == {"paper", "electronic"}
    first_days = {str(first) for _, first in resumed}
    assert "2020-12-28" <= min(first_days) <= max(first_days) <= "2020-12-31", "both resume together (R92)"
    assert shortest >= 1
