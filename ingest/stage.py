"""From canonical text to typed rows with their faults, in temporary tables.

`_canon` holds the file's canonical columns (`_line` and text, or types that are exactly right); `_staged`
holds every
column of the entity, typed, and `_fault`: 0 for a row that may be loaded. All of it is set operations in SQL.
Identifiers
in the SQL of this module come from the contract only; values are bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from ingest import checks
from ingest.contract import ENTITIES, Column, Entity
from ingest.mask import SHORTEST, SUSPICIOUS, mask
from ingest.sql import first_row, one_number


@dataclass(frozen=True)
class Staging:
    """What is staged and for whom.

    Attributes:
        connection: to the raw database, inside a transaction.
        entity: what the rows are.
        utility_id: whose they are.
        account_pattern: what the utility's policy asks of account ids, if anything.
    """

    connection: duckdb.DuckDBPyConnection
    entity: Entity
    utility_id: str
    account_pattern: str | None = None

    def scalar(self, sql: str, *values: object) -> int:
        """The one number that a query returns, 0 for NULL."""
        return one_number(self.connection, sql, values)


def canon_types(connection: duckdb.DuckDBPyConnection) -> dict[str, pa.DataType]:
    """The columns of `_canon` with their Arrow types."""
    schema = connection.sql("SELECT * FROM _canon LIMIT 0").to_arrow_table().schema
    return {field.name: field.type for field in schema if field.name != "_line"}


def mask_canon(staging: Staging, present: dict[str, pa.DataType]) -> int:
    """Masks card and bank numbers in the text columns of `_canon`; returns how many there were."""
    columns = [
        column.name for column in staging.entity.columns if column.is_masked and column.name in present
    ]
    if not columns:
        return 0
    suspicious = {
        name: f"length({name}) >= {SHORTEST} AND regexp_matches({name}, '{SUSPICIOUS}')" for name in columns
    }
    counts = ", ".join(f"count(*) FILTER ({condition})" for condition in suspicious.values())
    hits = first_row(staging.connection, f"SELECT {counts} FROM _canon") or ()
    return sum(
        _mask_column(staging, name, suspicious[name]) for name, hit in zip(columns, hits, strict=True) if hit
    )


def _mask_column(staging: Staging, name: str, suspicious: str) -> int:
    connection = staging.connection
    rows = connection.execute(
        f"SELECT {name}, count(*) FROM _canon WHERE {suspicious} GROUP BY {name}"
    ).fetchall()
    masked = [(value, *mask(value), occurrences) for value, occurrences in rows]
    changed = [(value, text, found * occurrences) for value, text, found, occurrences in masked if found]
    if not changed:
        return 0
    masks = pa.table({"value": [row[0] for row in changed], "masked": [row[1] for row in changed]})
    connection.register("_masks", masks)
    # The column's name comes from the contract, the values from a registered table.
    connection.execute(f"UPDATE _canon SET {name} = m.masked FROM _masks m WHERE _canon.{name} = m.value")
    connection.unregister("_masks")
    return sum(row[2] for row in changed)


def stage(staging: Staging, present: dict[str, pa.DataType]) -> None:
    """Makes `_staged` from `_canon`: types, required values, codes, rules within a row, account pattern."""
    entity = staging.entity
    expressions, faults = [], []
    for number, column in enumerate(entity.columns, start=1):
        expression, fault = _column_sql(column, present.get(column.name))
        expressions.append(f"{expression} AS {column.name}")
        if fault != "FALSE":
            faults.append(f"WHEN {fault} THEN {number}")
    rules = [
        f"WHEN ({rule.holds}) IS FALSE THEN {checks.RULE_FAULT + number}"
        for number, rule in enumerate(entity.rules)
    ]
    values: dict[str, str] = {}
    if staging.account_pattern and entity.name == "accounts":
        rules.append(f"WHEN NOT regexp_matches(account_id, $pattern) THEN {checks.PATTERN_FAULT}")
        values["pattern"] = staging.account_pattern
    columns = ", ".join(column.name for column in entity.columns)
    column_faults = f"CASE {' '.join(faults)} ELSE 0 END" if faults else "0"
    row_faults = f"CASE WHEN _fault <> 0 THEN _fault {' '.join(rules)} ELSE 0 END"
    staging.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE _staged AS
        SELECT _line, {columns}, CAST({row_faults} AS SMALLINT) AS _fault
        FROM (SELECT _line, {", ".join(expressions)}, {column_faults} AS _fault FROM _canon)
        """,
        values,
    )


def _column_sql(column: Column, arrow_type: pa.DataType | None) -> tuple[str, str]:
    """The typed value of a column, and the condition under which it is at fault."""
    if arrow_type is None:
        return f"CAST(NULL AS {column.sql_type})", "FALSE"
    exact = checks.is_exact(column, arrow_type)
    value = f"CAST({column.name} AS {column.sql_type})" if exact else checks.typed(column)
    return value, checks.fault(column, exact)


def settle_duplicates(staging: Staging) -> int:
    """Deals with keys that the file holds more than once.

    Exact copies are dropped but for the first; of rows with different content none is trusted.

    Returns:
        How many copies were dropped.
    """
    connection, entity = staging.connection, staging.entity
    key = ", ".join(entity.key)
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE _repeated AS
        SELECT {key} FROM _staged GROUP BY {key} HAVING count(*) > 1
        """
    )
    if not staging.scalar("SELECT count(*) FROM _repeated"):
        return 0
    content = ", ".join(column.name for column in entity.columns)
    # A faulty row beside a sound one of the same key is different content too.
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE _disputed AS
        SELECT {key} FROM _staged SEMI JOIN _repeated USING ({key})
        GROUP BY {key}
        HAVING count(DISTINCT row({content})) > 1 OR (max(_fault) > 0 AND min(_fault) = 0)
        """
    )
    connection.execute(
        f"""
        UPDATE _staged SET _fault = {checks.DUPLICATE_FAULT}
        WHERE _fault = 0 AND _line IN (SELECT _line FROM _staged SEMI JOIN _disputed USING ({key}))
        """
    )
    before = staging.scalar("SELECT count(*) FROM _staged")
    connection.execute(
        f"""
        DELETE FROM _staged WHERE _line IN (
            SELECT _line FROM _staged SEMI JOIN _repeated USING ({key}) WHERE _fault = 0
            QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY _line) > 1)
        """
    )
    return before - staging.scalar("SELECT count(*) FROM _staged")


def check_references(staging: Staging) -> None:
    """Rejects rows that name what has not arrived."""
    for number, column in enumerate(staging.entity.columns, start=1):
        if column.references:
            # A file may name its own rows (a cancel bill the bill it cancels); rejecting one may orphan
            # another.
            while _reject_unknown(staging, column, checks.UNKNOWN_FAULT + number):
                if column.references != staging.entity.name:
                    break


def _reject_unknown(staging: Staging, column: Column, fault: int) -> int:
    """Marks the rows whose value in the column names nothing; returns how many."""
    target = column.references
    own = ""
    target_key = _target_key(column)
    if target == staging.entity.name:
        own = f"AND {column.name} NOT IN (SELECT {target_key} FROM _staged WHERE _fault = 0)"
    return staging.scalar(
        f"""
        UPDATE _staged SET _fault = {fault}
        WHERE _fault = 0 AND {column.name} IS NOT NULL
          AND NOT EXISTS (
            SELECT 1 FROM {target} t WHERE t.utility_id = ? AND t.{target_key} = _staged.{column.name}) {own}
        """,
        staging.utility_id,
    )


def _target_key(column: Column) -> str:
    """The one key column of the entity that a reference names."""
    return ENTITIES[column.references or ""].key[0]


def check_returns(staging: Staging) -> None:
    """Rejects returns dated before their payment was posted, and returns above it.

    The returns of a payment count together, with those in force.

    The date that counts is the ledger's: `posted_on`, and `returned_on` where that is empty.
    """
    staging.connection.execute(
        f"""
        UPDATE _staged SET _fault = {checks.EARLY_RETURN_FAULT} FROM payments p
        WHERE _fault = 0 AND p.utility_id = ? AND p.payment_id = _staged.payment_id
          AND coalesce(_staged.posted_on, _staged.returned_on) < p.posted_on
        """,
        [staging.utility_id],
    )
    # One row of a payment at a time: what is rejected leaves room for a smaller return behind it.
    while staging.scalar(
        f"""
        WITH earlier AS (
            SELECT payment_id, sum(amount) AS amount FROM payment_returns
            WHERE utility_id = ? AND return_id NOT IN (SELECT return_id FROM _staged WHERE _fault = 0)
            GROUP BY payment_id
        ), running AS (
            SELECT s._line, s.payment_id, p.amount, coalesce(e.amount, 0) + sum(s.amount) OVER (
                PARTITION BY s.payment_id ORDER BY coalesce(s.posted_on, s.returned_on), s.return_id
            ) AS so_far
            FROM _staged s
            JOIN payments p ON p.utility_id = ? AND p.payment_id = s.payment_id
            LEFT JOIN earlier e ON e.payment_id = s.payment_id
            WHERE s._fault = 0
        )
        UPDATE _staged SET _fault = {checks.EXCESS_RETURN_FAULT} WHERE _line IN (
            SELECT _line FROM running WHERE so_far > amount
            QUALIFY row_number() OVER (PARTITION BY payment_id ORDER BY so_far) = 1)
        """,
        staging.utility_id,
        staging.utility_id,
    ):
        pass
