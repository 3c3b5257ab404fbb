"""From `assumptions.yml` to the rows of its policy tables: scenarios, assumptions and tests."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from ingest.policy_files import ASSUMPTIONS, Policy
from ingest.policy_forecast import Assumption, AssumptionsFile, SufficiencyTest
from ingest.policy_types import Sourced, as_text

DEFAULT_TESTS = Path(__file__).with_name("default_tests.yml")
Row = dict[str, Any]


def origin_of(item: Sourced, file: str, where: str) -> Row:
    """The last columns of every policy table: where the value comes from."""
    return {
        "source": item.source,
        "is_assumed": item.assumed,
        "policy_file": file,
        "policy_field": where,
    }


def forecast_rows(policy: Policy) -> dict[str, list[Row]]:
    """The rows of a policy without problems, by table, without the utility's id."""
    file = policy.assumptions
    tests = [*_tests_of(file), *_default_tests(file, [fund.fund for fund in policy.utility.funds])]
    return {
        "policy_scenarios": list(_scenarios(file)),
        "policy_assumptions": list(_assumptions(file)),
        "policy_sufficiency_tests": [_test(*each) for each in tests],
        "policy_sufficiency_terms": [row for each in tests for row in _terms(*each)],
    }


def _scenarios(file: AssumptionsFile) -> Iterator[Row]:
    for sort, item in enumerate(file.scenarios, start=1):
        yield {
            "scenario": item.scenario,
            "title": item.title,
            "based_on": item.based_on,
            "sort": sort,
            "source": None,
            # a scenario asks "what if"; the values in it say where they come from
            "is_assumed": True,
            "policy_file": ASSUMPTIONS,
            "policy_field": f"scenarios.{item.scenario}",
        }


def _assumptions(file: AssumptionsFile) -> Iterator[Row]:
    told: dict[str, dict[tuple[str, int], Row]] = {}
    for scenario in file.scenarios:
        # A scenario is complete by itself, so that SQL needs no fallback.
        rows = dict(told.get(scenario.based_on or "", {}))
        for item in file.assumptions:
            if item.scenario == scenario.scenario:
                rows |= {
                    (f"{fund}.{item.name}", year): _assumption(item, value)
                    for fund in item.funds
                    for year, value in item.by_year()
                }
        told[scenario.scenario] = rows
        for (name, year), row in rows.items():
            yield {"scenario": scenario.scenario, "fiscal_year": year, "name": name, **row}


def _assumption(item: Assumption, value: Decimal) -> Row:
    return {
        "value": as_text(value),
        "owner": item.owner,
        "assumed_on": item.assumed_on,
        "note": item.note,
        **origin_of(item, ASSUMPTIONS, f"assumptions.{item.scenario}.{item.name}"),
    }


# ---- tests

FundTest = tuple[str, int, SufficiencyTest]


def _tests_of(file: AssumptionsFile) -> Iterator[FundTest]:
    for sort, test in enumerate(file.tests, start=1):
        for fund in test.funds:
            yield fund, sort, test


def _default_tests(file: AssumptionsFile, funds: list[str]) -> Iterator[FundTest]:
    """The tests of every fund that `assumptions.yml` names none for, as far as their targets are given."""
    spoken_for = {fund for test in file.tests for fund in test.funds}
    given = {(item.name, fund) for item in file.assumptions for fund in item.funds}
    for fund in funds:
        if fund not in spoken_for:
            for sort, settings in enumerate(yaml.safe_load(DEFAULT_TESTS.read_text("utf-8")), start=1):
                test = SufficiencyTest.model_validate({**settings, "funds": [fund]})
                if test.target_name is None or (test.target_name, fund) in given:
                    yield fund, sort, test


def _test(fund: str, sort: int, test: SufficiencyTest) -> Row:
    return {
        "fund": fund,
        "test_id": test.test_id,
        "title": test.title,
        "measure": test.measure,
        "debt_service_basis": test.debt_service,
        "comparison": test.comparison,
        "target_name": test.target_name,
        "target_value": test.target_value,
        "band_percent": test.band_percent,
        "is_required": test.is_required,
        "sets_rates": test.sets_rates,
        "ordinance": test.ordinance,
        "convention": test.convention,
        "owner": test.owner,
        "assumed_on": test.assumed_on,
        "note": test.note,
        "sort": sort,
        **origin_of(test, ASSUMPTIONS, f"tests.{test.test_id}"),
    }


def _terms(fund: str, _: int, test: SufficiencyTest) -> Iterator[Row]:
    for side in ("numerator", "denominator"):
        for position, term in enumerate(test.terms(side), start=1):
            yield {
                "fund": fund,
                "test_id": test.test_id,
                "side": side,
                "position": position,
                "sign": term.sign,
                "term_kind": term.kind,
                "term": term.name,
                "qualifier": term.qualifier,
                **origin_of(test, ASSUMPTIONS, f"tests.{test.test_id}.{side}"),
            }
