"""What a suite declares, and what its judgement returns. Nothing here knows who judges."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warn"]
Boundary = Literal["in", "out", "all"]
Unit = Literal["rows", "found", "share", "cents", "days", "count"]

Row = dict[str, object]


@dataclass(frozen=True)
class ExpectationResult:
    """What became of one expectation.

    Attributes:
        suite: the table and what was looked at: `bills: profile`.
        subject: the table.
        expectation: a plain sentence.
        severity: `error` stops publishing, `warn` publishes with a banner.
        passed: whether it holds.
        observed: what was found, in short.
        failing_rows: at most ten rows that show it, with keys and lineage where the table has them.
    """

    suite: str
    subject: str
    expectation: str
    severity: Severity
    passed: bool
    observed: str
    failing_rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class ProfileExpectation:
    """What is expected of figures over a whole table, per utility. Where a figure is NULL, nothing is.

    Attributes:
        sentence: what is expected, as a finance analyst would say it.
        value: SQL over the suite's measures and what stands beside them.
        unit: how the value is shown.
        least: the smallest value that is expected.
        most: the largest.
        equals: SQL of the figure that the value must equal, instead of bounds.
        severity: of a failure.
        error_above: share of the rows above which a warning becomes an error.
        breaks: SQL condition on a row that goes against it; such rows are counted over the whole table.
        among: SQL condition on the rows that a share is taken of.
        offenders: query for rows that show a failure, where rows of the table cannot; it has `utility_id`.
        needs_raw: whether it compares with the raw tables.
    """

    sentence: str
    value: str = ""
    unit: Unit = "rows"
    least: float | None = None
    most: float | None = None
    equals: str | None = None
    severity: Severity = "warn"
    error_above: float | None = None
    breaks: str | None = None
    among: str | None = None
    offenders: str | None = None
    needs_raw: bool = False


@dataclass(frozen=True)
class SampleExpectation:
    """What is expected of the rows of the sample; a row for which the value is NULL is not compared.

    Attributes:
        sentence: what is expected.
        value: SQL over the sampled row `t` and what is joined to it.
        least: the smallest value that is expected.
        most: the largest.
        equals: SQL of what the value must equal, instead of bounds; rows are skipped where both are NULL.
        mostly: share of the compared rows for which it must hold.
        severity: of a failure.
        needs_raw: whether it compares with the raw tables.
    """

    sentence: str
    value: str
    least: float | None = None
    most: float | None = None
    equals: str | None = None
    mostly: float = 1.0
    severity: Severity = "warn"
    needs_raw: bool = False


@dataclass(frozen=True)
class Suite:
    """What is expected of one table.

    Attributes:
        subject: the table's name.
        table: where it lies, with its schema.
        boundary: `in` for deliveries, `out` for marts.
        key: the columns that identify a row, beside `utility_id`.
        shown: further columns of a failing row; never a name, an e-mail or a phone.
        measures: name to SQL aggregate over the table, whose alias is `t`.
        beside: name to query with one row per utility; its columns stand beside the measures.
        beside_raw: the same, read from the raw tables.
        profile: what is expected of the whole table.
        sample_where: SQL condition on the rows that may be sampled.
        sample_joins: SQL joins to the sampled row `t`.
        sample_joins_raw: the same, to raw tables.
        sample: what is expected of the sampled rows.
    """

    subject: str
    table: str
    boundary: Literal["in", "out"]
    key: tuple[str, ...]
    shown: tuple[str, ...]
    measures: dict[str, str] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)
    beside_raw: dict[str, str] = field(default_factory=dict)
    profile: tuple[ProfileExpectation, ...] = ()
    sample_where: str = "true"
    sample_joins: str = ""
    sample_joins_raw: str = ""
    sample: tuple[SampleExpectation, ...] = ()


def never(
    sentence: str, breaks: str, *, severity: Severity = "warn", error_above: float | None = None
) -> ProfileExpectation:
    """No row of the table may break it."""
    return ProfileExpectation(sentence, most=0, severity=severity, breaks=breaks, error_above=error_above)


def seldom(
    sentence: str, breaks: str, most: float, *, among: str = "true", severity: Severity = "warn"
) -> ProfileExpectation:
    """At most a share of the rows may break it."""
    return ProfileExpectation(
        sentence, unit="share", most=most, severity=severity, breaks=breaks, among=among
    )


def within(
    sentence: str,
    value: str,
    *,
    unit: Unit,
    least: float | None = None,
    most: float | None = None,
    severity: Severity = "warn",
    offenders: str | None = None,
    needs_raw: bool = False,
) -> ProfileExpectation:
    """A figure of the table lies within bounds."""
    return ProfileExpectation(
        sentence,
        value,
        unit,
        least,
        most,
        severity=severity,
        offenders=offenders,
        needs_raw=needs_raw,
    )


def agree(
    sentence: str,
    value: str,
    equals: str,
    *,
    unit: Unit,
    severity: Severity = "error",
    offenders: str | None = None,
    needs_raw: bool = False,
) -> ProfileExpectation:
    """Two figures, reached in different ways, are the same."""
    return ProfileExpectation(
        sentence,
        value,
        unit,
        equals=equals,
        severity=severity,
        offenders=offenders,
        needs_raw=needs_raw,
    )


def none_found(
    sentence: str, offenders: str, *, severity: Severity = "warn", needs_raw: bool = False
) -> ProfileExpectation:
    """A query for offenders, across tables or months, finds nothing."""
    return ProfileExpectation(
        sentence, unit="found", most=0, severity=severity, offenders=offenders, needs_raw=needs_raw
    )
