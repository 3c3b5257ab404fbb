"""The audit of a build: dbt's tests and the expectations, failing rows, and what the build keeps of them.

Every test's SQL is kept in the build (`audit.tests`), so that `ratehouse check` can put the same questions to
the same file later, without dbt and without writing to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from ratehouse.dbt import DbtTest, NodeResult, Progress
from ratehouse.errors import WorkspaceLocked
from ratehouse.publish import FAILED, PASSED, PASSED_WITH_WARNINGS
from ratehouse.warehouse import connect

FAILING_ROWS_SHOWN = 10

TABLES = """
    CREATE SCHEMA IF NOT EXISTS audit;
    CREATE OR REPLACE TABLE audit.build (
        build_id VARCHAR, built_at TIMESTAMP, as_of_option DATE, raw_load_id_max BIGINT,
        raw_fingerprint VARCHAR, project_fingerprint VARCHAR, previous_build_id VARCHAR,
        ratehouse_version VARCHAR, audit_mark VARCHAR);
    CREATE OR REPLACE TABLE audit.results (
        kind VARCHAR, name VARCHAR, subject VARCHAR, severity VARCHAR, status VARCHAR, passed BOOLEAN,
        failing_count BIGINT, detail VARCHAR);
    CREATE OR REPLACE TABLE audit.tests (
        name VARCHAR, subject VARCHAR, description VARCHAR, severity VARCHAR, sql VARCHAR, fail_calc VARCHAR,
        warn_if VARCHAR, error_if VARCHAR, reads_raw BOOLEAN);
"""
SELECT_TESTS = """
    SELECT name, subject, description, severity, sql, fail_calc, warn_if, error_if, reads_raw
    FROM audit.tests ORDER BY reads_raw DESC, subject, name
"""


@dataclass
class AuditResult:
    """One question of the audit and its answer.

    Attributes:
        kind: `dbt` or `expectation`.
        name: of the test, or the expectation as a sentence.
        subject: the model, entity or mart that it is about.
        severity: `error` stops publishing, `warn` publishes with a banner.
        status: `passed`, `failed` or `skipped`.
        failing_count: rows that break it.
        detail: what was seen.
        failing_rows: some of these rows.
    """

    kind: str
    name: str
    subject: str
    severity: str
    status: str
    failing_count: int = 0
    detail: str = ""
    failing_rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether the answer was yes; a question that was skipped has none."""
        return self.status == "passed"


def failures(results: Iterable[AuditResult], severity: str) -> list[AuditResult]:
    """The results that failed with a severity."""
    return [result for result in results if result.status == "failed" and result.severity == severity]


def audit_mark(results: list[AuditResult]) -> str:
    """The one word that pages show."""
    if failures(results, "error"):
        return FAILED
    return PASSED_WITH_WARNINGS if failures(results, "warn") else PASSED


def judge_nodes(nodes: list[NodeResult], database: Path, raw: Path) -> list[AuditResult]:
    """What dbt's results say, with the rows that break its tests."""
    results = []
    broken = [node for node in nodes if node.test is None and node.status == "error"]
    results += [_broken_model(node) for node in broken]
    skipped = [node.name for node in nodes if node.test is None and node.status == "skipped"]
    tests = [node for node in nodes if node.test is not None]
    with _Opened(database, raw if any(node.status in ("fail", "warn") for node in tests) else None) as opened:
        results += [_judged(node, opened) for node in tests]
    if skipped and not failures(results, "error"):
        detail = f"not built: {', '.join(skipped)}"
        results.append(
            AuditResult("dbt", "every model is built", "the project", "error", "failed", 0, detail)
        )
    return results


def is_complete(nodes: list[NodeResult]) -> bool:
    """Whether every model was built."""
    return all(node.status == "success" for node in nodes if node.test is None)


def judge_expectations(
    database: Path, raw: Path | None, *, has_marts: bool, progress: Progress | None = None
) -> list[AuditResult]:
    """Asks the expectations of what came in and of what goes out.

    Args:
        database: the build.
        raw: the raw database; None leaves what came in alone.
        has_marts: whether the build is complete, so that its marts can be judged.
        progress: told what is being done.
    """
    if raw is None and not has_marts:
        return []
    import expectations

    boundary = "all" if raw and has_marts else "out" if has_marts else "in"
    found = expectations.run(database if has_marts else None, raw, boundary, progress)
    return [
        AuditResult(
            kind="expectation",
            name=one.expectation,
            subject=one.subject,
            severity=one.severity,
            status=_status(one.passed, str(one.observed)),
            failing_count=len(one.failing_rows),
            detail=str(one.observed),
            failing_rows=list(one.failing_rows)[:FAILING_ROWS_SHOWN],
        )
        for one in found
    ]


def _status(passed: bool, observed: str) -> str:
    """An expectation that could not be judged passes in Great Expectations; here it was skipped."""
    if observed.startswith("not checked"):
        return "skipped"
    return "passed" if passed else "failed"


def recheck(database: Path, raw: Path | None, progress: Progress | None = None) -> list[AuditResult]:
    """Puts the questions of a build's audit again, reading only.

    Args:
        database: the build.
        raw: the raw database; None where it has moved on since, and what reads it is skipped.
        progress: told what is being done.
    """
    results = []
    with _Opened(database, raw) as opened:
        tests = [DbtTest(*row) for row in opened.connection.execute(SELECT_TESTS).fetchall()]
        for number, test in enumerate(tests):
            if progress:
                progress(f"testing {test.name}", number, len(tests))
            results.append(_asked_again(test, opened))
    return results + judge_expectations(
        database, raw if opened.has_raw else None, has_marts=True, progress=progress
    )


def write_results(
    connection: duckdb.DuckDBPyConnection,
    build: dict[str, Any],
    results: list[AuditResult],
    tests: list[DbtTest],
) -> None:
    """Writes the schema `audit` into a build."""
    connection.execute(TABLES)
    connection.execute(
        """
        INSERT INTO audit.build VALUES ($build_id, $built_at, $as_of_option, $raw_load_id_max,
            $raw_fingerprint, $project_fingerprint, $previous_build_id, $ratehouse_version, $audit_mark)
        """,
        build,
    )
    rows = [
        (one.kind, one.name, one.subject, one.severity, one.status,
         None if one.status == "skipped" else one.passed, one.failing_count, one.detail)
        for one in results
    ]  # fmt: skip
    if rows:
        connection.executemany("INSERT INTO audit.results VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    if tests:
        held = [tuple(asdict(test).values()) for test in tests]
        connection.executemany("INSERT INTO audit.tests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", held)


class _Opened:
    """A build opened for reading, with the raw database attached as dbt attaches it."""

    def __init__(self, database: Path, raw: Path | None) -> None:
        self.connection = connect(database, read_only=True)
        self.has_raw = raw is not None and self._attach(raw)

    def _attach(self, raw: Path) -> bool:
        try:
            # ATTACH binds no parameters; quotes in the path are doubled.
            path = str(raw).replace("'", "''")
            self.connection.execute(f"ATTACH '{path}' AS raw (READ_ONLY)")
        except duckdb.IOException as error:
            self.connection.close()
            if "lock" in str(error).lower():
                raise WorkspaceLocked(
                    f"{raw} is being written to. Wait until that ends, then try again."
                ) from error
            raise
        return True

    def rows(self, test: DbtTest) -> list[dict[str, Any]]:
        """Some of the rows that break a test."""
        cursor = self.connection.execute(
            f"SELECT * FROM ({test.sql}\n) AS failing LIMIT {FAILING_ROWS_SHOWN}"
        )
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def __enter__(self) -> _Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()


def _broken_model(node: NodeResult) -> AuditResult:
    return AuditResult("dbt", "the model can be built", node.name, "error", "failed", 0, node.message.strip())


def _judged(node: NodeResult, opened: _Opened) -> AuditResult:
    """The result of a test that dbt ran."""
    test = node.test
    if test is None:
        raise ValueError(f"{node.name} is no test")
    statuses = {"pass": "passed", "fail": "failed", "warn": "failed", "error": "failed"}
    result = AuditResult(
        "dbt", test.name, test.subject, test.severity, statuses.get(node.status, "skipped"),
        node.failing_count, test.description,
    )  # fmt: skip
    if node.status == "error":
        result.severity, result.detail = "error", node.message.strip()
    elif node.status in ("fail", "warn"):
        result.severity = "error" if node.status == "fail" else "warn"
        result.failing_rows = opened.rows(test)
    return result


def _asked_again(test: DbtTest, opened: _Opened) -> AuditResult:
    """The result of a test that is put again, judged as dbt judges it."""
    result = AuditResult("dbt", test.name, test.subject, test.severity, "passed", 0, test.description)
    if not test.sql or (test.reads_raw and not opened.has_raw):
        result.status = "skipped"
        return result
    # The query and its conditions are the project's own, as dbt compiled them into the build.
    count = f"SELECT {test.fail_calc} AS failing FROM ({test.sql}\n) AS failing_rows"
    failing, is_warning, is_error = opened.connection.execute(
        f"SELECT failing, failing {test.warn_if}, failing {test.error_if} FROM ({count}) AS counted"
    ).fetchone() or (0, False, False)
    is_error = is_error and test.severity == "error"
    if is_error or is_warning:
        result.status, result.severity = "failed", "error" if is_error else "warn"
        result.failing_count, result.failing_rows = failing, opened.rows(test)
    return result
