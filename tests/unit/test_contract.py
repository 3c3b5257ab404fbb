"""The contract as code, against its words in docs/extracts.md and the tables in docs/architecture.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ingest.contract import ENTITIES, LOAD_ORDER
from ingest.mask import mask
from ingest.schema import POLICY_TABLES, raw_tables

DOCS = Path(__file__).parents[2] / "docs"


def test_what_a_row_names_loads_before_it():
    for entity in ENTITIES.values():
        for column in entity.references:
            assert LOAD_ORDER[column.references] <= LOAD_ORDER[entity.name]
            assert len(ENTITIES[column.references].key) == 1


def test_keys_are_required_columns():
    for entity in ENTITIES.values():
        assert all(entity.by_name[name].required for name in entity.key)


@pytest.mark.parametrize("name", ENTITIES)
def test_the_document_lists_the_same_columns_keys_and_codes(name):
    entity = ENTITIES[name]
    section = re.search(
        rf"^### {name}\n(.*?)(?=^##|\Z)", (DOCS / "extracts.md").read_text("utf-8"), re.M | re.S
    )
    assert section, f"docs/extracts.md has no section for {name}"
    text = section.group(1)
    assert f"Key: `{', '.join(entity.key)}`" in text
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| (yes|no) \| (.*) \|$", text, re.M)
    documented = {column: (kind.strip(), required == "yes") for column, kind, required, _ in rows}
    words = {"id": "identifier", "integer": "whole number", "boolean": "switch"}
    assert documented == {
        column.name: (words.get(column.type, column.type), column.required) for column in entity.columns
    }
    for column, _, _, meaning in rows:
        for value in entity.by_name[column].values:
            assert f"`{value}`" in meaning


def test_every_policy_table_of_the_document_exists_with_its_columns():
    text = (DOCS / "architecture.md").read_text("utf-8")
    documented = dict(re.findall(r"^\| `(policy_\w+)` \| (.*) \|$", text, re.M))
    assert set(documented) == set(POLICY_TABLES)
    for name, columns in POLICY_TABLES.items():
        assert list(columns)[0] == "utility_id"
        assert list(columns)[-4:] == ["source", "is_assumed", "policy_file", "policy_field"]
        for column in list(columns)[1:-4]:
            assert column in documented[name]


def test_every_entity_has_its_table_and_its_superseded_versions():
    tables = raw_tables()
    for name in ENTITIES:
        assert list(tables[name])[-4:] == ["_load_id", "_source_file", "_line_number", "_delivered_on"]
        assert list(tables[f"{name}_superseded"])[:-1] == list(tables[name])


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("4111111111111111", "****1111"),
        ("paid with 4111 1111 1111 1111 today", "paid with ****1111 today"),
        ("2016-07-12 4111-1111-1111-1111", "2016-07-12 ****1111"),
        ("378282246310005, 6011111111111117.", "****0005, ****1117."),
        ("4111111111111112", "4111111111111112"),
        ("816-325-7930", "816-325-7930"),
        ("12345678901234567890123456789", "12345678901234567890123456789"),
        ("", ""),
    ],
)
def test_only_what_passes_the_luhn_test_is_masked(text, masked):
    assert mask(text)[0] == masked


def test_a_protected_value_stays():
    assert mask("trace 4111111111111111 card 378282246310005", ["4111111111111111"]) == (
        "trace 4111111111111111 card ****0005",
        1,
    )
