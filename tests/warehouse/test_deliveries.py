"""Monthly deliveries of the simulated cities, loaded by the product: nothing is rejected, corrections win."""

from __future__ import annotations

import shutil
from collections import Counter

import polars as pl
import pytest

import simulator
from ingest import ingest_landing
from ingest.policy import load_policy
from ratehouse.warehouse import connect
from ratehouse.workspace import PROJECT_ROOT, Workspace
from tests.support.cities import latest_of

RATES = "deliveries:\n  late: {value: 0.02}\n  corrected: {value: 0.02}\n"


@pytest.fixture(scope="module", params=["independence", "warrensburg"])
def loaded(request, tmp_path_factory):
    """A city of many late and corrected rows, delivered by the month and loaded."""
    city = request.param
    workspace = Workspace.at(tmp_path_factory.mktemp(city))
    shutil.copytree(PROJECT_ROOT / "data" / "utilities" / city, workspace.utilities / city)
    rates = workspace.root / "rates.yml"
    rates.write_text(RATES, encoding="utf-8")
    folder = workspace.landing / city
    simulator.run(city, folder, accounts=60, first_month="2020-02", months=10, delivery="month", rates=rates)
    load_policy(workspace, city)
    return workspace, folder, ingest_landing(workspace)


def test_every_file_is_accepted_and_no_row_rejected(loaded):
    _, _, report = loaded
    assert len(report.files) > 60
    assert {file.status for file in report.files} == {"loaded"}
    assert sum(file.rejected for file in report.files) == 0


def test_what_is_restated_are_the_corrections(loaded):
    _, folder, report = loaded
    restated: Counter[str] = Counter()
    for file in report.files:
        restated[file.entity] += file.restated
    listed = Counter(pl.read_parquet(folder / "answer_sheet/corrections.parquet")["entity"].to_list())
    assert restated["accounts"] >= listed["accounts"] > 0
    # What changes is delivered again, too.
    standing = {"accounts", "meters", "source_accounts", "disputes", "holds"}
    assert {entity: count for entity, count in restated.items() if count and entity not in standing} == {
        entity: count for entity, count in listed.items() if entity not in standing
    }
    assert sum(listed.values()) > 20


def test_what_is_in_force_is_the_truth(loaded):
    workspace, folder, _ = loaded
    with connect(workspace.raw_database) as connection:
        for entity, key in (
            ("payments", "payment_id"),
            ("reads", "read_id"),
            ("adjustments", "adjustment_id"),
        ):
            truth = latest_of(folder, entity)
            columns = ", ".join(truth.columns)
            held = connection.execute(f"SELECT {columns} FROM {entity} ORDER BY {key}").fetchall()
            assert held == truth.sort(key).rows()
