"""Dates that Warrensburg's policy counts, through its YAML and the SQL, against the known answers."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest

from ingest.policy import load_policy
from ratehouse.workspace import PROJECT_ROOT, Workspace
from tests.support.models import warehouse_on

CASES = list(csv.DictReader((Path(__file__).parents[1] / "cases" / "dates.csv").open()))
COLUMNS = {
    "due_date": "due_on",
    "penalty_date": "penalty_on",
    "autopay_draft_date": "autopay_draft_on",
    "disconnect_eligible_on": "disconnect_eligible_on",
    "agreement_latest_end": "agreement_latest_end_on",
    "dispute_deadline": "dispute_deadline_on",
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    workspace = Workspace.at(tmp_path_factory.mktemp("policy"))
    shutil.copytree(PROJECT_ROOT / "data" / "utilities", workspace.utilities)
    for utility_id in workspace.utility_ids():
        load_policy(workspace, utility_id)
    connection = warehouse_on(workspace.raw_database, ["policy_dates_from"])
    yield connection
    connection.close()


def policy_date(warehouse, quantity: str, utility: str, day: date) -> date:
    # the column's name comes from the list above
    query = f"SELECT {COLUMNS[quantity]} FROM marts.policy_dates_from($utility, $day)"
    return warehouse.execute(query, {"utility": utility, "day": day}).fetchone()[0]


@pytest.mark.rule("R17", "R18", "R19", "R22", "R23", "R42", "R46", "R49")
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['rule']} {case['case']}")
def test_dates_with_known_answers(warehouse, case):
    found = policy_date(warehouse, case["quantity"], "warrensburg", date.fromisoformat(case["bill_date"]))
    assert found == date.fromisoformat(case["expected"])


@pytest.mark.rule("R22", "R69")
def test_a_draft_waits_for_the_day_after_the_holidays(warehouse):
    """Due Thursday 24 December 2020: offices closed on the 24th and 25th (R69), then the weekend."""
    assert policy_date(warehouse, "autopay_draft_date", "independence", date(2020, 11, 27)) == date(
        2020, 12, 28
    )
