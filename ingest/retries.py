"""Rejected rows are taken up by themselves once what stood in their way has gone.

What they name has arrived, or the policy's pattern of account ids was corrected. They take the same path as a
row that
arrives, under the load that delivered them.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from ingest import checks
from ingest.contract import ENTITIES, Entity
from ingest.load import account_pattern, check_and_merge
from ingest.merge import Lineage, Outcome
from ingest.rejects import faulty_rows
from ingest.sql import first_row
from ingest.stage import Staging
from ratehouse.warehouse import transaction


def take_up(connection: duckdb.DuckDBPyConnection, utility_id: str) -> dict[int, Outcome]:
    """Tries rejected rows again until nothing changes.

    Returns:
        What was accepted, per load that had delivered it.
    """
    accepted: dict[int, Outcome] = {}
    progress = True
    while progress:
        progress = False
        for entity in ENTITIES.values():
            for load_id in _promising(connection, utility_id, entity):
                outcome, healed = _retry(connection, utility_id, entity, load_id)
                total = accepted.setdefault(load_id, Outcome())
                total.loaded += outcome.loaded
                total.unchanged += outcome.unchanged
                total.restated += outcome.restated
                progress = progress or healed
    return {load_id: outcome for load_id, outcome in accepted.items() if outcome.accepted}


# How the reasons that can heal begin; `ingest.checks` writes them.
_HEALABLE = """(
    reason LIKE 'unknown %' OR reason LIKE 'the return is %'
    OR reason LIKE 'account_id: % does not match %')"""
_PENDING = f"""
    utility_id = $utility AND entity = $entity AND taken_up_by_load_id IS NULL AND row_json IS NOT NULL
    AND {_HEALABLE}"""


def _promising(connection: duckdb.DuckDBPyConnection, utility_id: str, entity: Entity) -> list[int]:
    """The loads with rejected rows of the entity that may be accepted now, in delivery order."""
    values: dict[str, object] = {"utility": utility_id, "entity": entity.name}
    if first_row(connection, f"SELECT 1 FROM rejects WHERE {_PENDING} LIMIT 1", values) is None:
        return []
    hopes = ["reason LIKE 'the return is %'"]
    for column in entity.references:
        target = ENTITIES[column.references or ""]
        # A row that waits for a row of its own entity may find it in the load that is tried with it.
        hopes.append(
            f"""(column_name = '{column.name}' AND reason LIKE 'unknown %' AND EXISTS (
                SELECT 1 FROM {target.name} t WHERE t.utility_id = $utility
                  AND t.{target.key[0]} = json_extract_string(row_json, '$.{column.name}')))"""
        )
    if entity.name == "accounts":
        pattern = account_pattern(connection, utility_id)
        values["pattern"] = pattern or ".*"
        hopes.append("regexp_matches(json_extract_string(row_json, '$.account_id'), $pattern)")
    rows = connection.execute(
        f"""
        SELECT l.load_id FROM loads l
        WHERE l.load_id IN (SELECT load_id FROM rejects WHERE {_PENDING} AND ({" OR ".join(hopes)}))
        ORDER BY l.delivered_on, l.load_id
        """,
        values,
    ).fetchall()
    return [row[0] for row in rows]


def _retry(
    connection: duckdb.DuckDBPyConnection, utility_id: str, entity: Entity, load_id: int
) -> tuple[Outcome, bool]:
    """Tries the rejected rows of one load again; whether any was accepted."""
    load = first_row(
        connection,
        "SELECT source_file, delivered_on, (SELECT max(load_id) FROM loads) FROM loads WHERE load_id = ?",
        [load_id],
    )
    if load is None:
        return Outcome(), False
    source_file, delivered_on, latest = load
    staging = Staging(connection, entity, utility_id, account_pattern(connection, utility_id))
    values = {"utility": utility_id, "entity": entity.name, "load": load_id}
    cells = ", ".join(
        f"json_extract_string(row_json, '$.{column.name}') AS {column.name}" for column in entity.columns
    )
    with transaction(connection):
        connection.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE _canon AS
            SELECT line_number AS _line, {cells} FROM rejects WHERE load_id = $load AND {_PENDING}
            """,
            values,
        )
        _, _, outcome = check_and_merge(staging, Lineage(load_id, source_file, delivered_on))
        _update_reasons(staging, load_id)
        connection.execute(
            """
            UPDATE rejects SET taken_up_by_load_id = ?
            WHERE load_id = ? AND line_number IN (SELECT _line FROM _staged WHERE _fault = 0)
            """,
            [latest, load_id],
        )
        if outcome.accepted:
            connection.execute(
                """
                UPDATE loads SET rejected = rejected - ?, loaded = loaded + ?, unchanged = unchanged + ?,
                    restated = restated + ?
                WHERE load_id = ?
                """,
                [outcome.accepted, outcome.loaded, outcome.unchanged, outcome.restated, load_id],
            )
    return outcome, outcome.accepted > 0


def _update_reasons(staging: Staging, load_id: int) -> None:
    """A row may still be rejected, but for something else: the next thing that it names is unknown."""
    for rows in faulty_rows(staging):
        explained = [
            (line, *checks.explain(staging.entity, number, values, staging.account_pattern))
            for line, number, values in rows
        ]
        table = pa.table(
            {
                "line": [row[0] for row in explained],
                "column_name": [row[1] for row in explained],
                "reason": [row[2] for row in explained],
            }
        )
        staging.connection.register("_reasons", table)
        staging.connection.execute(
            """
            UPDATE rejects SET column_name = n.column_name, reason = n.reason FROM _reasons n
            WHERE rejects.load_id = ? AND rejects.line_number = n.line AND rejects.taken_up_by_load_id IS NULL
              AND rejects.column_name <> n.column_name
            """,
            [load_id],
        )
        staging.connection.unregister("_reasons")
