"""Planted defects, loaded by the product: each is where the answer sheet says, nothing else is rejected."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
import yaml

import simulator
from ingest import ingest_landing
from ingest.contract import ENTITIES
from ingest.policy import load_policy
from ratehouse.demo import bring_policy
from ratehouse.warehouse import connect
from ratehouse.workspace import Workspace
from tests.support.cities import latest_of
from tests.support.models import warehouse_on

# One worker loads the cities for all tests of this file.
# What each planted breach of policy is called in `rpt_policy_findings`.
FINDING_OF = {
    "card_at_agent": "tender_not_taken",
    "american_express": "card_brand_not_taken",
    "check_after_three_returns": "check_after_returns",
    "check_while_shut_off": "check_while_shut_off",
    "posted_later_online": "posted_later",
    "view_fee": "view_fee",
    "fee_on_declined_card": "fee_on_declined_card",
    "penalty_in_waiver": "penalty_in_waiver",
    "second_leak_credit": "second_leak_credit",
}
RATES = "defects:\n  premises_for_one: {value: 40}\ndeliveries:\n  late: {value: 0.02}\n"


def _simulate_small(workspace: Workspace, city: str, folder: Path) -> None:
    """A small city with many defects."""
    rates = workspace.root / "rates.yml"
    rates.write_text(RATES, encoding="utf-8")
    simulator.run(
        city, folder, accounts=160, first_month="2019-07", months=24, with_defects=True, rates=rates
    )


@pytest.fixture(
    scope="module",
    params=[(size, city) for size in ("small", "demo") for city in ("independence", "warrensburg")],
    ids="-".join,
)
def spoilt(request, tmp_path_factory):
    """A city, small with many defects or that of the demonstration, as the product loads it.

    Yields:
        Its folder, its answer sheet, the list of defects by name, the report and a connection to what was
        loaded.
    """
    size, city = request.param
    workspace = Workspace.at(tmp_path_factory.mktemp(city))
    bring_policy(workspace, [city])
    folder = workspace.landing / city / "simulated"
    if size == "small":
        _simulate_small(workspace, city, folder)
    else:
        shutil.copytree(request.getfixturevalue("demo_cities")[city], folder, copy_function=os.link)
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


@pytest.mark.rule("R82")
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


def test_every_row_stands_in_the_delivery_that_the_sheet_names(spoilt):
    folder, sheet, _, _, _ = spoilt
    there = sheet.filter(pl.col("defect") != "never_billed")  # bills that are missing stand nowhere
    for (entity, delivery), rows in there.group_by("entity", "delivery"):
        delivered = pl.read_parquet(folder / delivery / f"{entity}.parquet")[ENTITIES[entity].key[0]]
        assert set(rows["key"]) <= set(delivered), (entity, delivery)


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
    for (entity,), rows in loaded.group_by("entity"):
        name, keys = ENTITIES[entity].key[0], rows["key"].unique().sort().to_list()
        delivered = latest_of(folder, entity).filter(pl.col(name).is_in(keys)).sort(name)
        columns = [column for column in delivered.columns if column != "note"]
        held = connection.execute(
            f"SELECT {', '.join(columns)} FROM {entity} WHERE list_contains(?, {name}) ORDER BY {name}",
            [keys],
        ).fetchall()
        assert held == delivered.select(columns).rows(), entity
        assert len(held) == len(keys), entity


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


def _warehouse(connection, tmp_path: Path, *targets: str):
    """The models on a copy of what was loaded."""
    (path,) = connection.execute(
        "SELECT path FROM duckdb_databases() WHERE database_name = current_database()"
    ).fetchone()
    return warehouse_on(Path(shutil.copy(path, tmp_path)), targets)


def test_planted_breaches_of_policy_are_found_and_named_and_no_other_row_is_accused(spoilt, tmp_path):
    _, sheet, listed, _, connection = spoilt
    planted = sheet.filter(pl.col("defect").is_in(list(FINDING_OF)))
    # A penalty is found at the bill that it names.
    bills = dict(
        connection.execute("SELECT adjustment_id, bill_id FROM adjustments WHERE kind = 'penalty'").fetchall()
    )
    expected = set()
    for row in planted.iter_rows(named=True):
        named = bills.get(row["key"]) if row["entity"] == "adjustments" else None
        place = ("bills", named) if named else (row["entity"], row["key"])
        expected.add((*place, FINDING_OF[row["defect"]], row["amount_usd"]))
    rows = _warehouse(connection, tmp_path, "rpt_policy_findings").execute(
        "SELECT source_entity, source_id, finding, amount_usd FROM marts.rpt_policy_findings"
    )
    found = rows.fetchall()
    assert (expected - set(found), set(found) - expected) == (set(), set())
    assert len(found) == len(expected) == planted.height
    # In two years of a small city perhaps nobody is shut off.
    assert set(FINDING_OF) & set(listed) - set(planted["defect"]) <= {"check_while_shut_off"}


def test_planted_reads_are_flagged_and_no_others(spoilt, tmp_path):
    """Every read stands in the mart, with the use that the billing system knew."""
    _, sheet, _, _, connection = spoilt
    warehouse = _warehouse(connection, tmp_path, "fct_reads")
    for defect, flag in (("falling_read", "is_falling"), ("read_days_apart", "is_days_apart")):
        planted = sheet.filter(pl.col("defect") == defect)["key"].to_list()
        found = warehouse.execute(f"SELECT read_id FROM marts.fct_reads WHERE {flag}").fetchall()
        assert sorted(key for (key,) in found) == sorted(planted), defect
    counts = "SELECT count(*), count(*) FILTER (usage_quantity <> delivered_usage) FROM marts.fct_reads"
    delivered = connection.execute("SELECT count(*) FROM reads").fetchone()[0]
    assert warehouse.execute(counts).fetchone() == (delivered, 0)
