"""Policy files of a utility: checked, loaded into the raw database, and started for a new city.

A utility's policy is the YAML in `utilities/<utility_id>/`. `docs/policy.md` says how it is written.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingest.policy_checks import read_policy
from ingest.policy_rows import Row, policy_rows
from ingest.policy_types import CODE, PolicyProblem, as_text
from ingest.schema import POLICY_TABLES, create_tables
from ratehouse.errors import UsageError
from ratehouse.warehouse import connect, transaction
from ratehouse.workspace import Workspace

STARTER = Path(__file__).resolve().parent / "starter"


@dataclass(frozen=True)
class PolicyLoad:
    """What loading a utility's policy did.

    Attributes:
        utility_id: the utility.
        rows: how many rows it now has in each policy table.
        changed: the tables whose content is not what it was.
    """

    utility_id: str
    rows: dict[str, int]
    changed: tuple[str, ...]


def validate_policy(folder: Path) -> list[PolicyProblem]:
    """Everything that is wrong with the policy in a folder; empty where it can be loaded.

    Args:
        folder: a utility's folder, `utilities/<utility_id>`.
    """
    return read_policy(folder)[1]


def load_policy(workspace: Workspace, utility_id: str) -> PolicyLoad:
    """Replaces a utility's rows in the policy tables; what would be the same stays untouched.

    Raises:
        UsageError: the utility is not known, or its policy has problems; the message lists all of them.
    """
    folder = workspace.utilities / utility_id
    if not re.fullmatch(CODE, utility_id) or not folder.is_dir():
        known = ", ".join(workspace.utility_ids()) or "none yet"
        raise UsageError(
            f"No policy for the utility {utility_id!r} in {workspace.utilities} (known: {known}). "
            f"Correct the name, or start one with `ratehouse init`."
        )
    policy, problems = read_policy(folder)
    if problems:
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise UsageError(f"The policy of {utility_id} in {folder} was not loaded:\n{lines}")
    tables = policy_rows(policy)
    connection = connect(workspace.raw_database)
    try:
        create_tables(connection)
        with transaction(connection):
            changed = [name for name, rows in tables.items() if _replace(connection, name, utility_id, rows)]
    finally:
        connection.close()
    return PolicyLoad(utility_id, {name: len(rows) for name, rows in tables.items()}, tuple(changed))


def _replace(connection: duckdb.DuckDBPyConnection, table: str, utility_id: str, rows: list[Row]) -> bool:
    columns = list(POLICY_TABLES[table])
    new = [tuple({"utility_id": utility_id, **row}[column] for column in columns) for row in rows]
    # Table and column names come from the schema, values are bound.
    held = connection.execute(
        f"SELECT {', '.join(columns)} FROM {table} WHERE utility_id = ?", [utility_id]
    ).fetchall()
    if Counter(held) == Counter(new):
        return False
    connection.execute(f"DELETE FROM {table} WHERE utility_id = ?", [utility_id])
    # Whole columns are bound as lists of text and cast once: one statement, and decimals stay exact.
    types = POLICY_TABLES[table]
    lists = [
        [None if row[place] is None else as_text(row[place]) for row in new] for place in range(len(columns))
    ]
    unnested = ", ".join(f"unnest(CAST(? AS {types[column]}[]))" for column in columns)
    connection.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {unnested}", lists)
    return True


def write_starter(workspace: Workspace, utility_id: str, name: str) -> list[Path]:
    """Writes a small commented policy for a new city, to be completed by hand.

    Args:
        workspace: where the utility is to live.
        utility_id: lower case letters, digits and underscores; the name of its folder.
        name: the city's name as people write it.

    Returns:
        The files written.

    Raises:
        UsageError: the id has a wrong form, the name is empty, or the utility has policy already.
    """
    if not re.fullmatch(CODE, utility_id):
        raise UsageError(
            f"{utility_id!r} cannot be a utility's id. Write lower case letters, digits and underscores, "
            "beginning with a letter, like `springfield`."
        )
    if not name.strip():
        raise UsageError("The city's name is empty. Give it a name, like `City of Springfield`.")
    folder = workspace.utilities / utility_id
    if folder.exists():
        raise UsageError(
            f"{folder} exists already and was left as it is. Choose another id, or edit its files."
        )
    folder.mkdir(parents=True)
    written = []
    for template in sorted(STARTER.rglob("*.yml")):
        target = folder / template.relative_to(STARTER)
        target.parent.mkdir(parents=True, exist_ok=True)
        # A JSON string is a YAML string, whatever the name holds.
        text = template.read_text(encoding="utf-8").replace(
            "{{ name }}", json.dumps(name.strip(), ensure_ascii=False)
        )
        target.write_text(text, encoding="utf-8")
        written.append(target)
    return written
