"""0 done, 1 a file refused or an audit failed, 2 wrong use, 3 locked: each by a situation that happens."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ratehouse.errors import UsageError
from ratehouse.publish import writer_lock
from ratehouse.workspace import PROJECT_ROOT, Workspace

PAYMENTS = """payment_id,account_id,received_on,posted_on,amount,channel,tender
new-1,{account},2021-07-01,2021-07-01,45.06,mail,check
new-2,nobody,2021-07-01,2021-07-01,12.00,mail,check
"""
HOLD_THE_LOCK = """
import sys, time
from ratehouse.publish import writer_lock
from ratehouse.workspace import Workspace
with writer_lock(Workspace.at(sys.argv[1]), "ratehouse build"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def account(workspace_copy) -> str:
    from ratehouse.warehouse import connect

    with connect(workspace_copy.raw_database, read_only=True) as connection:
        return connection.execute(
            "SELECT account_id FROM accounts WHERE utility_id = 'independence' ORDER BY account_id LIMIT 1"
        ).fetchone()[0]


def test_rejected_rows_are_shown_and_no_error(workspace_copy, tmp_path, account, ratehouse):
    file = tmp_path / "payments_2021-07.csv"
    file.write_text(PAYMENTS.format(account=account))
    ended = ratehouse("ingest", file, "--utility", "independence", "--workspace", workspace_copy.root)
    assert ended.code == 0, ended.err
    assert "payments_2021-07.csv, line 3" in ended.out
    assert "unknown account nobody" in ended.out


def test_a_refused_file_ends_with_1_after_the_others_were_loaded(
    workspace_copy, tmp_path, account, ratehouse
):
    good, bad = tmp_path / "payments_2021-07.csv", tmp_path / "bills_2021-07.csv"
    good.write_text(PAYMENTS.format(account=account))
    bad.write_text("bill,account\n1,2\n")
    ended = ratehouse("ingest", bad, good, "--utility", "independence", "--workspace", workspace_copy.root)
    assert ended.code == 1
    assert "bills_2021-07.csv" in ended.err and "missing from the header" in ended.err
    assert "missing from the header" not in ended.out, "why is said once"
    again = ratehouse("ingest", good, "--utility", "independence", "--workspace", workspace_copy.root)
    assert "1 file was loaded before" in again.out


def test_run_does_not_build_on_a_refused_file(workspace_copy, ratehouse):
    (workspace_copy.landing / "independence" / "bills_2021-07.csv").write_text("bill,account\n1,2\n")
    before = workspace_copy.pointer.read_text()
    ended = ratehouse("run", "--workspace", workspace_copy.root)
    assert ended.code == 1
    assert "Nothing was built" in ended.err
    assert workspace_copy.pointer.read_text() == before


WRONG_USE = {
    "an option that does not exist": (["run", "--no-such-option"], "No such option"),
    "no workspace": (["run", "--workspace", "nowhere"], "ratehouse init"),
    "a day before all postings": (["build", "--as-of", "1999-01-01"], "2019-07-01"),
    "no date": (["build", "--as-of", "30.6.2021"], "2021-06-30"),
    "unknown utility": (["ingest", "--utility", "springfield"], "independence"),
    "which utility": (["ingest", "pyproject.toml"], "--utility"),
    "unknown build": (["check", "--build", "1999"], "ratehouse status"),
    "unknown mart": (["export", "fct_nothing", "--out", "x.csv"], "fct_bills"),
    "unknown ending": (["export", "fct_bills", "--out", "x.xlsx"], ".parquet"),
    "no day for a mart as of any day": (["export", "aging_as_of", "--out", "x.csv"], "--as-of 2021-06-30"),
    "a day for a mart of all days": (
        ["export", "fct_bills", "--as-of", "2021-06-30", "--out", "x.csv"],
        "aging_as_of",
    ),
    "a day after the build": (
        ["export", "aging_as_of", "--as-of", "2031-06-30", "--out", "x.csv"],
        "from 2019-07-01 to 2021-09-30",
    ),
    "a day after the utility's last": (
        ["export", "aging_as_of", "--as-of", "2021-07-01", "--utility", "independence", "--out", "x.csv"],
        "from 2019-07-01 to 2021-06-30",
    ),
    "a day before the utility's first": (
        ["export", "aging_as_of", "--as-of", "2019-09-30", "--utility", "warrensburg", "--out", "x.csv"],
        "from 2019-10-01 to 2021-09-30",
    ),
    "a folder that is not there": (
        ["export", "fct_bills", "--out", "/no/such/folder/x.csv"],
        "no folder /no/such/folder",
    ),
    "open to the world": (["dashboards", "--address", "0.0.0.0"], "sign-in"),
    "half an init": (["init", "--utility", "springfield"], "--name"),
    "no id": (["init", "--utility", "Spring Field", "--name", "City of Springfield"], "lower case"),
    "no name": (["init", "--utility", "springfield", "--name", " "], "--name"),
    "unknown city": (["simulate", "springfield"], "independence"),
    "unknown event": (["simulate", "warrensburg", "--without", "flood"], "covid_late_fees"),
    "unknown response": (["simulate", "warrensburg", "--response", "mild"], "moderate"),
    "no settings": (["simulate", "warrensburg", "--rates", "/no/such/rates.yml"], "/no/such/rates.yml"),
    "no month": (["simulate", "warrensburg", "--from", "2016"], "2016-07"),
}


@pytest.mark.parametrize("case", WRONG_USE)
def test_wrong_use_ends_with_2_and_says_what_to_do(case, demo_workspace, tmp_path, ratehouse, monkeypatch):
    arguments, said = WRONG_USE[case]
    is_new = arguments[0] in ("init", "simulate")
    monkeypatch.setenv("RATEHOUSE_WORKSPACE", str(tmp_path / "new" if is_new else demo_workspace.root))
    monkeypatch.setattr("ratehouse.commands.outputs.SECRETS", (tmp_path / "secrets.toml",))
    pointer = demo_workspace.pointer.read_text()
    ended = ratehouse(*arguments)
    assert ended.code == 2
    assert said in ended.err
    assert "Traceback" not in ended.err
    assert " …" not in ended.err, "it began before it refused"
    assert not list(tmp_path.iterdir()), "it left something behind"
    assert demo_workspace.pointer.read_text() == pointer


def test_a_held_lock_ends_with_3_and_names_its_holder(demo_workspace, tmp_path, ratehouse):
    workspace = Workspace.at(tmp_path)
    workspace.utilities.mkdir()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD_THE_LOCK, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT_ROOT,
    )
    try:
        assert holder.stdout.readline() == "held\n"
        for command in ("build", "run", "ingest"):
            ended = ratehouse(command, "--workspace", tmp_path)
            assert ended.code == 3
            assert "`ratehouse build`" in ended.err and str(holder.pid) in ended.err
        assert str(holder.pid) in ratehouse("status", "--workspace", tmp_path).out
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    # The system takes the lock back from a process that was killed.
    with writer_lock(workspace, "test"):
        pass


def test_what_a_crash_leaves_is_no_holder(tmp_path):
    workspace = Workspace.at(tmp_path)
    with pytest.raises(UsageError), writer_lock(workspace, "test"):
        raise UsageError("anything")
    with writer_lock(workspace, "test"):
        pass
