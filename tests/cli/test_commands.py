"""What the commands print and write, on the small demonstration."""

from __future__ import annotations

import json
import sys

import polars as pl
import pytest

from ratehouse import headline, publish
from ratehouse.commands import outputs
from ratehouse.warehouse import connect

MARK = "Simulated data. Not figures of the "


def test_status_shows_deliveries_builds_and_headlines_with_the_mark(demo_workspace, ratehouse):
    ended = ratehouse("status", "--workspace", demo_workspace.root)
    assert ended.code == 0, ended.err
    for expected in ("independence", "warrensburg", "simulated", "current", "Headline figures", MARK):
        assert expected in ended.out


def test_run_reuses_what_has_not_changed(workspace_copy, ratehouse):
    before = workspace_copy.pointer.read_text()
    ended = ratehouse("run", "--workspace", workspace_copy.root)
    assert ended.code == 0, ended.err
    assert "Nothing has changed" in ended.out
    assert workspace_copy.pointer.read_text() == before


def test_check_passes_and_only_reads(demo_workspace, ratehouse):
    database = publish.required_build(demo_workspace)
    before = database.stat().st_mtime_ns
    ended = ratehouse("check", "--workspace", demo_workspace.root)
    assert ended.code == 0, ended.err
    record = publish.read_record(demo_workspace, database.stem)
    assert f"of {len(record['results'])} checks passed" in ended.out
    assert database.stat().st_mtime_ns == before


def test_headlines_are_the_ledger(demo_workspace):
    database = publish.required_build(demo_workspace)
    found = headline.headlines(database)
    assert [one.utility_id for one in found] == ["independence", "warrensburg"]
    with connect(database, read_only=True) as connection:
        for one in found:
            ledger = connection.execute(
                "SELECT sum(amount_usd) FROM marts.fct_ledger WHERE utility_id = ? AND posted_on <= ?",
                [one.utility_id, one.as_of_on],
            ).fetchone()[0]
            assert one.receivable_usd == sum(one.by_age) == ledger
            assert one.accounts > 0 and one.billed_usd > one.collected_usd > 0
            assert one.data_mark.startswith(MARK)


@pytest.fixture
def doctored(workspace_copy):
    """A copy of the build with cells that a spreadsheet would run."""
    with connect(publish.required_build(workspace_copy)) as connection:
        connection.execute(
            """
            UPDATE marts.dim_accounts SET
                service_address = '=HYPERLINK("x")',
                customer_id = '-5', premise_id = '@SUM(1)', owner_id = '+1'
            WHERE utility_id = 'independence'
            """
        )
    return workspace_copy


def test_export_neutralises_text_and_leaves_numbers(doctored, tmp_path, ratehouse):
    out = tmp_path / "accounts.csv"
    ended = ratehouse(
        "export", "dim_accounts", "--utility", "independence", "--out", out, "--workspace", doctored.root
    )
    assert ended.code == 0, ended.err
    frame = pl.read_csv(out, infer_schema=False)
    assert frame["service_address"].unique().to_list() == ['\'=HYPERLINK("x")']
    assert frame["customer_id"].unique().to_list() == ["'-5"]
    assert frame["premise_id"].unique().to_list() == ["'@SUM(1)"]
    assert frame["owner_id"].unique().to_list() == ["'+1"]
    assert frame["utility_id"].unique().to_list() == ["independence"]
    ledger = tmp_path / "ledger.csv"
    ratehouse("export", "fct_ledger", "--out", ledger, "--workspace", doctored.root)
    amounts = pl.read_csv(ledger, infer_schema=False)["amount_usd"]
    assert amounts.str.contains(r"^-?\d+\.\d\d$").all()
    assert amounts.str.starts_with("-").any()


@pytest.mark.parametrize("name", ["aging.csv", "aging.parquet"])
def test_an_export_of_simulated_data_says_so_in_its_last_column(name, demo_workspace, tmp_path, ratehouse):
    out = tmp_path / name
    ended = ratehouse(
        "export", "aging_as_of", "--as-of", "2021-03-31", "--out", out, "--workspace", demo_workspace.root
    )
    assert ended.code == 0, ended.err
    frame = pl.read_csv(out, infer_schema=False) if name.endswith("csv") else pl.read_parquet(out)
    assert frame.columns[-1] == "data_mark"
    assert frame["data_mark"].str.starts_with(MARK).all()
    assert frame.filter(utility_id="warrensburg")["data_mark"].str.contains("Warrensburg").all()
    with connect(publish.required_build(demo_workspace), read_only=True) as connection:
        count, total = connection.execute(
            "SELECT count(*), sum(total_usd) FROM marts.aging_as_of('2021-03-31', 'due_date')"
        ).fetchone()
    assert frame.height == count > 0
    assert frame["total_usd"].cast(pl.Decimal(18, 2)).sum() == total


def test_a_mart_without_utilities_is_marked_too(demo_workspace, tmp_path, ratehouse):
    out = tmp_path / "dates.csv"
    ratehouse("export", "dim_dates", "--out", out, "--workspace", demo_workspace.root)
    frame = pl.read_csv(out)
    assert frame.columns[-1] == "data_mark"
    assert frame["data_mark"].str.contains("Independence").all()
    assert frame["data_mark"].str.contains("Warrensburg").all()


def test_a_citys_own_data_carries_no_mark(workspace_copy, tmp_path, ratehouse):
    with connect(publish.required_build(workspace_copy)) as connection:
        connection.execute("UPDATE marts.dim_utilities SET data_mark = NULL")
    out = tmp_path / "bills.parquet"
    ratehouse("export", "fct_bills", "--out", out, "--workspace", workspace_copy.root)
    assert "data_mark" not in pl.read_parquet_schema(out)


def test_init_makes_a_workspace_with_a_policy_to_start_from(tmp_path, ratehouse):
    arguments = ("--utility", "springfield", "--name", "City of Springfield", "--workspace", tmp_path / "new")
    ended = ratehouse("init", *arguments)
    assert ended.code == 0, ended.err
    assert (tmp_path / "new" / "utilities" / "springfield" / "utility.yml").exists()
    nothing = ratehouse("run", "--workspace", tmp_path / "new")
    assert nothing.code == 2
    assert "Traceback" not in nothing.err


def test_simulate_writes_a_city_once_and_never_two_into_one_workspace(workspace_copy, ratehouse):
    same = ("--accounts", 40, "--from", "2019-10", "--to", "2021-09", "--workspace", workspace_copy.root)
    assert "already in" in ratehouse("simulate", "warrensburg", *same).out
    other = ratehouse("simulate", "warrensburg", "--accounts", 41, *same[2:])
    assert other.code == 2
    assert "would mix with it" in " ".join(other.err.split())


def test_dashboards_start_on_this_machine_with_telemetry_off(demo_workspace, ratehouse, monkeypatch):
    started = {}

    def execve(program, arguments, environment):
        started.update(arguments=arguments, environment=environment)
        raise SystemExit(0)

    monkeypatch.setattr(outputs.os, "execve", execve)
    monkeypatch.setattr(outputs.os, "chdir", lambda _: None)
    ended = ratehouse("dashboards", "--port", 8600, "--no-browser", "--workspace", demo_workspace.root)
    assert ended.code == 0
    line = " ".join(started["arguments"])
    assert line.startswith(sys.executable)
    assert "--server.address 127.0.0.1" in line and "--server.port 8600" in line
    assert "--browser.gatherUsageStats false" in line
    assert started["environment"]["RATEHOUSE_WORKSPACE"] == str(demo_workspace.root)


def test_sign_in_opens_other_addresses(tmp_path, monkeypatch):
    secrets = tmp_path / "secrets.toml"
    monkeypatch.setattr(outputs, "SECRETS", (secrets,))
    assert not outputs.sign_in_is_configured()
    secrets.write_text('[auth]\nredirect_uri = "https://city.example/oauth2callback"\n')
    assert not outputs.sign_in_is_configured()
    secrets.write_text('[auth]\nredirect_uri = "https://city.example/oauth2callback"\ncookie_secret = "x"\n')
    assert outputs.sign_in_is_configured()
    assert (
        outputs.is_loopback("127.0.0.1") and outputs.is_loopback("::1") and outputs.is_loopback("localhost")
    )
    assert not outputs.is_loopback("192.168.1.5") and not outputs.is_loopback("city.example")


def test_the_audit_record_names_every_check(demo_workspace):
    record = json.loads(
        demo_workspace.audit_record(publish.current_build(demo_workspace).build_id).read_text()
    )
    kinds = {result["kind"] for result in record["results"]}
    assert kinds == {"dbt", "expectation"}
    assert all(result["subject"] and result["name"] for result in record["results"])
