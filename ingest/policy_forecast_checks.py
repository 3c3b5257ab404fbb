"""What no single value of `assumptions.yml` can know: scenarios, years without gaps, targets of tests."""

from __future__ import annotations

from ingest.policy_files import ASSUMPTIONS, Policy
from ingest.policy_forecast import AssumptionsFile
from ingest.policy_problems import silent, twice, unknown
from ingest.policy_types import PolicyProblem


def check_forecast(policy: Policy) -> list[PolicyProblem]:
    """What is wrong between the entries of `assumptions.yml`, and between it and the utility's funds."""
    if policy.assumptions is None:
        return []
    file = policy.assumptions
    problems = silent(ASSUMPTIONS, file) + _scenarios(file)
    if policy.utility is not None:
        funds = [fund.fund for fund in policy.utility.funds]
        for item in file.assumptions:
            where = f"assumptions.{item.scenario}.{item.name}.funds"
            problems += unknown(ASSUMPTIONS, where, item.funds, funds, "fund")
        for test in file.tests:
            problems += unknown(ASSUMPTIONS, f"tests.{test.test_id}.funds", test.funds, funds, "fund")
    return problems + _years(file) + _tests(file)


def _scenarios(file: AssumptionsFile) -> list[PolicyProblem]:
    names = [item.scenario for item in file.scenarios]
    problems = twice(ASSUMPTIONS, "scenarios", names)
    for position, item in enumerate(file.scenarios):
        if item.based_on is not None and item.based_on not in names[:position]:
            what, todo = (
                f"based_on {item.based_on!r} stands nowhere above",
                "List the scenario that it builds on first",
            )
            problems.append(PolicyProblem(ASSUMPTIONS, f"scenarios.{item.scenario}.based_on", what, todo))
    for assumption in file.assumptions:
        where = f"assumptions.{assumption.scenario}.{assumption.name}.scenario"
        problems += unknown(ASSUMPTIONS, where, [assumption.scenario], names, "scenario")
    return problems


def _years(file: AssumptionsFile) -> list[PolicyProblem]:
    problems = []
    years: dict[tuple[str, str, str], list[int]] = {}
    for item in file.assumptions:
        for fund in item.funds:
            years.setdefault((item.scenario, item.name, fund), []).extend(year for year, _ in item.by_year())
    for (scenario, name, fund), given in years.items():
        where = f"assumptions.{scenario}.{name}.years"
        if len(set(given)) < len(given):
            problems.append(
                PolicyProblem(ASSUMPTIONS, where, f"a year is given twice for {fund}", "Keep one value")
            )
        elif len(given) <= max(given) - min(given):
            todo = "Write a value for every fiscal year between the first and the last"
            problems.append(PolicyProblem(ASSUMPTIONS, where, f"years are left out for {fund}", todo))
    return problems


def _tests(file: AssumptionsFile) -> list[PolicyProblem]:
    problems = []
    roots = {item.scenario for item in file.scenarios if item.based_on is None}
    # What a scenario without a base gives, every other one has too.
    given = {(item.name, fund) for item in file.assumptions if item.scenario in roots for fund in item.funds}
    seen: set[tuple[str, str]] = set()
    for test in file.tests:
        where = f"tests.{test.test_id}"
        for fund in test.funds:
            if (fund, test.test_id) in seen:
                what, todo = f"{fund} has two tests of this test_id", "Rename or remove one of the two"
                problems.append(PolicyProblem(ASSUMPTIONS, where, what, todo))
            seen.add((fund, test.test_id))
            if test.target_name is not None and (test.target_name, fund) not in given:
                what = f"the target {test.target_name} has no value for {fund}"
                todo = "Add it to assumptions, in a scenario that is based on none"
                problems.append(PolicyProblem(ASSUMPTIONS, f"{where}.{test.comparison}", what, todo))
    return problems
