"""Planted defects, loaded by the product: each is where the answer sheet says, nothing else is rejected."""

from __future__ import annotations

import shutil
from collections import Counter

import polars as pl
import pytest
import yaml

import simulator
from ingest import ingest_landing
from ingest.contract import ENTITIES
from ingest.policy import load_policy
from ratehouse.warehouse import connect
from ratehouse.workspace import PROJECT_ROOT, Workspace
from tests.support.cities import latest_of

RATES = "defects:\n  premises_for_one: {value: 40}\ndeliveries:\n  late: {value: 0.02}\n"


@pytest.fixture(scope="module", params=["independence", "warrensburg"])
def spoilt(request, tmp_path_factory):
    """A small city with many defects, its answer sheet, its report and a connection to what was loaded."""
    city = request.param
    workspace = Workspace.at(tmp_path_factory.mktemp(city))
    shutil.copytree(PROJECT_ROOT / "data" / "utilities" / city, workspace.utilities / city)
    rates = workspace.root / "rates.yml"
    rates.write_text(RATES, encoding="utf-8")
    folder = workspace.landing / city
    simulator.run(
        city, folder, accounts=160, first_month="2019-07", months=24, with_defects=True, rates=rates
    )
    load_policy(workspace, city)
    report = ingest_landing(workspace)
    sheet = pl.read_parquet(folder / "answer_sheet/defects.parquet")
    listed = yaml.safe_load((folder / "answer_sheet/defects.yml").read_text(encoding="utf-8"))["defects"]
    with connect(workspace.raw_database) as connection:
        yield folder, sheet, {one["name"]: one for one in listed}, report, connection


def _rejects(connection) -> Counter[tuple[str, str, str]]:
    """Folder, entity and reason of each rejected row, with its key."""
    rows = connection.execute(
        "SELECT entity, source_file, reason, row_json FROM rejects WHERE taken_up_by_load_id IS NULL"
    ).fetchall()
    found: Counter[tuple[str, str, str]] = Counter()
    for entity, file, reason, row in rows:
        key = yaml.safe_load(row)[ENTITIES[entity].key[0]]
        found[entity, file.split("/")[-2], f"{key}: {reason}"] += 1
    return found


def test_rejected_are_the_planted_rows_for_the_reason_that_is_given_and_no_others(spoilt):
    _, sheet, listed, report, connection = spoilt
    assert {file.status for file in report.files} == {"loaded"}
    found = _rejects(connection)
    expected = sheet.filter(pl.col("expected") == "rejected")
    for row in expected.iter_rows(named=True):
        reason = listed[row["defect"]]["reason"]
        if (row["defect"], row["entity"]) == ("zone_00", "bills"):
            reason = "unknown account 00"
        counts = [
            count
            for (entity, folder, text), count in found.items()
            if (entity, folder) == (row["entity"], row["delivery"])
            and text.startswith(f"{row['key']}: ")
            and reason in text
        ]
        assert counts == [row["rows"]], row
    assert sum(found.values()) == expected["rows"].sum() == sum(file.rejected for file in report.files)
    assert expected["rows"].sum() >= 15


def test_copies_count_as_unchanged(spoilt):
    _, sheet, _, report, _ = spoilt
    copies = sheet.filter(pl.col("expected") == "unchanged")
    assert copies.height >= 3
    reads = sum(file.unchanged for file in report.files if file.entity == "reads")
    assert reads == copies["rows"].sum()


def test_what_is_loaded_is_in_the_raw_tables_as_it_was_delivered(spoilt):
    folder, sheet, _, _, connection = spoilt
    loaded = sheet.filter(pl.col("expected") == "loaded")
    assert loaded["defect"].n_unique() >= 11
    for entity, key in set(loaded.select("entity", "key").rows()):
        name = ENTITIES[entity].key[0]
        columns = [column for column in latest_of(folder, entity).columns if column != "note"]
        held = connection.execute(
            f"SELECT {', '.join(columns)} FROM {entity} WHERE {name} = ?", [key]
        ).fetchall()
        truth = latest_of(folder, entity).filter(pl.col(name) == key).select(columns)
        assert held == truth.rows() and len(held) == 1, (entity, key)


def test_card_numbers_never_land_and_their_last_digits_do(spoilt):
    _, sheet, _, report, connection = spoilt
    notes = dict(
        connection.execute("SELECT adjustment_id, note FROM adjustments WHERE note IS NOT NULL").fetchall()
    )
    planted = sheet.filter(pl.col("defect") == "card_number_in_note")["key"].to_list()
    assert len(planted) >= 2
    assert {notes[key] for key in planted} == {"paid with ****1111"}
    assert sum(file.masked for file in report.files) == len(planted)
    contacts = sheet.filter(pl.col("defect") == "contact_in_note")["key"].to_list()
    assert set(notes) == {*planted, *contacts}


def test_file_defects_leave_the_truth_as_it_is(spoilt):
    """What is loaded adds up to the balances of the answer sheet, mistakes of the billing system included."""
    folder, _, _, _, connection = spoilt
    charges, adjustments, payments, returns = (
        connection.execute(f"SELECT coalesce(sum(amount), 0) FROM {source}").fetchone()[0]
        for source in (
            "charges JOIN bills USING (bill_id) WHERE kind <> 'cancel' AND bill_id NOT IN"
            " (SELECT cancels_bill_id FROM bills WHERE cancels_bill_id IS NOT NULL)",
            "adjustments",
            "payments",
            "payment_returns",
        )
    )
    balances = pl.read_parquet(folder / "answer_sheet/balances.parquet")
    last = balances.filter(pl.col("month_end") == balances["month_end"].max())
    assert charges + adjustments - payments + returns == last["balance_usd"].sum()
