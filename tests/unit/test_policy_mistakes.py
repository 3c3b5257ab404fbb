"""Every kind of mistake in a policy is named with file and field, and nothing is loaded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ingest.policy import load_policy, validate_policy
from ingest.schema import POLICY_TABLES
from ratehouse.errors import UsageError
from ratehouse.warehouse import connect
from ratehouse.workspace import PROJECT_ROOT, Workspace

UTILITIES = PROJECT_ROOT / "data" / "utilities"
CITIES = ("independence", "warrensburg")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    shutil.copytree(UTILITIES, tmp_path / "utilities")
    return Workspace.at(tmp_path)


def dump(workspace: Workspace) -> dict[str, list]:
    with connect(workspace.raw_database, read_only=True) as connection:
        return {
            table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
            for table in POLICY_TABLES
        }


# ---- planted mistakes: file, text to replace, replacement, file and field of the message, words of it

UTILITY, RULES, EVENTS, ASSUMPTIONS = "utility.yml", "policies.yml", "events.yml", "assumptions.yml"
SEWER = "tariffs/sewer/2015-10-01.yml"
DUE = "due_days: {value: 10, source: 'Sewer Billing FAQ, \"What will be my Billing due date?\"'"
PERCENT = 'percent: {value: "10",'

# fmt: off
MISTAKES = [
    ("unquoted decimal", RULES, PERCENT, "percent: {value: 10.5,", "penalty.percent.value",
     "not in quotes"),
    ("no decimal", RULES, PERCENT, 'percent: {value: "1e1",', "penalty.percent.value",
     "not a decimal number"),
    ("over a hundred percent", RULES, PERCENT, 'percent: {value: "110",', "penalty.percent.value",
     "less than"),
    ("three decimals", RULES, '"28.50"', '"28.505"', "fees.reconnect_usd.value", "two decimals"),
    ("negative fee", RULES, '"28.50"', '"-28.50"', "fees.reconnect_usd.value", "greater than or equal"),
    ("quoted number", RULES, DUE, DUE.replace("10", '"10"'), "billing.due_days.value", "whole number"),
    ("unknown setting", RULES, "  due_days:", "  due_dayz:", "billing.due_dayz", "not known"),
    ("missing setting", RULES, "  due_days:", "  due_dayz:", "billing.due_days", "missing"),
    ("unknown choice", RULES, "value: current_and_past_due", "value: everything", "penalty.base.value",
     "'everything'"),
    ("two penalties a cycle", RULES, "once_per_cycle: {value: true,", "once_per_cycle: {value: false,",
     "penalty.once_per_cycle.value", "False"),
    ("winter average that moves", RULES, "same_address: {value: true,", "same_address: {value: false,",
     "winter_average.same_address.value", "False"),
    ("no version", RULES, "  frequency_months: {value: 1,", "  frequency_months: 1 #",
     "billing.frequency_months", "source"),
    ("no source", RULES, "grace_days: {value: 1, assumed: true", "grace_days: {value: 1",
     "agreements.grace_days", "assumed"),
    ("overlap", RULES, "- {value: \"1.25\", effective_from: 2025-10-01",
     "- {value: \"1.25\", effective_from: 2010-01-01", "fees.customer_usd.phone.card", "two versions hold"),
    ("gap", RULES, "      card:\n        - {value: \"0.00\",",
     "      card:\n        - {value: \"0.00\", effective_to: 2020-01-01,", "fees.customer_usd.phone.card",
     "no version holds"),
    ("ends before it begins", RULES, "      card:\n        - {value: \"0.00\",",
     "      card:\n        - {value: \"0.00\", effective_to: 2009-01-01,", "fees.customer_usd.phone.card",
     "before it begins"),
    ("kind without rank", RULES, "[fee, penalty, charge, refund]", "[fee, penalty, charge]",
     "application_order.kinds", "refund has no rank"),
    ("service without rank", RULES, "[account, sewer]", "[account]", "application_order.services",
     "sewer has no rank"),
    ("rank of a stranger", RULES, "[account, sewer]", "[account, sewer, water]",
     "application_order.services", "'water'"),
    ("buckets", RULES, "[30, 60, 90, 120]", "[30, 90, 60, 120]", "aging.buckets", "ascend"),
    ("percent without percent", RULES, "  kind: {value: percent,", "  kind: {value: flat,",
     "penalty.flat_usd", "missing"),
    ("channel left out", RULES, "    phone: {value: [card],", "    # {", "payments.tenders.phone",
     "missing"),
    ("fee left out", RULES, "    mail: {value: [check,", "    mail: {value: [cash, check,",
     "fees.customer_usd.mail.cash", "missing"),
    ("fee on refused tender", RULES, "    agent: {value: [cash,", "    agent: {value: [",
     "fees.customer_usd.agent.cash", "refuses"),
    ("unknown channel", RULES, "    phone: {value: [card],", "    fax: {value: [card],",
     "payments.tenders.fax", "'fax'"),
    ("unknown group", RULES, "    '02': {value: 1,", "    '05': {value: 1,", "billing.due_week", "'05'"),
    ("unknown class", RULES, "value: residential_established", "value: residential_old",
     "winter_average.class_with_average", "'residential_old'"),
    ("written twice", RULES, "\nrefunds:", "\nbilling: {}\nrefunds:", "line", "written twice"),
    ("no YAML", RULES, "\nrefunds:", "\nrefunds: [", "line", "not valid YAML"),
    ("no such day", EVENTS, "ends_on: 2020-06-30", "ends_on: 2020-06-31", "", "not valid YAML"),
    ("pattern", UTILITY, "'^(01|02|03|04)'", "'^(01|02'", "account_id_pattern.value", "regular expression"),
    ("time zone", UTILITY, "America/Chicago", "America/Warrensburg", "time_zone.value", "America/Chicago"),
    ("unknown fund", UTILITY, "title: Sewer, fund: sewer", "title: Sewer, fund: drains",
     "services.sewer.fund", "'drains'"),
    ("unknown account fund", UTILITY, "account_fund: {value: sewer", "account_fund: {value: drains",
     "account_fund.value", "'drains'"),
    ("group twice", UTILITY, "billing_group: '03'", "billing_group: '02'", "billing_groups.02", "twice"),
    ("group as number", UTILITY, "billing_group: '03'", "billing_group: 03",
     "billing_groups.2.billing_group", "quotes"),
    ("calendar", UTILITY, "to_year: 2030", "to_year: 2010", "holidays", "before it begins"),
    ("event backwards", EVENTS, "ends_on: 2020-06-30", "ends_on: 2020-01-30", "events.covid_late_fees",
     "before it starts"),
    ("event's service", EVENTS, "services: [sewer]", "services: [water]",
     "events.covid_late_fees.services", "'water'"),
    ("event's kind", EVENTS, "kind: penalty_waiver", "kind: waiver", "events.covid_late_fees.kind",
     "'waiver'"),
    ("extension without days", EVENTS, "kind: penalty_waiver", "kind: due_date_extension",
     "events.covid_late_fees", "needs extension_days"),
    ("two kinds of one event", EVENTS, "covid_shutoffs", "covid_late_fees",
     "events.covid_late_fees.kind", "differ in kind"),
    ("unknown episode", EVENTS, "episode: covid_2020\n    kind: penalty_waiver",
     "episode: covid_2019\n    kind: penalty_waiver", "events.covid_late_fees.episode",
     "'covid_2019' is not known"),
    ("episode twice", EVENTS, "episodes:\n", "episodes:\n  - {episode_id: covid_2020, title: Again}\n",
     "episodes.covid_2020", "listed twice"),
    ("episode of one version", EVENTS, "    episode: covid_2020\n    kind: shutoff_moratorium",
     "    kind: shutoff_moratorium", "events.covid_shutoffs.episode", "differ in episode"),
    ("episode with the id of an event", EVENTS, "episode_id: covid_2020", "episode_id: covid_shutoffs",
     "episodes.covid_shutoffs", "has the id of this episode"),
    ("two versions of a day", EVENTS, "covid_shutoffs", "covid_late_fees",
     "events.covid_late_fees.known_on", "same day"),
    ("switch in words", EVENTS, "assumed: true", "assumed: yes", "events.covid_late_fees.assumed",
     "true or false"),
    ("last block closed", SEWER, '{rate: "5.11"}', '{up_to: "9", rate: "5.11"}',
     "classes.residential_new.components.volume.blocks", "not open"),
    ("blocks do not ascend", SEWER, '[{up_to: "2", rate: "2.70"},',
     '[{up_to: "2", rate: "2.70"}, {up_to: "1", rate: "3"},',
     "classes.residential_new.components.volume.blocks", "ascend"),
    ("unquoted rate", SEWER, '"9.00", unit', "9.00, unit", "classes.residential_new.components.base.rate",
     "not in quotes"),
    ("two prices", SEWER, 'rate: "9.00", unit', 'unit', "classes.residential_new.components.base",
     "rate or by_meter_size"),
    ("component's kind", SEWER, "component: base, kind: fixed", "component: base, kind: flat",
     "classes.residential_new.components.base", "kind"),
    ("class unknown", SEWER, "irrigation: {", "gardening: {", "classes", "'gardening'"),
    ("class without prices", SEWER, "same_as: residential_new", "same_as: municipal",
     "classes.residential.same_as", "no prices"),
    ("class dropped later", "tariffs/sewer/2025-10-01.yml",
     "  irrigation: {same_as: commercial, assumed: true}\n", "", "classes.irrigation", "no price any more"),
    ("date of the file", SEWER, "effective_from: 2015-10-01", "effective_from: 2015-10-02",
     "effective_from", "file's name"),
    ("wrong folder", SEWER, "service: sewer", "service: water", "service", "folder"),
    ("prices without source", SEWER, '\nsource: \'Sewer Billing FAQ', '\nordinance: \'Sewer Billing FAQ',
     "classes.residential_new.components.base", "nor the file"),
    ("assumption's name", ASSUMPTIONS, "name: elasticity", "name: flexibility", "assumptions.base.name",
     "'flexibility'"),
    ("assumption's fund", ASSUMPTIONS, "name: elasticity, funds: [sewer]",
     "name: elasticity, funds: [water]", "assumptions.base.elasticity.funds", "'water'"),
    ("years left out", ASSUMPTIONS, '"2026": "3", ', "", "assumptions.base.rate_adjustment_percent.years",
     "left out"),
    ("year twice", ASSUMPTIONS, '"2012-2022": "0"', '"2012-2023": "0"',
     "assumptions.base.rate_adjustment_percent.years", "twice"),
    ("years backwards", ASSUMPTIONS, '"2012-2022": "0"', '"2022-2012": "0"', "assumptions.base.years",
     "backwards"),
    ("scenario's base", ASSUMPTIONS, "title: Costs rise faster, based_on: base",
     "title: Costs rise faster, based_on: bass", "scenarios.high_inflation.based_on", "'bass'"),
    ("scenario unknown", ASSUMPTIONS, "scenario: rate_path, name", "scenario: path, name",
     "assumptions.path.rate_adjustment_percent.scenario", "'path'"),
]
# fmt: on


@pytest.mark.parametrize(
    ("name", "file", "old", "new", "where", "words"), MISTAKES, ids=[m[0] for m in MISTAKES]
)
def test_a_mistake_is_named_with_file_and_field(
    workspace: Workspace, name: str, file: str, old: str, new: str, where: str, words: str
) -> None:
    folder = workspace.utilities / "warrensburg"
    text = (folder / file).read_text()
    assert old in text, "the case no longer fits the file"
    (folder / file).write_text(text.replace(old, new, 1))
    problems = validate_policy(folder)
    fitting = [problem for problem in problems if problem.file == file and problem.field.startswith(where)]
    assert any(words in str(problem) for problem in fitting), [str(problem) for problem in problems]
    assert all(problem.what and problem.todo for problem in problems)


def test_all_problems_are_told_at_once_and_nothing_is_loaded(workspace: Workspace) -> None:
    load_policy(workspace, "warrensburg")
    before = dump(workspace)
    folder = workspace.utilities / "warrensburg"
    (folder / "utility.yml").write_text(
        (folder / "utility.yml").read_text().replace("America/Chicago", "Chicago")
    )
    (folder / "events.yml").unlink()
    rule_text = (folder / "policies.yml").read_text()
    (folder / "policies.yml").write_text(
        rule_text.replace("value: 21,", "value: many,").replace("value: 60,", "value: 0,")
    )
    with pytest.raises(UsageError) as error:
        load_policy(workspace, "warrensburg")
    message = str(error.value)
    for place in (
        "utility.yml: time_zone.value",
        "events.yml: the file is missing",
        "policies.yml: penalty.days.value",
        "policies.yml: disconnect.days_past_due.value",
    ):
        assert place in message
    assert dump(workspace) == before


def test_a_file_that_would_be_ignored_is_a_problem(workspace: Workspace) -> None:
    tariffs = workspace.utilities / "warrensburg" / "tariffs"
    shutil.copy(tariffs / "sewer" / "2015-10-01.yml", tariffs / "2016-10-01.yml")
    (problem,) = validate_policy(workspace.utilities / "warrensburg")
    assert problem.file == "tariffs/2016-10-01.yml"
