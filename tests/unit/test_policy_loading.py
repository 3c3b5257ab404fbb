"""Policy reaches the raw tables exactly and once; a new city starts valid."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from ingest.policy import load_policy, validate_policy, write_starter
from ingest.policy_types import as_text
from ingest.schema import POLICY_TABLES
from ratehouse.errors import UsageError
from ratehouse.warehouse import connect
from ratehouse.workspace import PROJECT_ROOT, Workspace

UTILITIES = PROJECT_ROOT / "data" / "utilities"
CITIES = ("independence", "warrensburg")
UTILITY, RULES, EVENTS, ASSUMPTIONS = "utility.yml", "policies.yml", "events.yml", "assumptions.yml"
DUE = "due_days: {value: 10, source: 'Sewer Billing FAQ, \"What will be my Billing due date?\"'"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    shutil.copytree(UTILITIES, tmp_path / "utilities")
    return Workspace.at(tmp_path)


def dump(workspace: Workspace) -> dict[str, list]:
    with connect(workspace.raw_database, read_only=True) as connection:
        return {
            table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
            for table in POLICY_TABLES
        }


# ---- loading


def test_loading_twice_changes_nothing(workspace: Workspace) -> None:
    first = [load_policy(workspace, city) for city in CITIES]
    assert all(set(load.changed) == set(POLICY_TABLES) for load in first)
    before = dump(workspace)
    assert [load_policy(workspace, city).changed for city in CITIES] == [(), ()]
    assert dump(workspace) == before
    assert sum(len(rows) for rows in before.values()) == sum(sum(load.rows.values()) for load in first)


def test_a_raw_database_of_an_earlier_version_gets_the_columns_it_lacks(workspace: Workspace) -> None:
    for city in CITIES:
        load_policy(workspace, city)
    with connect(workspace.raw_database, read_only=True) as connection:
        query = f"SELECT {', '.join(POLICY_TABLES['policy_events'])} FROM policy_events ORDER BY ALL"
        expected = connection.execute(query).fetchall()
    with connect(workspace.raw_database) as connection:
        connection.execute("ALTER TABLE policy_events DROP COLUMN episode_id")
    loads = [load_policy(workspace, city).changed for city in CITIES]
    assert loads == [("policy_events",), ("policy_events",)]
    with connect(workspace.raw_database, read_only=True) as connection:
        assert connection.execute(query).fetchall() == expected


def test_loading_replaces_one_utility_and_only_what_changed(workspace: Workspace) -> None:
    for city in CITIES:
        load_policy(workspace, city)
    before = dump(workspace)
    path = workspace.utilities / "warrensburg" / "policies.yml"
    path.write_text(path.read_text().replace(DUE, DUE.replace("10", "12")))
    assert load_policy(workspace, "warrensburg").changed == ("policy_rules",)
    after = dump(workspace)
    assert {table for table in POLICY_TABLES if before[table] != after[table]} == {"policy_rules"}
    (old,) = set(before["policy_rules"]) - set(after["policy_rules"])
    (new,) = set(after["policy_rules"]) - set(before["policy_rules"])
    assert (old[:3], new[:3]) == (
        ("warrensburg", "billing.due_days", "10"),
        ("warrensburg", "billing.due_days", "12"),
    )


def test_decimals_arrive_exactly(workspace: Workspace) -> None:
    load_policy(workspace, "independence")
    with connect(workspace.raw_database, read_only=True) as connection:
        (rate,) = connection.execute(
            "SELECT rate_usd FROM policy_tariff_components WHERE service = ? AND block = 1 AND season = ?"
            " AND effective_from = ? AND customer_class = ?",
            ["electric", "06-01/10-31", "2019-09-01", "residential"],
        ).fetchone()
    assert rate == Decimal("0.126806")


@pytest.mark.parametrize("utility_id", ["nowhere", "../warrensburg", ""])
def test_an_unknown_utility_is_refused_by_name(workspace: Workspace, utility_id: str) -> None:
    with pytest.raises(UsageError, match="known: independence, warrensburg"):
        load_policy(workspace, utility_id)


# ---- a new city


@pytest.mark.parametrize("name", ["City of Springfield", 'O\'Fallon "West": {north}', "Cañon City # 2"])
def test_a_starter_is_valid_and_keeps_the_name(tmp_path: Path, name: str) -> None:
    workspace = Workspace.at(tmp_path)
    written = write_starter(workspace, "springfield", name)
    starter = workspace.utilities / "springfield"
    tariff = "tariffs/water/2010-01-01.yml"
    written_names = {path.relative_to(starter).as_posix() for path in written}
    assert written_names == {UTILITY, RULES, EVENTS, ASSUMPTIONS, "peers.yml", tariff}
    assert validate_policy(workspace.utilities / "springfield") == []
    load_policy(workspace, "springfield")
    assert dump(workspace)["policy_utilities"][0][:2] == ("springfield", name)


def test_a_starter_overwrites_nothing(workspace: Workspace) -> None:
    before = (workspace.utilities / "warrensburg" / "utility.yml").read_text()
    with pytest.raises(UsageError, match="exists already"):
        write_starter(workspace, "warrensburg", "Other")
    assert (workspace.utilities / "warrensburg" / "utility.yml").read_text() == before


@pytest.mark.parametrize(("utility_id", "name"), [("New City", "x"), ("../x", "x"), ("x", " ")])
def test_a_starter_refuses_bad_names(tmp_path: Path, utility_id: str, name: str) -> None:
    with pytest.raises(UsageError):
        write_starter(Workspace.at(tmp_path), utility_id, name)


def test_values_read_as_sql_expects() -> None:
    assert [as_text(value) for value in (True, 10, Decimal("2.70"), ["a", "b"], [])] == [
        "true",
        "10",
        "2.70",
        "a,b",
        "",
    ]
