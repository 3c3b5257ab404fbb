"""SQL for the two small frames of a suite: a profile over the whole table and a sample of its rows.

Every identifier and expression comes from a suite, never from data; values are bound.
"""

from __future__ import annotations

from expectations.declare import ProfileExpectation, Suite

SAMPLE_ROWS = 50_000
LINEAGE = ("_source_file", "_line_number")


def profile_sql(suite: Suite, expectations: list[ProfileExpectation], *, has_raw: bool) -> str:
    """One row per utility: `row_count`; the value of expectation n as `v<n>`, what it must equal as `e<n>`.

    Rows that break an expectation are counted as `b<n>`, among `a<n>`; all of it in one scan of the table.
    """
    measures = {"row_count": "count(*)", **suite.measures}
    beside = {**suite.beside, **(suite.beside_raw if has_raw else {})}
    values = ["utility_id", "coalesce(row_count, 0) AS row_count"]
    for number, expectation in enumerate(expectations):
        value = expectation.value
        if expectation.breaks:
            broken = f"({expectation.among or 'true'}) AND ({expectation.breaks})"
            measures[f"b{number}"] = f"count(*) FILTER (WHERE {broken})"
            value = f"b{number}"
            if expectation.among:
                measures[f"a{number}"] = f"count(*) FILTER (WHERE {expectation.among})"
                value = f"b{number} / nullif(CAST(a{number} AS DOUBLE), 0)"
        elif expectation.unit == "found":
            beside[f"o{number}"] = (
                f"SELECT utility_id, count(*) AS f{number} FROM ({expectation.offenders}) GROUP BY utility_id"
            )
            value = f"CASE WHEN row_count > 0 THEN coalesce(f{number}, 0) ELSE f{number} END"
        values.append(f"({value}) AS v{number}")
        if expectation.equals:
            values.append(f"({expectation.equals}) AS e{number}")
        if expectation.error_above is not None:
            values.append(f"b{number} / nullif(CAST(row_count AS DOUBLE), 0) AS s{number}")
    aggregates = ", ".join(f"{sql} AS {name}" for name, sql in measures.items())
    tables = "".join(f", {name} AS ({query})" for name, query in beside.items())
    joins = "".join(f" FULL JOIN {name} USING (utility_id)" for name in beside)
    return f"""
        WITH own AS (SELECT utility_id, {aggregates} FROM {suite.table} AS t GROUP BY utility_id){tables}
        SELECT {", ".join(values)} FROM own{joins} WHERE utility_id IS NOT NULL ORDER BY utility_id
    """


def sample_count_sql(suite: Suite) -> str:
    """How many rows of the table may be sampled."""
    return f"SELECT count(*) FROM {suite.table} AS t WHERE {suite.sample_where}"


def sample_sql(suite: Suite, values: dict[str, str], row_count: int, *, has_raw: bool) -> str:
    """The sample with the columns that are shown of a failing row, and `values`: column to SQL.

    A hash of the key chooses the rows: the same table gives the same rows, whatever order they lie in, and a
    table that grows keeps most of those it had until it has twice as many.
    """
    keep_one_in = 1
    while row_count > keep_one_in * SAMPLE_ROWS:
        keep_one_in *= 2
    place = f"hash({', '.join(('t.utility_id', *(f't.{column}' for column in suite.key)))})"
    order = ", ".join((place, "t.utility_id", *(f"t.{column}" for column in suite.key)))
    columns = ", ".join(
        [f"t.{column}" for column in shown_columns(suite)]
        + [f"({sql}) AS {name}" for name, sql in values.items()]
    )
    joins = f"{suite.sample_joins} {suite.sample_joins_raw if has_raw else ''}"
    return f"""
        WITH sampled AS (
            SELECT * FROM {suite.table} AS t
            WHERE {place} % {keep_one_in} = 0 AND ({suite.sample_where})
            ORDER BY {order} LIMIT {SAMPLE_ROWS}
        )
        SELECT {columns} FROM sampled AS t {joins} ORDER BY {order}
    """


def evidence_sql(suite: Suite, expectation: ProfileExpectation, limit: int) -> str | None:
    """Rows that show a failure, for the utilities bound to the parameter; None where no query finds them."""
    if expectation.offenders:
        return f"""
            SELECT * FROM ({expectation.offenders})
            WHERE list_contains(?, utility_id) ORDER BY ALL LIMIT {limit}
        """
    if not expectation.breaks:
        return None
    columns = ", ".join(f"t.{column}" for column in shown_columns(suite))
    key = ", ".join(("t.utility_id", *(f"t.{column}" for column in suite.key)))
    condition = f"({expectation.among or 'true'}) AND ({expectation.breaks})"
    return f"""
        SELECT {columns} FROM {suite.table} AS t
        WHERE list_contains(?, t.utility_id) AND {condition} ORDER BY {key} LIMIT {limit}
    """


def shown_columns(suite: Suite) -> tuple[str, ...]:
    """What is shown of a row: its key, what matters about it, and where it comes from."""
    lineage = LINEAGE if suite.boundary == "in" else ()
    return tuple(dict.fromkeys(("utility_id", *suite.key, *suite.shown, *lineage)))
