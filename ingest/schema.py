"""The tables of the raw database: made from the contract, plus manifest, rejects and policy.

`docs/architecture.md` describes the same tables in words; a test keeps the two in step.
"""

from __future__ import annotations

import duckdb

from ingest.contract import ENTITIES, Entity
from ratehouse.warehouse import transaction

LINEAGE = {
    "_load_id": "BIGINT",
    "_source_file": "VARCHAR",
    "_line_number": "BIGINT",
    "_delivered_on": "DATE",
}

LOADS = {
    "load_id": "BIGINT",
    "utility_id": "VARCHAR",
    "entity": "VARCHAR",
    "source_file": "VARCHAR",
    "sha256": "VARCHAR",
    "origin": "VARCHAR",
    "delivered_on": "DATE",
    "loaded_at": "TIMESTAMP",
    "status": "VARCHAR",
    "message": "VARCHAR",
    "received": "BIGINT",
    "loaded": "BIGINT",
    "unchanged": "BIGINT",
    "restated": "BIGINT",
    "rejected": "BIGINT",
    "masked": "BIGINT",
    "unknown_columns": "VARCHAR",
}

REJECTS = {
    "load_id": "BIGINT",
    "utility_id": "VARCHAR",
    "entity": "VARCHAR",
    "source_file": "VARCHAR",
    "line_number": "BIGINT",
    "raw_text": "VARCHAR",
    "column_name": "VARCHAR",
    "reason": "VARCHAR",
    "row_json": "VARCHAR",
    "taken_up_by_load_id": "BIGINT",
}

# The latest delivery that repeated a row unchanged; see `ingest.merge`.
CONFIRMATIONS = {
    "utility_id": "VARCHAR",
    "entity": "VARCHAR",
    "row_key": "VARCHAR",
    "delivered_on": "DATE",
    "load_id": "BIGINT",
}

_POLICY_ORIGIN = {
    "source": "VARCHAR",
    "is_assumed": "BOOLEAN",
    "policy_file": "VARCHAR",
    "policy_field": "VARCHAR",
}


def _policy(**columns: str) -> dict[str, str]:
    """A policy table: the utility first, where the value comes from last."""
    return {"utility_id": "VARCHAR", **columns, **_POLICY_ORIGIN}


# Column name to type, in order. `ingest.policy` fills these tables, and replaces them whole.
POLICY_TABLES: dict[str, dict[str, str]] = {
    "policy_utilities": _policy(
        name="VARCHAR",
        state="VARCHAR",
        fiscal_year_start_month="INTEGER",
        time_zone="VARCHAR",
        account_fund="VARCHAR",
        account_id_pattern="VARCHAR",
    ),
    "policy_services": _policy(service="VARCHAR", title="VARCHAR", fund="VARCHAR", sort="INTEGER"),
    "policy_billing_groups": _policy(billing_group="VARCHAR", title="VARCHAR", sort="INTEGER"),
    "policy_holidays": _policy(holiday_on="DATE", title="VARCHAR"),
    "policy_application_order": _policy(dimension="VARCHAR", item="VARCHAR", rank="INTEGER"),
    "policy_rules": _policy(
        rule="VARCHAR", value="VARCHAR", effective_from="DATE", effective_to="DATE", note="VARCHAR"
    ),
    "policy_events": _policy(
        event_id="VARCHAR",
        episode_id="VARCHAR",
        episode_title="VARCHAR",
        kind="VARCHAR",
        title="VARCHAR",
        cause="VARCHAR",
        services="VARCHAR",
        customer_classes="VARCHAR",
        channels="VARCHAR",
        starts_on="DATE",
        ends_on="DATE",
        known_on="DATE",
        extension_days="INTEGER",
        is_printed_on_bill="BOOLEAN",
        amount_usd="DECIMAL(18,2)",
        note="VARCHAR",
    ),
    "policy_tariff_components": _policy(
        service="VARCHAR",
        effective_from="DATE",
        effective_on="VARCHAR",
        customer_class="VARCHAR",
        component="VARCHAR",
        kind="VARCHAR",
        meter_size="VARCHAR",
        block="INTEGER",
        up_to="DECIMAL(18,6)",
        rate_usd="DECIMAL(18,6)",
        unit="VARCHAR",
        basis="VARCHAR",
        cap="DECIMAL(18,6)",
        season="VARCHAR",
        ordinance="VARCHAR",
        rounding="VARCHAR",
    ),
    "policy_scenarios": _policy(scenario="VARCHAR", title="VARCHAR", based_on="VARCHAR", sort="INTEGER"),
    "policy_assumptions": _policy(
        scenario="VARCHAR",
        fiscal_year="INTEGER",
        name="VARCHAR",
        value="VARCHAR",
        owner="VARCHAR",
        assumed_on="DATE",
        note="VARCHAR",
    ),
    "policy_sufficiency_tests": _policy(
        fund="VARCHAR",
        test_id="VARCHAR",
        title="VARCHAR",
        measure="VARCHAR",
        debt_service_basis="VARCHAR",
        comparison="VARCHAR",
        target_name="VARCHAR",
        target_value="DECIMAL(18,6)",
        band_percent="DECIMAL(18,6)",
        is_required="BOOLEAN",
        sets_rates="BOOLEAN",
        ordinance="VARCHAR",
        convention="VARCHAR",
        owner="VARCHAR",
        assumed_on="DATE",
        note="VARCHAR",
        sort="INTEGER",
    ),
    "policy_sufficiency_terms": _policy(
        fund="VARCHAR",
        test_id="VARCHAR",
        side="VARCHAR",
        position="INTEGER",
        sign="INTEGER",
        term_kind="VARCHAR",
        term="VARCHAR",
        qualifier="VARCHAR",
    ),
    "policy_homes": _policy(
        service="VARCHAR",
        tariff_class="VARCHAR",
        meter_size="VARCHAR",
        usage="DECIMAL(18,6)",
        unit="VARCHAR",
        is_typical="BOOLEAN",
        note="VARCHAR",
    ),
    "policy_peers": _policy(
        peer="VARCHAR",
        title="VARCHAR",
        service="VARCHAR",
        customer_class="VARCHAR",
        meter_size="VARCHAR",
        usage="DECIMAL(18,6)",
        unit="VARCHAR",
        amount_usd="DECIMAL(18,2)",
        as_of="DATE",
        year="INTEGER",
        note="VARCHAR",
    ),
    "policy_households": _policy(measure="VARCHAR", year="INTEGER", value="DECIMAL(18,6)", note="VARCHAR"),
}


def entity_columns(entity: Entity) -> dict[str, str]:
    """Column name to type of an entity's raw table, in order."""
    own = {column.name: column.sql_type for column in entity.columns}
    return {"utility_id": "VARCHAR", **own, **LINEAGE}


def raw_tables() -> dict[str, dict[str, str]]:
    """Every table of the raw database: its name, and its columns with their types in order."""
    tables: dict[str, dict[str, str]] = {
        "loads": LOADS,
        "rejects": REJECTS,
        "confirmations": CONFIRMATIONS,
    }
    for entity in ENTITIES.values():
        columns = entity_columns(entity)
        tables[entity.name] = columns
        tables[f"{entity.name}_superseded"] = {**columns, "_superseded_by_load_id": "BIGINT"}
    return {**tables, **POLICY_TABLES}


def _lacking(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    """Columns that an existing policy table does not have, with their types."""
    held = connection.execute(
        "SELECT column_name FROM duckdb_columns() WHERE table_name = ?", [table]
    ).fetchall()
    return [(column, kind) for column, kind in POLICY_TABLES[table].items() if (column,) not in held]


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates what is missing; existing tables and their rows stay.

    A policy table of an earlier version gets the columns that it lacks, empty until the policy is loaded.
    """
    existing = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    # Names and types come from this module and the contract only, never from a file.
    statements = [
        f"CREATE TABLE {name} ({', '.join(f'{column} {kind}' for column, kind in columns.items())});"
        for name, columns in raw_tables().items()
        if name not in existing
    ]
    statements += [
        f"ALTER TABLE {name} ADD COLUMN {column} {kind};"
        for name in sorted(existing & set(POLICY_TABLES))
        for column, kind in _lacking(connection, name)
    ]
    if statements:
        with transaction(connection):
            connection.execute("".join(statements))
