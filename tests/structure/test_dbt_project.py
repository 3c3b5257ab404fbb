"""Rules of structure, read from dbt's manifest and from the models' files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ratehouse.workspace import DBT_PROJECT, PROJECT_ROOT
from tests.support.models import compiled_models, warehouse_in_memory

MODELS = {path.stem: path for path in (DBT_PROJECT / "models").rglob("*.*") if path.suffix in {".sql", ".py"}}
PREFIXES = {"staging": ("stg_",), "intermediate": ("int_",), "marts": ("fct_", "dim_", "rpt_")}
LAYER_OF = {name: path.relative_to(DBT_PROJECT / "models").parts[0] for name, path in MODELS.items()}
# An area may have folders of its own: their models keep its name.
AREA_OF = {name: path.relative_to(DBT_PROJECT / "models").parts[1] for name, path in MODELS.items()}
FUNCTIONS = {
    "aging_as_of",
    "open_items_as_of",
    "account_allocations_as_of",
    "policy_dates_from",
    "price_units_of",
    "unbilled_as_of",
    "disconnect_list_as_of",
    "customer_history_of",
    "extension_cost_of",
    "finance_drivers_of",
    "finance_costs_of",
    "finance_existing_rates_of",
    "finance_path_lines_of",
    "finance_lines_of",
    "sufficiency_of",
    "sufficiency_answers_of",
    "cash_flow_of",
}
MARTS = sorted(name for name, layer in LAYER_OF.items() if layer == "marts" and name not in FUNCTIONS)


def properties(name: str) -> dict:
    """The model's entry in the `.yml` beside it."""
    document = yaml.safe_load(MODELS[name].with_suffix(".yml").read_text())
    (entry,) = document["models"]
    return entry


@pytest.mark.parametrize("name", MODELS)
def test_a_yml_beside_each_model_begins_with_the_grain(name):
    entry = properties(name)
    assert entry["name"] == name
    assert entry["description"].strip().startswith("One row per ")


@pytest.mark.parametrize("name", MODELS)
def test_names_tell_layer_and_area(name):
    layer, area = LAYER_OF[name], AREA_OF[name]
    assert name in FUNCTIONS or name.startswith(PREFIXES[layer])
    if layer == "staging":
        assert name.startswith(f"stg_{area}__")
    if layer == "intermediate":
        assert name.startswith(f"int_{area}__")


@pytest.mark.parametrize("name", MODELS)
def test_models_are_short_and_end_with_one_select(name):
    lines = MODELS[name].read_text().splitlines()
    assert len(lines) < 150
    if name not in FUNCTIONS and MODELS[name].suffix == ".sql":
        assert lines[-1] == "select * from final"


def test_nothing_reads_upward_or_past_its_layer():
    order = {"staging": 0, "intermediate": 1, "marts": 2}
    for model in compiled_models():
        text = MODELS[model.name].read_text()
        layer = LAYER_OF[model.name]
        assert ("source(" in text) == (layer == "staging"), model.name
        # A function is a formula, not a table of a layer: the search for rates asks those of the pages.
        parents = {parent for parent in model.depends_on if parent in MODELS and parent not in FUNCTIONS}
        for parent in parents:
            assert order[LAYER_OF[parent]] <= order[layer], (model.name, parent)
            if layer == "staging":
                pytest.fail(f"{model.name} reads {parent}: staging reads only its source")


def test_each_source_is_read_by_one_staging_model():
    reads = [
        table
        for path in MODELS.values()
        for table in re.findall(r"source\('raw', '(\w+)'\)", path.read_text())
    ]
    assert len(reads) == len(set(reads))


@pytest.mark.parametrize("name", MARTS)
def test_marts_have_a_contract_a_key_and_described_columns(name):
    entry = properties(name)
    tests = [next(iter(test)) if isinstance(test, dict) else test for test in entry.get("data_tests", [])]
    # the key of the allocations is tested on the table below the view
    if name not in {"fct_allocations", "rpt_assumptions"}:
        assert "unique_combination" in tests
    assert all(column["description"].strip() and column["data_type"] for column in entry["columns"])
    assert entry["columns"][0]["name"] in {"utility_id", "day_on"}


@pytest.fixture(scope="module")
def empty_warehouse():
    return warehouse_in_memory({}, [model.name for model in compiled_models()])


def test_money_is_decimal_and_nothing_is_a_float(empty_warehouse):
    columns = empty_warehouse.execute(
        "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns "
        "WHERE table_schema IN ('staging', 'intermediate', 'marts')"
    ).fetchall()
    assert len(columns) > 300
    for schema, table, column, kind in columns:
        assert kind not in {"DOUBLE", "FLOAT"}, (table, column)
        if column.endswith("_rate_usd"):
            assert kind == "DECIMAL(18,6)", (table, column)
        elif column.endswith("_usd"):
            assert kind == "DECIMAL(18,2)", (schema, table, column, kind)


def test_engine_differences_stay_in_their_folder():
    """Words that only one engine understands may stand in macros/engine only."""
    only_duckdb = re.compile(
        r"\b(unnest|datediff|asof|list_\w+|string_split|max_by|strftime|qualify)\b|::|ignore nulls", re.I
    )
    files = [*MODELS.values(), *(DBT_PROJECT / "macros").rglob("*.sql")]
    for path in files:
        if "engine" in path.parts:
            continue
        found = only_duckdb.search(re.sub(r"{#.*?#}|--[^\n]*", "", path.read_text(), flags=re.S))
        assert not found, f"{path.relative_to(PROJECT_ROOT)}: {found and found.group()}"


def test_rounding_goes_through_one_macro():
    for model in compiled_models():
        assert not re.search(r"\bround\s*\(", model.sql), model.name


def test_sql_files_have_no_leftovers():
    for path in [*MODELS.values(), *Path(DBT_PROJECT / "macros").rglob("*.sql")]:
        assert "todo" not in path.read_text().lower(), path.name
