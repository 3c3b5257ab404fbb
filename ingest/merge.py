"""Staged rows meet the versions in force: new, unchanged, restated, or older than what is there.

Deliveries are ordered by their date, then by load order. A later delivery wins, the version before it moves
to
`<entity>_superseded`; an older delivery never overwrites a newer one, and its version is only kept.

A row that a later delivery repeats unchanged stays as it is, with its first lineage. That it was confirmed is
noted in
`confirmations`, or else a delivery dated in between, arriving late, would overwrite it.

Identifiers in the SQL come from the contract only; values are bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ingest.sql import first_row
from ingest.stage import Staging


@dataclass(frozen=True)
class Lineage:
    """Where the staged rows come from."""

    load_id: int
    source_file: str
    delivered_on: date


@dataclass
class Outcome:
    """What became of the sound rows."""

    loaded: int = 0
    unchanged: int = 0
    restated: int = 0
    older: int = 0

    @property
    def accepted(self) -> int:
        """All of them."""
        return self.loaded + self.unchanged + self.restated


def merge(staging: Staging, lineage: Lineage) -> Outcome:
    """Applies the sound rows of `_staged` to the raw table.

    Returns:
        The counts; `older` are among the unchanged.
    """
    _meet(staging, lineage)
    sound = staging.scalar("SELECT count(*) FROM _staged WHERE _fault = 0")
    met, restated, older, confirmed = first_row(
        staging.connection,
        """
        SELECT count(*), count(*) FILTER (differs AND wins), count(*) FILTER (differs AND NOT wins),
            count(*) FILTER (confirms)
        FROM _met
        """,
    ) or (0, 0, 0, 0)
    if older:
        _keep_older(staging, lineage)
    if confirmed:
        _confirm(staging, lineage)
    if restated:
        _supersede(staging, lineage)
    entity = staging.entity
    columns = ", ".join(f"s.{column.name}" for column in entity.columns)
    # An anti join over millions of rows is worth avoiding where nothing was there before.
    stays = "AND s._line NOT IN (SELECT _line FROM _met WHERE NOT (differs AND wins))" if met else ""
    staging.connection.execute(
        f"""
        INSERT INTO {entity.name}
        SELECT ?, {columns}, ?, ?, s._line, ? FROM _staged s WHERE s._fault = 0 {stays}
        """,
        [staging.utility_id, lineage.load_id, lineage.source_file, lineage.delivered_on],
    )
    return Outcome(sound - met, met - restated, restated, older)


def _same_key(staging: Staging, left: str, right: str) -> str:
    return " AND ".join(f"{left}.{column} = {right}.{column}" for column in staging.entity.key)


def _key_text(staging: Staging, table: str) -> str:
    """The key as one text, for the table of confirmations."""
    return f"concat_ws(chr(31), {', '.join(f'{table}.{column}' for column in staging.entity.key)})"


def _meet(staging: Staging, lineage: Lineage) -> None:
    """Makes `_met`: staged rows whose key is in force, and how the two compare."""
    entity = staging.entity
    others = [column.name for column in entity.columns if column.name not in entity.key]
    differs = " OR ".join(f"s.{name} IS DISTINCT FROM r.{name}" for name in others) or "FALSE"
    confirmed = f"""
        LEFT JOIN confirmations c ON c.utility_id = r.utility_id AND c.entity = '{entity.name}'
            AND c.row_key = {_key_text(staging, "r")} AND c.delivered_on > r._delivered_on"""
    staging.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE _met AS
        SELECT s._line, {differs} AS differs,
            $delivered_on > coalesce(c.delivered_on, r._delivered_on) AS is_later,
            is_later OR ($delivered_on = coalesce(c.delivered_on, r._delivered_on)
                AND $load_id >= coalesce(c.load_id, r._load_id)) AS wins,
            is_later AND NOT differs AS confirms
        FROM {entity.name} r
        JOIN _staged s ON {_same_key(staging, "r", "s")} {confirmed}
        WHERE s._fault = 0 AND r.utility_id = $utility_id
        """,
        {
            "delivered_on": lineage.delivered_on,
            "load_id": lineage.load_id,
            "utility_id": staging.utility_id,
        },
    )


def _keep_older(staging: Staging, lineage: Lineage) -> None:
    """Keeps versions that arrived too late, unless the same version of the row is kept already."""
    entity = staging.entity
    columns = ", ".join(f"s.{column.name}" for column in entity.columns)
    same = " AND ".join(f"k.{column.name} IS NOT DISTINCT FROM s.{column.name}" for column in entity.columns)
    staging.connection.execute(
        f"""
        INSERT INTO {entity.name}_superseded
        SELECT r.utility_id, {columns}, $load_id, $source_file, s._line, $delivered_on, r._load_id
        FROM _staged s
        JOIN _met m ON m._line = s._line AND m.differs AND NOT m.wins
        JOIN {entity.name} r ON r.utility_id = $utility_id AND {_same_key(staging, "r", "s")}
        WHERE NOT EXISTS (SELECT 1 FROM {entity.name}_superseded k
            WHERE k.utility_id = $utility_id AND {same})
        """,
        {
            "load_id": lineage.load_id,
            "source_file": lineage.source_file,
            "delivered_on": lineage.delivered_on,
            "utility_id": staging.utility_id,
        },
    )


def _confirm(staging: Staging, lineage: Lineage) -> None:
    """Notes the latest delivery that repeated a row."""
    entity = staging.entity
    keys = f"""
        SELECT {_key_text(staging, "s")} FROM _staged s JOIN _met m ON m._line = s._line AND m.confirms"""
    staging.connection.execute(
        f"DELETE FROM confirmations WHERE utility_id = ? AND entity = ? AND row_key IN ({keys})",
        [staging.utility_id, entity.name],
    )
    staging.connection.execute(
        f"INSERT INTO confirmations SELECT ?, ?, k.*, ?, ? FROM ({keys}) k",
        [staging.utility_id, entity.name, lineage.delivered_on, lineage.load_id],
    )


def _supersede(staging: Staging, lineage: Lineage) -> None:
    """Moves the versions that are restated out of the way."""
    entity = staging.entity
    restated = f"""
        FROM {entity.name} r
        JOIN _staged s ON {_same_key(staging, "r", "s")}
        JOIN _met m ON m._line = s._line AND m.differs AND m.wins
        WHERE r.utility_id = ? AND s._fault = 0"""
    staging.connection.execute(
        f"INSERT INTO {entity.name}_superseded SELECT r.*, ? {restated}",
        [lineage.load_id, staging.utility_id],
    )
    staging.connection.execute(
        f"DELETE FROM {entity.name} WHERE rowid IN (SELECT r.rowid {restated})", [staging.utility_id]
    )
