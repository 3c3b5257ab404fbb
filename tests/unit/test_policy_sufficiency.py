"""The tests of rates and the assumptions behind them: as data, checked, and complete for both cities."""

from __future__ import annotations

import re
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from ingest.policy import load_policy, validate_policy, write_starter
from ingest.policy_checks import read_policy
from ingest.policy_forecast import ASSUMPTIONS, Term, term_of
from ingest.policy_rows import policy_rows
from ratehouse.warehouse import connect
from ratehouse.workspace import PROJECT_ROOT, Workspace
from simulator.chart import LINES

UTILITIES = PROJECT_ROOT / "data" / "utilities"
FILE = "assumptions.yml"
FUNDS = {"independence": {"electric", "water", "sewer", "trash"}, "warrensburg": {"sewer"}}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    shutil.copytree(UTILITIES, tmp_path / "utilities")
    return Workspace.at(tmp_path)


@pytest.fixture(scope="module")
def policies() -> dict:
    """Rows of the policy tables, by city and table."""
    return {city: policy_rows(read_policy(UTILITIES / city)[0]) for city in FUNDS}


def judged(rows: dict, fund: str) -> dict[str, dict]:
    """The tests of a fund by their id."""
    return {row["test_id"]: row for row in rows["policy_sufficiency_tests"] if row["fund"] == fund}


def terms_in(rows: dict, fund: str, test_id: str, side: str) -> list[str]:
    """The terms of a side, written as in the file."""
    given = [
        row
        for row in rows["policy_sufficiency_terms"]
        if (row["fund"], row["test_id"], row["side"]) == (fund, test_id, side)
    ]
    assert [row["position"] for row in given] == list(range(1, len(given) + 1))
    return [
        ("-" if row["sign"] < 0 else "")
        + ("line:" if row["term_kind"] == "line" else "")
        + row["term"]
        + (f".{row['qualifier']}" if row["qualifier"] else "")
        for row in given
    ]


# ---- terms


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("rate_revenue", Term(1, "category", "rate_revenue", None)),
        ("-uncollectible", Term(-1, "category", "uncollectible", None)),
        ("non_operating_revenue.pledged", Term(1, "category", "non_operating_revenue", "pledged")),
        ("debt_service.srf", Term(1, "category", "debt_service", "srf")),
        ("-line:pilot", Term(-1, "line", "pilot", None)),
        ("line:4110-01", Term(1, "line", "4110-01", None)),
    ],
)
def test_a_term_is_read_as_it_is_written(text: str, term: Term) -> None:
    assert term_of(text) == term


# ---- the two cities


@pytest.mark.rule("R13")
def test_warrensburg_has_the_three_tests_of_its_policy(policies: dict) -> None:
    rows = policies["warrensburg"]
    tests = judged(rows, "sewer")
    words = "operational expenses, debt service charges and sewer coverage requirements"
    of_the_policy = {test_id for test_id, test in tests.items() if words in (test["ordinance"] or "")}
    assert of_the_policy == {"operations", "debt_service", "coverage"}
    for test_id in of_the_policy:
        assert tests[test_id]["is_required"] and tests[test_id]["sets_rates"]
        assert (
            tests[test_id]["source"] == 'Sewer Billing FAQ, "What is the City Sewer Utility Billing Policy?"'
        )
    assert tests["coverage"]["target_name"] == "target_coverage" and tests["coverage"]["is_assumed"]
    target = {row["value"] for row in rows["policy_assumptions"] if row["name"] == "sewer.target_coverage"}
    assert target == {"1.10"}
    assert terms_in(rows, "sewer", "coverage", "denominator") == ["debt_service"]
    assert terms_in(rows, "sewer", "coverage", "numerator") == [
        "rate_revenue.pledged", "-uncollectible", "other_operating_revenue.pledged",
        "non_operating_revenue.pledged", "-operating_expense",
    ]  # fmt: skip


def test_the_sewer_fund_of_independence_has_its_liens_and_both_reserve_targets(policies: dict) -> None:
    rows = policies["independence"]
    tests = judged(rows, "sewer")
    assert terms_in(rows, "sewer", "coverage_senior", "denominator") == ["debt_service.senior"]
    assert "-debt_service.senior" in terms_in(rows, "sewer", "coverage_srf", "numerator")
    adviser, board = tests["reserve_target"], tests["reserve_target_advisory_board"]
    assert not adviser["is_required"] and not board["is_required"]  # goals to grow to
    assert tests["days_cash"]["is_required"] and not tests["days_cash"]["is_assumed"]
    assert adviser["band_percent"] == board["band_percent"] == Decimal("10")
    days = {
        row["name"]: row["value"]
        for row in rows["policy_assumptions"]
        if (row["scenario"], row["fiscal_year"]) == ("base", 2025)
    }
    assert days["sewer.target_reserve_days"] == "300"
    assert days["sewer.target_reserve_days.advisory_board"] == "180"
    assert days["sewer.target_days_cash"] == "60"


@pytest.mark.parametrize("city", FUNDS)
def test_each_fund_has_cash_coverage_liquidity_and_a_named_convention(policies: dict, city: str) -> None:
    rows = policies[city]
    assert {row["fund"] for row in rows["policy_sufficiency_tests"]} == FUNDS[city]
    for fund in FUNDS[city]:
        tests = judged(rows, fund)
        assert {"cash_sufficiency", "operations", "days_cash", "operating_ratio"} <= set(tests), fund
        assert tests["cash_sufficiency"]["sets_rates"]
        assert "EFC" in tests["operating_ratio"]["convention"]
        if fund != "trash":  # has no debt
            assert tests["coverage_maximum"]["debt_service_basis"] == "maximum"
            assert "-transfer" in terms_in(rows, fund, "coverage_all_in", "numerator")
            assert {"debt_service", "depreciation_funding"} <= set(tests)


@pytest.mark.parametrize("city", FUNDS)
def test_assumptions_reach_ten_years_to_both_sides_of_any_demonstration(policies: dict, city: str) -> None:
    years: dict[tuple[str, str], set[int]] = {}
    for row in policies[city]["policy_assumptions"]:
        years.setdefault((row["scenario"], row["name"]), set()).add(row["fiscal_year"])
    for (scenario, name), given in years.items():
        if scenario == "base":
            assert given == set(range(2012, 2043)), name
    # Measured from bills and from clean years, unless a scenario says otherwise.
    measured = ("volumetric_share_percent", "uncollectible_percent")
    assert not [name for scenario, name in years if scenario == "base" and name.endswith(measured)]
    scenarios = {row["scenario"] for row in policies[city]["policy_scenarios"]}
    assert {
        "base", "rate_path", "high_inflation", "capital_later", "slow_growth", "worse_collection", "drought",
        "waiver_extended",
    } <= scenarios  # fmt: skip
    assert [row["sort"] for row in policies[city]["policy_scenarios"]] == list(range(1, len(scenarios) + 1))


@pytest.mark.parametrize("city", FUNDS)
def test_inflation_is_of_lines_that_the_books_have(policies: dict, city: str) -> None:
    lines = {line for line, *_ in LINES} | {"other", "capital"}
    named = {
        row["name"].rsplit(".", 1)[1]
        for row in policies[city]["policy_assumptions"]
        if ".inflation_percent." in row["name"]
    }
    assert named <= lines


# ---- default tests


def test_a_city_without_tests_has_the_default_ones_and_they_say_so(tmp_path: Path) -> None:
    workspace = Workspace.at(tmp_path)
    write_starter(workspace, "springfield", "City of Springfield")
    folder = workspace.utilities / "springfield"
    content = yaml.safe_load((folder / FILE).read_text())
    content.pop("tests", None)
    content["assumptions"] = [one for one in content["assumptions"] if one["name"] != "target_days_cash"]
    (folder / FILE).write_text(yaml.safe_dump(content))
    assert validate_policy(folder) == []
    tests = judged(policy_rows(read_policy(folder)[0]), "water")
    assert list(tests) == ["cash_sufficiency", "coverage"]  # days of cash have no target
    assert all("default test" in test["note"] and test["is_assumed"] for test in tests.values())
    assert tests["cash_sufficiency"]["target_value"] == 0


def test_a_raw_database_of_an_earlier_version_gets_the_tables_it_lacks(workspace: Workspace) -> None:
    load_policy(workspace, "warrensburg")
    tables = ("policy_scenarios", "policy_sufficiency_tests", "policy_sufficiency_terms")
    with connect(workspace.raw_database) as connection:
        expected = [connection.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for name in tables]
        for name in tables:
            connection.execute(f"DROP TABLE {name}")
        connection.execute("ALTER TABLE policy_assumptions DROP COLUMN note")
    assert set(load_policy(workspace, "warrensburg").changed) == {*tables, "policy_assumptions"}
    with connect(workspace.raw_database, read_only=True) as connection:
        held = [connection.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for name in tables]
        notes = connection.execute("SELECT count(note) FROM policy_assumptions").fetchone()
    assert held == expected and notes[0] > 0


# ---- planted mistakes: text to replace, replacement, field of the message, words of it

# fmt: off
MISTAKES = [
    ("unknown category", "denominator: [debt_service]\n    debt_service: maximum",
     "denominator: [debts]\n    debt_service: maximum", "tests.coverage_maximum.denominator", "'debts'"),
    ("unknown lien", "      - -transfer\n", "      - -debt_service.third\n",
     "tests.coverage_all_in.numerator", "senior, subordinate, srf, go"),
    ("pledged expense", "      - -transfer\n", "      - -transfer.pledged\n",
     "tests.coverage_all_in.numerator", "Only revenue"),
    ("line without code", "      - -transfer\n", "      - 'line:'\n",
     "tests.coverage_all_in.numerator", "names no line"),
    ("counted twice", "      - -transfer\n", "      - -rate_revenue\n",
     "tests.coverage_all_in.numerator", "counts twice"),
    ("no such target", "at_least: target_days_cash", "at_least: days_of_cash", "tests.days_cash.at_least",
     "'days_of_cash' is not known"),
    ("target without value", "at_least: target_days_cash", "at_least: target_days_cash.board",
     "tests.days_cash.at_least", "no value for sewer"),
    ("no limit", "    at_least: target_days_cash\n", "", "tests.days_cash", "neither at_least nor at_most"),
    ("two limits", "    at_least: target_days_cash\n", "    at_least: target_days_cash\n    at_most: \"9\"\n",
     "tests.days_cash", "both"),
    ("limit without quotes", "at_least: target_days_cash", "at_least: 90", "tests.days_cash.at_least",
     "quotes"),
    ("band without number", 'band_percent: "10"', "band_percent: wide", "tests.reserve_target.band_percent",
     "not a decimal number"),
    ("band of nothing", 'band_percent: "10"', 'band_percent: "0"', "tests.reserve_target.band_percent",
     "greater than 0"),
    ("band around zero", 'at_least: "0"\n    is_required: true\n    sets_rates: true\n    owner',
     'at_least: "0"\n    band_percent: "10"\n    is_required: true\n    sets_rates: true\n    owner',
     "tests.cash_sufficiency", "no width"),
    ("unknown fund", "title: Days of operations that cash would pay for\n    funds: [sewer]",
     "title: Days of operations that cash would pay for\n    funds: [water]", "tests.days_cash.funds",
     "'water'"),
    ("test twice", "test_id: operations", "test_id: debt_service", "tests.debt_service",
     "two tests of this test_id"),
    ("ratio to nothing", "    denominator: [operating_expense]\n    at_least: target_days_cash\n",
     "    at_least: target_days_cash\n", "tests.days_cash", "needs a denominator"),
    ("maximum of no debt", "    at_least: target_days_cash\n",
     "    debt_service: maximum\n    at_least: target_days_cash\n", "tests.days_cash",
     "no term is debt_service"),
    ("unknown measure", "measure: days", "measure: months", "tests.days_cash.measure", "'months'"),
    ("test without source", "    assumed: true\n    note: 'All that", "    note: 'All that",
     "tests.cash_sufficiency", "not marked as assumed"),
    ("effective month", 'rate_effective_month, funds: [sewer], years: {"2012-2042": "1"}',
     'rate_effective_month, funds: [sewer], years: {"2012-2042": "13"}', "assumptions.base", "1 to 12"),
    ("half a year's term", 'debt_term_years, funds: [sewer], years: {"2012-2042": "20"}',
     'debt_term_years, funds: [sewer], years: {"2012-2042": "20.5"}', "assumptions.base", "whole number"),
    ("positive elasticity", '"-0.20"', '"0.20"', "assumptions.base", "-10 to 0"),
    ("negative waiver", '"2024": "20000"', '"2024": "-20000"', "assumptions.waiver_extended", "0 or more"),
]
# fmt: on


@pytest.mark.parametrize(("name", "old", "new", "where", "words"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_a_mistake_is_named_with_its_place_and_what_to_do(
    workspace: Workspace, name: str, old: str, new: str, where: str, words: str
) -> None:
    folder = workspace.utilities / "warrensburg"
    text = (folder / FILE).read_text()
    assert old in text, "the case no longer fits the file"
    (folder / FILE).write_text(text.replace(old, new, 1))
    problems = validate_policy(folder)
    fitting = [problem for problem in problems if problem.file == FILE and problem.field.startswith(where)]
    assert any(words in str(problem) for problem in fitting), [str(problem) for problem in problems]
    assert all(problem.what and problem.todo for problem in problems)


def test_every_assumption_that_there_is_stands_in_the_document() -> None:
    text = (PROJECT_ROOT / "docs" / "policy.md").read_text("utf-8")
    assert [name for name in ASSUMPTIONS if f"`{name}" not in text] == []


def test_the_forecast_and_the_files_know_the_same_assumptions() -> None:
    macro = (PROJECT_ROOT / "dbt_project/macros/finance/assumption_names.sql").read_text("utf-8")
    read = set(re.findall(r"'(\w+)': \d+", macro))
    assert read == {
        name for name in ASSUMPTIONS if not name.startswith("target_") and name != "inflation_percent"
    }
