"""Which entities of the contract the simulated cities deliver, in the columns of the contract."""

from __future__ import annotations

import polars as pl
import pytest

from ingest.contract import ENTITIES
from tests.support.cities import rows_of

ALL = set(ENTITIES)
# What only one city has.
ONLY = {
    "independence": {"deposits"},
    "warrensburg": {"source_accounts"},
}


def _delivered(folder) -> set[str]:
    return {path.stem for path in folder.glob("*/*.parquet") if path.parent.name != "answer_sheet"}


@pytest.mark.parametrize("name", ["independence", "warrensburg"])
def test_every_entity_of_the_contract_is_delivered(name, request):
    other = ONLY["warrensburg" if name == "independence" else "independence"]
    assert _delivered(request.getfixturevalue(name)) == ALL - other


def test_columns_are_those_of_the_contract(city):
    for name in _delivered(city):
        entity = ENTITIES[name]
        for path in city.glob(f"*/{name}.parquet"):
            table = pl.read_parquet(path)
            assert set(table.columns) <= set(entity.by_name), path
            assert {column.name for column in entity.columns if column.required} <= set(table.columns), path
            for column in entity.columns:
                if column.required:
                    assert table[column.name].null_count() == 0, (path, column.name)


def test_codes_are_those_of_the_contract(city):
    for name in _delivered(city):
        rows = rows_of(city, name)
        for column in ENTITIES[name].columns:
            if column.values and column.name in rows.columns:
                assert set(rows[column.name].drop_nulls()) <= set(column.values), (name, column.name)


def test_identifiers_are_short(city):
    for name in _delivered(city):
        rows = rows_of(city, name)
        for column in ENTITIES[name].columns:
            if column.type == "id" and column.name in rows.columns and column.name not in ("trace", "line"):
                if column.name.endswith("event_id"):
                    continue  # the name of an event in the policy
                longest = rows[column.name].drop_nulls().str.len_bytes().max()
                assert longest is None or longest <= 12, (name, column.name)
