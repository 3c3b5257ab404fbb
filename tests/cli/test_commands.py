"""What the commands print and write, on the small demonstration."""

from __future__ import annotations

import json
import sys

import polars as pl
import pytest

from ratehouse import headline, publish
from ratehouse.build import BuildOutcome
from ratehouse.commands import builds, console, figures, outputs
from ratehouse.warehouse import connect

MARK = "Simulated data. Not figures of the "


def test_status_shows_deliveries_builds_and_headlines_with_the_mark(demo_workspace, ratehouse):
    ended = ratehouse("status", "--workspace", demo_workspace.root)
    assert ended.code == 0, ended.err
    for expected in ("independence", "warrensburg", "simulated", "current", "Headline figures", MARK):
        assert expected in ended.out


def test_status_breaks_no_id_and_no_date_at_80_columns(demo_workspace, ratehouse, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = ratehouse("status", "--workspace", demo_workspace.root).out.splitlines()
    build_id = publish.current_build(demo_workspace).build_id
    for whole in (
        ("independence", "2021-06-30", "simulated"),
        ("warrensburg", "2021-09-30"),
        (build_id,),
        ("30 Sep 2021",),
    ):
        assert any(all(word in line for word in whole) for line in lines), whole
    assert max(map(len, (line for line in lines if line.startswith(("│", "┃"))))) <= 80


def test_a_build_of_an_older_day_says_which_build_it_replaces(workspace_copy, ratehouse, monkeypatch):
    new = publish.Published("new", "builds/new.duckdb", "2026-11-22T00:00:00Z", publish.PASSED, "the-old-one")
    monkeypatch.setattr(builds, "build_and_publish", lambda *_, **__: BuildOutcome(new, []))
    here = ("--workspace", workspace_copy.root)
    assert "instead of build the-old-one" in ratehouse("build", "--as-of", "2021-03-31", *here).out
    assert "the-old-one" not in ratehouse("build", *here).out


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A `ratehouse` in an environment below the current folder, which is not on PATH."""
    program = tmp_path / ".venv" / "bin" / "ratehouse"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setattr(sys, "argv", [str(program)])
    monkeypatch.chdir(tmp_path)
    return program


def test_hints_name_the_command_as_it_was_called(installed, ratehouse, monkeypatch, tmp_path):
    assert "`.venv/bin/ratehouse init --workspace none`" in ratehouse("run", "--workspace", "none").err
    said = ratehouse("init", "--utility", "springfield", "--name", "Springfield", "--workspace", "new").out
    assert "`.venv/bin/ratehouse run --workspace new`" in said
    assert console.as_called("`ratehouse build` (process 7) is writing").startswith("`ratehouse build`")
    monkeypatch.chdir("/")
    assert console.called() == str(installed) or console.called() == str(installed.relative_to("/"))
    monkeypatch.chdir(installed.parent)
    assert console.called() == "./ratehouse"
    monkeypatch.setenv("PATH", f"{installed.parent}:/usr/bin:/bin")
    assert console.called() == "ratehouse"
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "cli.py")])
    assert console.called() == "ratehouse"


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
            # With penalties and fees more may be collected than was billed.
            assert one.accounts > 0 and one.billed_usd > 0 and one.collected_usd > 0
            assert one.data_mark.startswith(MARK)


def test_active_accounts_are_open_on_the_day(workspace_copy):
    database = publish.required_build(workspace_copy)
    (before, *_) = headline.headlines(database)
    with connect(database) as connection:
        active = connection.execute(
            "SELECT account_id FROM marts.dim_accounts"
            " WHERE utility_id = 'independence' AND account_status = 'active' ORDER BY account_id LIMIT 5"
        ).fetchall()
        for (account,), opened, closed in zip(
            active,
            ("2021-07-01", None, "2021-06-30", "2020-01-01", "2020-01-01"),
            (None, None, None, "2021-06-30", "2021-07-01"),
            strict=True,
        ):
            connection.execute(
                "UPDATE marts.dim_accounts SET opened_on = ?, closed_on = ?"
                " WHERE utility_id = 'independence' AND account_id = ?",
                [opened, closed, account],
            )
    (after, *_) = headline.headlines(database)
    assert after.as_of_on.isoformat() == "2021-06-30"
    assert after.accounts == before.accounts - 2  # the one opened the day after, the one closed that day


def test_opposite_differences_from_the_books_do_not_cancel(workspace_copy):
    database = publish.required_build(workspace_copy)
    books = dict(figures._lines(headline.headlines(database)))["ties to the books"]
    assert books == ["to the cent,\n30 Jun 2021", "to the cent,\n30 Sep 2021"]
    with connect(database) as connection:
        connection.execute(
            """
            UPDATE marts.rpt_receivable_rollforward
            SET difference_usd = CASE fund WHEN (
                SELECT min(fund) FROM marts.rpt_receivable_rollforward WHERE utility_id = 'independence'
            ) THEN 5.01 WHEN (
                SELECT max(fund) FROM marts.rpt_receivable_rollforward WHERE utility_id = 'independence'
            ) THEN -5.01 ELSE 0 END
            WHERE utility_id = 'independence' AND month_end_on IN ('2021-06-30', '2020-02-29')
            """
        )
        connection.execute(
            "UPDATE marts.rpt_receivable_rollforward SET difference_usd = 1"
            " WHERE utility_id = 'warrensburg' AND month_end_on = '2020-02-29'"
        )
    books = dict(figures._lines(headline.headlines(database)))["ties to the books"]
    assert books == [
        "2 months differ;\nby $10.02 on 30 Jun 2021",
        "1 month differs;\nby $0.00 on 30 Sep 2021",
    ]


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
    assert (tmp_path / "new" / "landing" / "springfield").is_dir()
    nothing = ratehouse("run", "--workspace", tmp_path / "new")
    assert nothing.code == 2
    assert "Traceback" not in nothing.err


def test_simulate_writes_a_city_once_and_never_two_into_one_workspace(workspace_copy, ratehouse):
    same = ("--accounts", 40, "--from", "2019-10", "--to", "2021-09", "--delivery", "year")
    same = (*same, "--workspace", workspace_copy.root)
    assert "already in" in ratehouse("simulate", "warrensburg", *same).out
    other = ratehouse("simulate", "warrensburg", "--accounts", 41, *same[2:])
    assert other.code == 2
    assert "would mix with it" in " ".join(other.err.split())
    assert "Simulating" not in other.err


def test_one_file_is_one_file_and_its_refusal_is_said_once(workspace_copy, ratehouse):
    (workspace_copy.landing / "independence" / "bills_2021-07.csv").write_text("bill;account\n1;2\n")
    ended = ratehouse("ingest", "--workspace", workspace_copy.root)
    assert "1 file " in ended.out and "1 files" not in ended.out
    assert "missing from the header" in ended.err and "missing from the header" not in ended.out


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


def test_bills_of_the_headline_are_those_of_the_audit(workspace_copy):
    database = publish.required_build(workspace_copy)
    found = {one.utility_id: one for one in headline.headlines(database)}
    city = found["independence"]
    # The small cities have no planted mistakes.
    assert city.bills > 1_000 and city.wrong_bills == 0 and city.at_stake_usd == 0
    assert city.unbilled_usd > 0
    with connect(database) as connection:
        connection.execute(
            "UPDATE marts.fct_bill_audit SET is_error = true, at_stake_usd = 1.25 WHERE bill_id = ("
            " SELECT min(bill_id) FROM marts.fct_bill_audit"
            " WHERE utility_id = 'independence' AND NOT is_cancelled) AND service = 'electric'"
            " AND utility_id = 'independence'"
        )
    (changed, *_) = headline.headlines(database)
    assert (changed.wrong_bills, str(changed.at_stake_usd)) == (1, "1.25")


def test_a_build_of_an_earlier_version_says_what_to_do(workspace_copy, ratehouse):
    database = publish.required_build(workspace_copy)
    with connect(database) as connection:
        connection.execute("DROP TABLE marts.fct_bill_audit")
    ended = ratehouse("status", "--workspace", workspace_copy.root)
    assert ended.code == 2
    assert "was made by an earlier version" in ended.err and "ratehouse build" in ended.err


def test_penalties_of_the_headline_are_those_of_the_ledger(workspace_copy):
    """The small cities are clean: penalties that stand are the ledger's, less the waivers of events."""
    database = publish.required_build(workspace_copy)
    found = {one.utility_id: one for one in headline.headlines(database)}
    with connect(database, read_only=True) as connection:
        posted = dict(
            connection.execute(
                "SELECT utility_id, sum(amount_usd) FROM marts.fct_ledger WHERE posting_detail = 'penalty'"
                " OR (posting_detail = 'penalty_waiver' AND event_id IS NOT NULL) GROUP BY utility_id"
            ).fetchall()
        )
    assert {name: one.penalties_usd for name, one in found.items()} == posted
    assert all(one.stopped_penalties_usd > 0 for one in found.values())
    assert all(one.findings == 0 for one in found.values())


def test_what_was_not_delivered_is_not_counted_as_none(workspace_copy, ratehouse):
    """Without reads, provider's list and service orders a dash stands where a nought would be a claim."""
    database = publish.required_build(workspace_copy)
    with connect(database) as connection:
        connection.execute(
            "DELETE FROM marts.rpt_deliveries"
            " WHERE entity IN ('reads', 'source_accounts', 'service_orders') AND utility_id = 'independence'"
        )
    found = {one.utility_id: one for one in headline.headlines(database)}
    assert (found["independence"].never_billed, found["independence"].shut_offs) == (None, None)
    assert found["warrensburg"].never_billed is not None and found["warrensburg"].shut_offs is not None
    shown = ratehouse("status", "--workspace", workspace_copy.root).out.splitlines()
    for label in ("never billed", "may be shut off"):
        (line,) = [line for line in shown if label in line]
        assert " - " in line
