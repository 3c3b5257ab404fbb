"""Whole builds that go wrong: killed, locked out, refused by their audit. The build before stays current."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest

from ratehouse import publish
from ratehouse.build import BuildFailedAudit, build
from ratehouse.cli import main
from ratehouse.publish import writer_lock
from ratehouse.warehouse import connect
from ratehouse.workspace import PROJECT_ROOT, Workspace

SECONDS = 90


def wait_for(condition, what: str) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, f"waited {SECONDS} seconds for {what}"
        time.sleep(0.1)


def can_write_raw(workspace: Workspace) -> bool:
    try:
        connect(workspace.raw_database).close()
    except Exception:
        return False
    return True


def test_a_killed_build_leaves_the_build_before_current(workspace_copy, capsys):
    before = workspace_copy.pointer.read_text()
    # DuckDB writes the tables of a small build to its log first; the file itself grows in the last moment.
    log = workspace_copy.warehouse / "work" / "building.duckdb.wal"
    command = [
        sys.executable,
        "-m",
        "ratehouse.cli",
        "build",
        "--force",
        "--workspace",
        str(workspace_copy.root),
    ]
    process = subprocess.Popen(
        command, cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(lambda: process.poll() is not None or log.exists(), "the build to be under way")
        assert process.poll() is None, f"the build ended with {process.returncode} before it could be killed"
        process.send_signal(signal.SIGSTOP)  # so that it cannot end before it is killed
        with pytest.raises(SystemExit) as second:
            main(["build", "--workspace", str(workspace_copy.root)])
        assert second.value.code == 3
        assert f"process {process.pid}" in capsys.readouterr().err
        # Dashboards keep answering from the build before.
        with connect(publish.required_build(workspace_copy), read_only=True) as reader:
            assert reader.execute("SELECT count(*) FROM marts.dim_utilities").fetchone() == (2,)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert workspace_copy.pointer.read_text() == before
    assert publish.lock_holder(workspace_copy) is None
    # dbt ends with its parent and lets go of the raw tables.
    wait_for(lambda: can_write_raw(workspace_copy), "dbt to end")
    with writer_lock(workspace_copy, "test"):
        outcome = build(workspace_copy)
    assert outcome.is_reused and json.loads(before)["build_id"] == outcome.published.build_id


def test_a_failed_audit_prints_rows_keeps_evidence_and_publishes_nothing(workspace_copy, capsys):
    before = publish.current_build(workspace_copy)
    with connect(workspace_copy.raw_database) as connection:
        connection.execute("INSERT INTO payments SELECT * FROM payments ORDER BY payment_id LIMIT 2")
    with pytest.raises(SystemExit) as ended:
        main(["build", "--force", "--workspace", str(workspace_copy.root)])
    said = capsys.readouterr()
    assert ended.value.code == 1
    assert f"Build {before.build_id} stays current" in " ".join(said.err.split())
    assert "Failed: " in said.out and "payment_id" in said.out
    assert publish.current_build(workspace_copy) == before

    failed = [one for one in publish.builds(workspace_copy) if one != before.build_id]
    assert len(failed) == 1
    record = publish.read_record(workspace_copy, failed[0])
    assert record["audit_mark"] == "failed"
    broken = [one for one in record["results"] if one["status"] == "failed" and one["severity"] == "error"]
    assert broken and any(one["failing_rows"] for one in broken)
    with connect(workspace_copy.build_database(failed[0]), read_only=True) as connection:
        assert connection.execute("SELECT audit_mark FROM audit.build").fetchone() == ("failed",)
        assert connection.execute("SELECT count(*) > 0 FROM audit.results WHERE NOT passed").fetchone() == (
            True,
        )


def test_check_finds_what_was_broken_after_publishing(workspace_copy, capsys):
    database = publish.required_build(workspace_copy)
    with connect(database) as connection:
        connection.execute(
            "INSERT INTO marts.dim_accounts SELECT * FROM marts.dim_accounts ORDER BY account_id LIMIT 1"
        )
    with pytest.raises(SystemExit) as ended:
        main(["check", "--workspace", str(workspace_copy.root)])
    said = capsys.readouterr()
    assert ended.value.code == 1
    assert "dim_accounts" in said.out and "Failed: " in said.out


def test_a_build_that_fails_raises_with_its_answers(workspace_copy, monkeypatch):
    """The failing rows are at hand for whoever calls `build`, not only on the screen."""
    from ratehouse import audit
    from ratehouse import build as module

    failed = audit.AuditResult("expectation", "something holds", "marts", "error", "failed")
    monkeypatch.setattr(module, "run_dbt", _empty_build)
    monkeypatch.setattr(module.audit, "judge_expectations", lambda *_, **__: [failed])
    with pytest.raises(BuildFailedAudit) as raised:
        build(workspace_copy, force=True)
    assert raised.value.results == [failed]
    assert raised.value.exit_code == 1


def _empty_build(*, database, **_):
    connect(database).close()
    return []
