"""The map of rules is complete, true and up to date."""

from __future__ import annotations

import ast
import re

import pytest

from ratehouse.workspace import DBT_PROJECT, PROJECT_ROOT
from tests.structure import rules

KNOWN = rules.rules()


def test_every_rule_is_there_once_and_in_order():
    assert tuple(rule.number for rule in KNOWN) == rules.NUMBERS


@pytest.mark.parametrize("rule", KNOWN, ids=lambda rule: rule.number)
def test_a_rule_has_a_test_of_the_product_or_says_why_not(rule):
    assert rule.title
    if rule.tests:
        assert not rule.not_yet, (
            f"{rule.number} has tests: take its not_yet out, or say as `partly` what is missing"
        )
    else:
        assert rule.not_yet, f"{rule.number} has no test: mark one, or give a reason as not_yet"
    assert all((PROJECT_ROOT / path).exists() for path in rule.where)


def test_marks_and_models_name_known_rules():
    assert set(rules.rules_of_tests()) <= set(rules.NUMBERS)
    assert set(rules.rules_of_models()) <= set(rules.NUMBERS)


def test_the_page_is_up_to_date():
    written = rules.PAGE.read_text(encoding="utf-8")
    assert written == rules.page(), "run `python -m tests.structure.rules --write`"


def test_every_name_on_the_page_exists():
    text = rules.PAGE.read_text(encoding="utf-8")
    models = {path.stem for path in (DBT_PROJECT / "models").rglob("*.sql")}
    named = re.findall(r"`([\w/.]+\.py)(?:::(\w+))?`", text)
    assert len(named) > 60
    for file, test in named:
        path = PROJECT_ROOT / "tests" / file
        tree = ast.parse((path if path.exists() else PROJECT_ROOT / file).read_text(encoding="utf-8"))
        assert not test or test in {getattr(node, "name", "") for node in ast.walk(tree)}, f"{file}::{test}"
    for name in re.findall(r"`((?:fct|dim|rpt|int|stg)_\w+)`", text):
        assert name in models


def test_pages_are_found_through_what_they_use():
    """A view asks itself or through functions that it uses; what else is in their module does not count."""
    pages = rules.models_of_pages()
    assert {"fct_aging_monthly", "rpt_receivable_rollforward"} <= pages["Overview"]
    assert {"fct_ledger", "open_items_as_of"} <= pages["Aging"]
    assert "fct_reads" in pages["Billing and reads"] and "fct_reads" not in pages["Proof of revenue"]
    assert "price_units_of" in pages["Rate design"] and "dim_tariffs" in pages["Tariffs"]
    asked = {mart for read in pages.values() for mart in read}
    assert asked <= {path.stem for path in (DBT_PROJECT / "models" / "marts").rglob("*.sql")}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('@pytest.mark.rule("R01", "R02")\ndef test_a(): ...', [(["R01", "R02"], "f::test_a")]),
        ('@pytest.mark.rule("R03")\nclass TestB:\n    def test_b(self): ...', [(["R03"], "f::TestB")]),
        ('pytestmark = [pytest.mark.rule("R04")]', [(["R04"], "f")]),
        (
            '@parametrize("x", [param(1, marks=pytest.mark.rule("R05"))])\ndef test_c(x): ...',
            [(["R05"], "f::test_c")],
        ),
    ],
)
def test_a_mark_is_found_wherever_it_stands(source, expected):
    assert rules._marks(ast.parse(source), "f") == expected


def test_a_mark_that_only_a_run_knows_is_refused():
    with pytest.raises(ValueError, match="write rule numbers as text"):
        rules._marks(ast.parse("@pytest.mark.rule(*NUMBERS)\ndef test_a(): ..."), "f")


def test_titles_are_short():
    assert all(len(rule.title) <= 130 for rule in KNOWN)
