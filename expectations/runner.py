"""Judges the suites on a build and on the raw tables behind it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from expectations import wording
from expectations.declare import (
    Boundary,
    ExpectationResult,
    ProfileExpectation,
    Row,
    SampleExpectation,
    Suite,
)
from expectations.engine import ROWS_SHOWN, Check, Verdict, judge
from expectations.frames import evidence_sql, profile_sql, sample_count_sql, sample_sql, shown_columns
from expectations.suites import SUITES
from ratehouse.errors import UsageError, WorkspaceLocked
from ratehouse.warehouse import connect, fetch

# Called with what is being done, how many steps are done and how many there are.
Progress = Callable[[str, int, int], None]

NOT_CHECKED = "not checked: the raw tables were not given"
NOT_BUILT = "not checked: the build was made by an earlier version, which did not have this table"


def run(
    database: Path | None,
    raw_database: Path | None,
    boundary: Boundary = "all",
    progress: Progress | None = None,
) -> list[ExpectationResult]:
    """Judges what came in, what goes out, or both.

    Args:
        database: a build; not needed for `in`.
        raw_database: the raw tables behind it. Without them `out` compares nothing with the extracts.
        boundary: `in` for deliveries, `out` for marts, `all` for both.
        progress: called before each table.

    Returns:
        One result per expectation, in the order of the suites. One that failed as `error` stops publishing.

    Raises:
        UsageError: a database that is needed is not given or does not exist.
        WorkspaceLocked: another process is writing to one of them.
    """
    if raw_database is None and boundary != "out":
        raise UsageError("The deliveries cannot be judged without the raw database: give its path.")
    if database is None and boundary != "in":
        raise UsageError("The marts cannot be judged without a build: give the path of its database.")
    connection = connect(None if boundary == "in" else database, read_only=boundary != "in")
    try:
        if raw_database is not None:
            _attach(connection, raw_database)
        return check(connection, boundary, has_raw=raw_database is not None, progress=progress)
    finally:
        connection.close()


def check(
    connection: duckdb.DuckDBPyConnection,
    boundary: Boundary = "all",
    *,
    has_raw: bool = True,
    subjects: Collection[str] | None = None,
    progress: Progress | None = None,
) -> list[ExpectationResult]:
    """As `run`, on a connection to a build to which the raw tables are attached as `raw`.

    Args:
        connection: to the build; for `in`, to anything.
        boundary: as for `run`.
        has_raw: whether the raw tables are there.
        subjects: only these tables.
        progress: as for `run`.
    """
    suites = [
        suite
        for suite in SUITES
        if boundary in ("all", suite.boundary) and (subjects is None or suite.subject in subjects)
    ]
    results: list[ExpectationResult] = []
    for done, suite in enumerate(suites):
        if progress:
            progress(f"expectations of {suite.subject}", done, len(suites))
        audit = _Audit(connection, suite, has_raw)
        if suite.boundary == "out" and not _is_built(connection, suite):
            results += audit.nothing_checked()
            continue
        results += audit.profile_results()
        results += audit.sample_results()
    if progress:
        progress("expectations", len(suites), len(suites))
    return results


def _is_built(connection: duckdb.DuckDBPyConnection, suite: Suite) -> bool:
    schema, name = suite.table.split(".")
    sql = """
        SELECT table_name FROM information_schema.tables
        WHERE table_catalog = current_database() AND table_schema = ? AND table_name = ?"""
    return fetch(connection, sql, [schema, name]).height > 0


def _attach(connection: duckdb.DuckDBPyConnection, raw_database: Path) -> None:
    if not raw_database.exists():
        raise UsageError(f"{raw_database} does not exist. Run `ratehouse ingest` first.")
    # ATTACH takes no parameters; the path is the workspace's own, with its quotes doubled.
    quoted = str(raw_database).replace("'", "''")
    try:
        connection.execute(f"ATTACH '{quoted}' AS raw (READ_ONLY)")
    except duckdb.IOException as error:
        if "lock" not in str(error).lower():
            raise
        raise WorkspaceLocked(
            f"{raw_database} is open for writing in another process. Wait until it ends, then try again."
        ) from error


@dataclass
class _Audit:
    """The judgement of one suite."""

    connection: duckdb.DuckDBPyConnection
    suite: Suite
    has_raw: bool
    row_count: int = 0

    def nothing_checked(self) -> list[ExpectationResult]:
        """What is said of a table that the build does not have."""
        profile = [self._not_checked("profile", one, NOT_BUILT) for one in self.suite.profile]
        return profile + [self._not_checked("sample", one, NOT_BUILT) for one in self.suite.sample]

    def profile_results(self) -> list[ExpectationResult]:
        """What became of the expectations of the whole table."""
        judged = [one for one in self.suite.profile if self.has_raw or not one.needs_raw]
        frame = fetch(self.connection, profile_sql(self.suite, judged, has_raw=self.has_raw))
        self.row_count = int(frame["row_count"].sum())
        frame = _plain(frame)
        checks, places = [], []
        for number, one in enumerate(judged):
            places.append(len(checks))
            other = f"e{number}" if one.equals else None
            checks.append(Check(f"v{number}", one.least, one.most, other))
            if one.error_above is not None:
                checks.append(Check(f"s{number}", most=one.error_above))
        # An empty frame has nothing to judge.
        verdicts = judge(frame, checks) if frame.height else []
        results = {}
        for number, one in enumerate(judged):
            found = verdicts[places[number] :][:2] if verdicts else []
            results[one] = self._profile_result(frame, one, number, found)
        return [results.get(one) or self._not_checked("profile", one) for one in self.suite.profile]

    def _profile_result(
        self, frame: pl.DataFrame, one: ProfileExpectation, number: int, verdicts: list[Verdict]
    ) -> ExpectationResult:
        passed = not verdicts or verdicts[0].passed
        severity = one.severity
        if one.error_above is not None and verdicts and not verdicts[1].passed:
            severity = "error"
        known = frame.filter(pl.any_horizontal(pl.col(f"^[ve]{number}$").is_not_null()))
        shown = known if passed else frame[list(verdicts[0].positions)]
        observed = {row["utility_id"]: _observed(row, one, number) for row in shown.iter_rows(named=True)}
        if not observed:
            observed = {"": "nothing to compare" if self.row_count else "no rows"}
        return ExpectationResult(
            suite=f"{self.suite.subject}: profile",
            subject=self.suite.subject,
            expectation=one.sentence,
            severity=severity,
            passed=passed,
            observed=wording.per_utility(observed),
            failing_rows=[] if passed else self._evidence(one, observed),
        )

    def _evidence(self, one: ProfileExpectation, observed: dict[str, str]) -> list[Row]:
        """Rows that show the failure; where no row can, the figures themselves."""
        query = evidence_sql(self.suite, one, ROWS_SHOWN)
        rows = fetch(self.connection, query, [list(observed)]).to_dicts() if query else []
        return rows or [{"utility_id": utility, "observed": text} for utility, text in observed.items()]

    def sample_results(self) -> list[ExpectationResult]:
        """What became of the expectations of the sample, after `profile_results`, which counts the rows."""
        judged = [one for one in self.suite.sample if self.has_raw or not one.needs_raw]
        values, checks = {}, []
        for number, one in enumerate(judged):
            values[f"v{number}"] = one.value
            if one.equals:
                values[f"e{number}"] = one.equals
            other = f"e{number}" if one.equals else None
            checks.append(Check(f"v{number}", one.least, one.most, other, one.mostly))
        results = {}
        if judged and self.row_count:
            rows = fetch(self.connection, sample_count_sql(self.suite)).item()
            frame = fetch(self.connection, sample_sql(self.suite, values, rows, has_raw=self.has_raw))
            verdicts = judge(_plain(frame.select(list(values))), checks) if frame.height else []
            for one, verdict in zip(judged, verdicts, strict=False):
                results[one] = self._sample_result(frame, one, verdict)
        none = Verdict(True, 0, 0, ())
        for one in judged:
            results.setdefault(one, self._sample_result(pl.DataFrame(), one, none))
        return [results.get(one) or self._not_checked("sample", one) for one in self.suite.sample]

    def _sample_result(
        self, frame: pl.DataFrame, one: SampleExpectation, verdict: Verdict
    ) -> ExpectationResult:
        observed = "nothing to compare" if self.row_count else "no rows"
        if verdict.compared:
            observed = f"{wording.of_rows(verdict.failing, verdict.compared)} of the sample"
        rows: list[Row] = []
        if not verdict.passed:
            rows = frame[list(verdict.positions)].select(shown_columns(self.suite)).to_dicts()
        return ExpectationResult(
            suite=f"{self.suite.subject}: sample",
            subject=self.suite.subject,
            expectation=one.sentence,
            severity=one.severity,
            passed=verdict.passed,
            observed=observed,
            failing_rows=rows,
        )

    def _not_checked(
        self, frame: str, one: ProfileExpectation | SampleExpectation, why: str = NOT_CHECKED
    ) -> ExpectationResult:
        return ExpectationResult(
            f"{self.suite.subject}: {frame}",
            self.suite.subject,
            one.sentence,
            one.severity,
            True,
            why,
        )


def _observed(row: Row, one: ProfileExpectation, number: int) -> str:
    """What was found for one utility."""
    value, other = row[f"v{number}"], row.get(f"e{number}")
    if one.equals:
        return wording.against(value, other, one.unit)
    if one.breaks and one.unit == "rows":
        return wording.of_rows(value, row["row_count"])
    text = wording.figure(value, one.unit)
    return text if one.unit == "found" else f"{text}, {wording.bounds(one.least, one.most, one.unit)}"


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Numbers as machine integers and floats: whole cents fit, and Decimal objects are slow."""
    return frame.with_columns(
        pl.selectors.decimal().cast(pl.Float64), pl.selectors.by_dtype(pl.Int128).cast(pl.Int64)
    )
