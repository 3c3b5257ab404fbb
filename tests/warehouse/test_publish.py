"""Ids, pointer, retention and readers, on files that stand for builds."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime

import pytest

from ratehouse import publish
from ratehouse.errors import RatehouseError, UsageError
from ratehouse.publish import FAILED, PASSED
from ratehouse.warehouse import connect
from ratehouse.workspace import Workspace

NOON = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace.at(tmp_path)


def add(workspace: Workspace, build_id: str, mark: str = PASSED) -> str:
    """A build with its record, without content."""
    workspace.builds.mkdir(parents=True, exist_ok=True)
    workspace.build_database(build_id).write_bytes(b"")
    publish.write_json(workspace.audit_record(build_id), {"build_id": build_id, "audit_mark": mark})
    return build_id


def test_ids_sort_by_time_and_never_collide(workspace):
    first = add(workspace, publish.new_build_id(workspace, NOON))
    second = add(workspace, publish.new_build_id(workspace, NOON))
    third = add(workspace, publish.new_build_id(workspace, NOON.replace(second=1)))
    assert first == "2026-11-21T120000Z"
    assert publish.builds(workspace) == [first, second, third] == sorted({first, second, third})


def test_the_pointer_names_the_build_its_file_and_the_one_before(workspace):
    for build_id in ("a", "b"):
        publish.publish(workspace, add(workspace, build_id), PASSED)
    pointer = json.loads(workspace.pointer.read_text())
    assert {key: pointer[key] for key in ("build_id", "file", "audit_mark", "previous")} == {
        "build_id": "b", "file": "builds/b.duckdb", "audit_mark": "passed", "previous": "a",
    }  # fmt: skip
    assert datetime.fromisoformat(pointer["published_at"]).tzinfo is not None
    assert publish.current_build(workspace).build_id == "b"
    assert publish.required_build(workspace) == workspace.build_database("b")
    assert not list(workspace.warehouse.glob(".*"))


def test_a_pointer_that_cannot_be_read_says_what_to_do(workspace):
    workspace.warehouse.mkdir()
    workspace.pointer.write_text("{")
    with pytest.raises(RatehouseError, match="ratehouse build"):
        publish.current_build(workspace)


def test_nothing_published_says_what_to_do(workspace):
    with pytest.raises(UsageError, match="ratehouse run"):
        publish.required_build(workspace)


def test_the_last_builds_are_kept_the_latest_failure_and_nothing_unfinished(workspace):
    for build_id in ("1", "2", "3", "4", "5"):
        publish.publish(workspace, add(workspace, build_id), PASSED)
    for build_id in ("6", "7"):
        add(workspace, build_id, FAILED)
    workspace.build_database("8").write_bytes(b"")  # killed before its record was written
    assert sorted(publish.prune(workspace, keep=3)) == ["1", "2", "6", "8"]
    assert publish.builds(workspace) == ["3", "4", "5", "7"]


def test_builds_of_older_days_do_not_soon_push_out_the_ordinary_ones(workspace):
    for number in range(10):
        publish.publish(workspace, add(workspace, f"{number}"), PASSED)
    assert publish.prune(workspace) == []


def test_the_current_build_and_the_one_before_outlive_any_number(workspace):
    for build_id in ("1", "2"):
        publish.publish(workspace, add(workspace, build_id), PASSED)
    add(workspace, "3")  # killed between its move and the pointer
    publish.prune(workspace, keep=0)
    assert publish.builds(workspace) == ["1", "2"]


def test_readers_go_on_while_others_are_published(workspace_copy):
    question = "SELECT sum(total_usd) FROM marts.aging_as_of('2021-03-31', 'due_date')"
    first = publish.required_build(workspace_copy)
    reader = connect(first, read_only=True)
    try:
        answer = reader.execute(question).fetchone()
        for build_id in ("9001", "9002", "9003"):
            shutil.copy(first, workspace_copy.build_database(build_id))
            publish.write_json(workspace_copy.audit_record(build_id), {"audit_mark": PASSED})
            publish.publish(workspace_copy, build_id, PASSED)
            assert reader.execute(question).fetchone() == answer
        publish.prune(workspace_copy, keep=3)
        assert not first.exists()
        assert reader.execute(question).fetchone() == answer
    finally:
        reader.close()
    assert publish.current_build(workspace_copy).build_id == "9003"


def test_a_renamed_copy_answers_for_any_date(demo_workspace, tmp_path):
    renamed = tmp_path / "council meeting.duckdb"
    shutil.copy(publish.required_build(demo_workspace), renamed)
    with connect(renamed, read_only=True) as connection:
        rows, total = connection.execute(
            "SELECT count(*), sum(total_usd) FROM marts.aging_as_of('2021-03-31', 'due_date')"
        ).fetchone()
        assert rows > 0 and total > 0
        # the day of the build, asked for: what the build has written down
        for utility_id, as_of_on in connection.execute(
            "SELECT utility_id, as_of_on FROM marts.dim_utilities"
        ).fetchall():
            asked = {"utility_id": utility_id, "as_of_on": as_of_on}
            of = "WHERE utility_id = $utility_id ORDER BY account_id"
            written = connection.execute(
                f"SELECT * FROM marts.rpt_disconnect_list {of}", {"utility_id": utility_id}
            ).fetchall()
            answer = connection.execute(
                f"SELECT * FROM marts.disconnect_list_as_of($as_of_on, $as_of_on) {of}", asked
            ).fetchall()
            assert answer == written
        assert connection.execute("SELECT count(*) FROM marts.fct_ledger").fetchone()[0] > 0
