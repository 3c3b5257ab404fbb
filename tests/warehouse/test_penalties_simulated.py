"""Penalties of the simulated cities: what SQL expects of each bill is what the answer sheet says."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pytest

from ingest import ingest_landing
from ingest.policy import load_policy
from ratehouse.workspace import PROJECT_ROOT, Workspace
from simulator import run
from simulator.cities import CITIES
from tests.support.collections import OFTEN
from tests.support.models import warehouse_on

MODES = ("compounding", "simple", "once_per_bill")
# Half a year of the waiver of 2020, and in Independence the outage, stand in these months.
FIRST_MONTH = {"independence": "2020-02", "warrensburg": "2019-11"}
MONTHS = 18


@dataclass
class Simulated:
    """A city under one mode of compounding, in the warehouse."""

    city: str
    sheet: Path
    connection: duckdb.DuckDBPyConnection

    def ask(self, query: str) -> list[tuple]:
        """The rows of a query that may name the answer sheet's `{sheet}`."""
        return self.connection.execute(query.format(sheet=self.sheet / "penalties.parquet")).fetchall()


def simulate(folder: Path, city: str, mode: str, with_defects: bool = False) -> Simulated:
    """Simulate, load with the same policy, and model."""
    workspace = Workspace.at(folder)
    policy = workspace.utilities / city
    shutil.copytree(PROJECT_ROOT / "data" / "utilities" / city, policy)
    rules = (policy / "policies.yml").read_text()
    changed, count = re.subn(r"(  compounding: {value: )\w+", rf"\g<1>{mode}", rules)
    assert count == 1
    (policy / "policies.yml").write_text(changed)
    (folder / "rates.yml").write_text(OFTEN)
    run(
        replace(CITIES[city], penalty_mode=mode),
        workspace.landing / city,
        accounts=300,
        first_month=FIRST_MONTH[city],
        months=MONTHS,
        rates=folder / "rates.yml",
        with_defects=with_defects,
    )
    load_policy(workspace, city)
    ingest_landing(workspace)
    connection = warehouse_on(workspace.raw_database, ("fct_penalties", "dim_policy_rules"))
    return Simulated(city, workspace.landing / city / "answer_sheet", connection)


# A bill whose penalty would be posted after the last day has none in the sheet yet.
COMPARED = """
    WITH sheet AS (
        SELECT account_id, bill_id, sum(penalty_usd) AS penalty_usd FROM read_parquet('{sheet}') GROUP BY ALL
    ),

    last_day AS (SELECT max(assessed_on) AS last_on FROM marts.fct_penalties),

    marts AS (
        SELECT
            *,
            CASE
                WHEN is_waived AND utility_id = 'warrensburg' THEN expected_usd ELSE policy_usd
            END AS charged_usd
        FROM marts.fct_penalties, last_day
        WHERE assess_on <= last_on
    ),

    compared AS (
        SELECT
            *, coalesce(charged_usd, 0) != coalesce(penalty_usd, 0) AS differs
        FROM marts FULL JOIN sheet USING (account_id, bill_id)
    )
"""


@pytest.fixture(scope="module", params=[(city, mode) for city in CITIES for mode in MODES], ids="-".join)
def simulated(request, tmp_path_factory):
    city, mode = request.param
    found = simulate(tmp_path_factory.mktemp(f"{city}-{mode}"), city, mode)
    yield found
    found.connection.close()


@pytest.mark.rule("R27", "R28", "R31", "R35", "R46", "R50", "R60", "R80")
def test_every_bill_bears_what_the_answer_sheet_says(simulated):
    differing = simulated.ask(
        COMPARED + "SELECT bill_id, penalty_on, charged_usd, penalty_usd FROM compared WHERE differs"
    )
    assert differing == []
    bills, penalties, dollars = simulated.ask(
        COMPARED + "SELECT count(*), count(penalty_usd), sum(penalty_usd) FROM compared"
    )[0]
    assert bills > 4000 and penalties > 400 and dollars > 500


@pytest.mark.rule("R31", "R60")
def test_what_was_charged_is_what_policy_expects(simulated):
    wrong = simulated.ask(
        "SELECT bill_id, difference_usd, reason FROM marts.fct_penalties "
        "WHERE (difference_usd != 0 AND reason != 'not_yet') OR is_error"
    )
    assert wrong == []
    waived, shadow = simulated.ask(
        "SELECT count(*) FILTER (is_waived), sum(shadow_usd) FROM marts.fct_penalties"
    )[0]
    assert waived > 300 and shadow > 100
