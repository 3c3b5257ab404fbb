"""Both cities hold what their sources say, and every kind of mistake is named with file and field."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest

from ingest import contract
from ingest.policy import load_policy, validate_policy, write_starter
from ingest.policy_checks import read_policy
from ingest.policy_files import versions
from ingest.policy_rows import policy_rows
from ingest.policy_types import CustomerClass, Service, as_text
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


@pytest.fixture(scope="module")
def policies() -> dict:
    """Rows of the policy tables, by city and table."""
    return {city: policy_rows(read_policy(UTILITIES / city)[0]) for city in CITIES}


def rules(rows: dict, on: str = "2021-01-15") -> dict[str, str]:
    """The rules in force on a day."""
    return {
        row["rule"]: row["value"]
        for row in rows["policy_rules"]
        if str(row["effective_from"]) <= on
        and (row["effective_to"] is None or str(row["effective_to"]) >= on)
    }


def dump(workspace: Workspace) -> dict[str, list]:
    with connect(workspace.raw_database, read_only=True) as connection:
        return {
            table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
            for table in POLICY_TABLES
        }


# ---- the two cities


@pytest.mark.parametrize("city", CITIES)
def test_policy_of_a_city_has_no_problem(city: str) -> None:
    assert [str(problem) for problem in validate_policy(UTILITIES / city)] == []


@pytest.mark.parametrize("city", CITIES)
def test_every_row_has_a_source_or_is_assumed_and_names_its_place(policies: dict, city: str) -> None:
    for table, rows in policies[city].items():
        assert rows, table
        for row in rows:
            assert row["source"] or row["is_assumed"], (table, row)
            assert (UTILITIES / city / row["policy_file"]).is_file() and row["policy_field"], (table, row)


@pytest.mark.parametrize("city", CITIES)
def test_rows_have_exactly_the_columns_of_their_table(policies: dict, city: str) -> None:
    assert set(policies[city]) == set(POLICY_TABLES)
    for table, rows in policies[city].items():
        for row in rows:
            assert {"utility_id", *row} == set(POLICY_TABLES[table]), table


@pytest.mark.parametrize("city", CITIES)
def test_rules_and_tariffs_cover_the_data_from_2016_on(policies: dict, city: str) -> None:
    in_2016 = rules(policies[city], "2016-01-01")
    for needed in (
        "billing.due_days",
        "penalty.percent",
        "fees.returned_payment_usd",
        "disconnect.days_past_due",
    ):
        assert needed in in_2016
    first: dict[str, str] = {}
    for row in policies[city]["policy_tariff_components"]:
        day = str(row["effective_from"])
        first[row["service"]] = min(day, first.get(row["service"], day))
    assert set(first) == {row["service"] for row in policies[city]["policy_services"]}
    assert max(first.values()) <= "2016-01-01"


@pytest.mark.parametrize("city", CITIES)
def test_every_class_of_the_extracts_has_a_price_in_every_tariff(policies: dict, city: str) -> None:
    priced: dict[tuple, set] = {}
    for row in policies[city]["policy_tariff_components"]:
        priced.setdefault((row["service"], row["effective_from"]), set()).add(row["customer_class"])
    for tariff, classes in priced.items():
        assert set(contract.CLASSES) <= classes, tariff


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("billing.due_days", "10"),
        ("penalty.days", "21"),
        ("penalty.percent", "10"),
        ("penalty.base", "current_and_past_due"),
        ("penalty.compounding", "compounding"),
        ("fees.returned_payment_usd", "25.00"),
        ("fees.reconnect_usd", "28.50"),
        ("fees.customer_usd.online.card", "1.25"),
        ("fees.customer_usd.agent.cash", "1.00"),
        ("fees.customer_usd.agent.bank_draft", "0.00"),
        ("fees.customer_usd.phone.card", "0.00"),
        ("payments.tenders.walk_in", "cash,check,money_order,card"),
        ("payments.tenders.drop_box", "check,money_order"),
        ("payments.tenders.agent", "cash,bank_draft"),
        ("payments.card_brands", "visa,mastercard,discover"),
        ("payments.returned_limit", "3"),
        ("payments.tenders_after_disconnect", "cash,card"),
        ("autopay.draft_rolls", "next_business_day"),
        ("autopay.activation_cycles", "2"),
        ("disconnect.days_past_due", "60"),
        ("disconnect.written_notice_days", "30"),
        ("agreements.max_months", "6"),
        ("disputes.window_days", "15"),
        ("leak_credit.limit", "1"),
        ("refunds.more_than_typical_bills", "6"),
        ("winter_average.months", "1,2,3"),
        ("winter_average.applies_from_month", "4"),
        ("winter_average.min_reads", "3"),
        ("billing.due_week.02", "1"),
        ("billing.due_week.01", "4"),
        ("contacts.billing", "660-262-4549"),
        ("contacts.sewer_backup", "660-747-9131, any time"),
        ("contacts.water_provider", "Missouri American Water, 866-430-0820"),
    ],
)
@pytest.mark.rule("R84")
def test_warrensburg_says_what_its_faq_says(policies: dict, rule: str, value: str) -> None:
    assert rules(policies["warrensburg"])[rule] == value


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("billing.due_days", "27"),
        ("estimates.months", "12"),
        ("reads.cycles", "20"),
        ("assistance.water_h2o.max_usd_per_month", "10.00"),
        ("finance.pilot_percent", "9.08"),
        ("agreements.kinds", "hardship,outage_extended"),
        ("payments.tenders.online", "card,bank_draft"),
        ("budget_billing.one_time_credit_percent_per_month", "10"),
        ("contacts.customer_service", "816-325-7930"),
        ("contacts.pay_by_phone", "816-325-7378"),
    ],
)
@pytest.mark.rule("R71", "R84")
def test_independence_says_what_its_pages_say(policies: dict, rule: str, value: str) -> None:
    assert rules(policies["independence"], "2021-02-15")[rule] == value


def test_a_rule_changes_on_its_day(policies: dict) -> None:
    assert rules(policies["independence"], "2020-12-06")["agreements.kinds"] == "hardship"
    assert rules(policies["warrensburg"], "2025-10-01")["fees.customer_usd.phone.card"] == "1.25"
    assert "assistance.cares_act.kind" not in rules(policies["independence"], "2020-12-31")


def test_order_of_kinds_and_services(policies: dict) -> None:
    def order(city: str, dimension: str) -> list[str]:
        rows = [row for row in policies[city]["policy_application_order"] if row["dimension"] == dimension]
        return [row["item"] for row in sorted(rows, key=lambda row: row["rank"])]

    assert order("independence", "kind") == ["fee", "penalty", "charge", "refund"]
    assert order("independence", "service") == ["account", "electric", "water", "sewer", "trash"]
    assert order("warrensburg", "service") == ["account", "sewer"]


@pytest.mark.rule("R15", "R71")
def test_groups_pattern_and_fund(policies: dict) -> None:
    groups = [row["billing_group"] for row in policies["warrensburg"]["policy_billing_groups"]]
    assert groups == ["02", "03", "04", "01"]
    assert len(policies["independence"]["policy_billing_groups"]) == 20
    warrensburg, independence = (policies[city]["policy_utilities"][0] for city in reversed(CITIES))
    assert (warrensburg["account_fund"], warrensburg["fiscal_year_start_month"]) == ("sewer", 10)
    assert warrensburg["account_id_pattern"] == "^(01|02|03|04)"
    assert (independence["account_fund"], independence["fiscal_year_start_month"]) == ("electric", 7)
    assert independence["account_id_pattern"] is None and independence["is_assumed"]


@pytest.mark.rule("R69")
def test_holidays_run_from_2015_to_2030_with_the_citys_own(policies: dict) -> None:
    days = {str(row["holiday_on"]): row for row in policies["independence"]["policy_holidays"]}
    assert (min(days)[:4], max(days)[:4]) == ("2015", "2030")
    assert (
        days["2020-12-24"]["source"] == days["2020-12-25"]["source"] == "Independence outage FAQ, question 9"
    )
    assert "2019-07-04" in days and "2020-12-24" not in {
        str(row["holiday_on"]) for row in policies["warrensburg"]["policy_holidays"]
    }


def component(rows: dict, day: str, customer_class: str, name: str, service: str = "sewer") -> list[dict]:
    return [
        row
        for row in rows["policy_tariff_components"]
        if (str(row["effective_from"]), row["service"], row["customer_class"], row["component"])
        == (day, service, customer_class, name)
    ]


@pytest.mark.rule("R01", "R02", "R03", "R06", "R08")
def test_sewer_rates_of_warrensburg(policies: dict) -> None:
    rows = policies["warrensburg"]
    (base,) = component(rows, "2015-10-01", "residential_new", "base")
    assert base["rate_usd"] == Decimal("9.00") and not base["is_assumed"]
    volume = component(rows, "2015-10-01", "residential_new", "volume")
    assert [(row["block"], row["up_to"], row["rate_usd"], row["cap"]) for row in volume] == [
        (1, Decimal("2"), Decimal("2.70"), Decimal("8")),
        (2, None, Decimal("5.11"), Decimal("8")),
    ]
    established = component(rows, "2015-10-01", "residential_established", "volume")
    assert {(row["basis"], row["cap"], row["is_assumed"]) for row in established} == {
        ("winter_average", None, True)
    }
    commercial = component(rows, "2015-10-01", "commercial", "base")
    assert {row["meter_size"]: row["rate_usd"] for row in commercial}["5/8"] == Decimal("9.00")
    (later,) = component(rows, "2025-10-01", "residential_new", "base")
    assert later["rate_usd"] == Decimal("17.16") and not later["is_assumed"]


@pytest.mark.parametrize(
    ("day", "sizes", "commodity", "fire"),
    [
        ("2014-10-01", "10.67 11.80 12.50 14.10 19.00 53.00 66.00 95.00", "2.96", "2.46"),
        ("2015-10-01", "11.25 12.35 13.00 14.70 19.50 55.00 68.00 99.00", "3.18", "2.63"),
        ("2016-10-01", "11.95 13.10 13.80 15.70 20.50 58.00 72.00 104.00", "3.43", "2.86"),
    ],
)
def test_water_rates_of_independence(policies: dict, day: str, sizes: str, commodity: str, fire: str) -> None:
    rows = policies["independence"]
    minimum = component(rows, day, "residential", "base", "water")
    assert [row["meter_size"] for row in minimum] == ["5/8", "3/4", "1", "1 1/2", "2", "3", "4", "6"]
    assert [row["rate_usd"] for row in minimum] == [Decimal(rate) for rate in sizes.split()]
    free, over = component(rows, day, "residential", "volume", "water")
    assert (free["up_to"], free["rate_usd"], over["rate_usd"]) == (Decimal("2"), 0, Decimal(commodity))
    assert component(rows, day, "commercial", "fire_protection", "water")[0]["rate_usd"] == Decimal(fire)
    assert not any(row["is_assumed"] for row in minimum)


def test_sewer_bill_of_independence_at_six_ccf_is_the_reported_one(policies: dict) -> None:
    for day, bill in (("2012-07-01", "39.89"), ("2019-07-01", "43.61")):
        (base,) = component(policies["independence"], day, "residential", "base")
        (volume,) = component(policies["independence"], day, "residential", "volume")
        assert base["rate_usd"] + 6 * volume["rate_usd"] == Decimal(bill)


@pytest.mark.rule("R60", "R62", "R66")
def test_events_of_the_outage(policies: dict) -> None:
    events: dict[str, list[dict]] = {}
    for row in policies["independence"]["policy_events"]:
        events.setdefault(row["event_id"], []).append(row)
    shutoffs = events["outage_shutoffs"]
    assert [str(row["ends_on"]) for row in shutoffs] == ["2021-01-30", "2021-02-28"]
    assert str(shutoffs[1]["known_on"]) == "2021-01-14"
    # until further notice (R60); that it ended is assumed, and so marked
    announced, noticed, assumed = sorted(events["covid_late_fees"], key=lambda row: row["known_on"])
    assert {str(row["starts_on"]) for row in (announced, noticed, assumed)} == {"2020-12-01"}
    assert (str(announced["ends_on"]), noticed["ends_on"]) == ("2021-01-30", None)
    assert (announced["is_assumed"], noticed["is_assumed"], assumed["is_assumed"]) == (False, False, True)
    assert events["outage_late_fees"][0]["ends_on"] is None
    (extension,) = events["outage_due_dates"]
    assert (extension["extension_days"], extension["is_printed_on_bill"], extension["is_assumed"]) == (
        14,
        True,
        True,
    )
    for event_id, channels, first, last in (
        ("outage_channels", "online", "2020-12-07", "2020-12-27"),
        ("outage_assistance", "assistance", "2020-12-10", "2020-12-27"),
        ("outage_phone", "phone", "2020-12-08", "2020-12-27"),
        ("outage_drafts", "autopay", "2020-12-07", "2020-12-28"),
    ):
        (row,) = events[event_id]
        assert row["channels"] == channels
        assert (str(row["starts_on"]), str(row["ends_on"]), row["is_assumed"]) == (first, last, True)
    (credit,) = events["ipl_rebate_2021"]
    assert (credit["amount_usd"], str(credit["starts_on"]), credit["services"]) == (
        Decimal("193.82"),
        "2021-02-02",
        "electric",
    )
    assert {row["kind"] for row in policies["warrensburg"]["policy_events"]} == {
        "penalty_waiver",
        "shutoff_moratorium",
    }


def test_a_scenario_takes_over_what_it_does_not_say(policies: dict) -> None:
    values = {
        (row["scenario"], row["name"], row["fiscal_year"]): row["value"]
        for row in policies["warrensburg"]["policy_assumptions"]
    }
    assert values["rate_path", "sewer.rate_adjustment_percent", 2028] == "3"
    assert values["base", "sewer.rate_adjustment_percent", 2028] == "0"
    assert values["rate_path", "sewer.target_coverage", 2028] == "1.10"


def test_versions_follow_one_another_without_gap() -> None:
    policy, _ = read_policy(UTILITIES / "independence")
    kinds = dict(versions(policy.policies))["agreements.kinds"]
    assert [(str(item.effective_from), str(item.effective_to)) for item in kinds] == [
        ("2010-01-01", "2020-12-06"),
        ("2020-12-07", "None"),
    ]


def test_codes_are_those_of_the_extracts() -> None:
    assert get_args(CustomerClass) == contract.CLASSES
    assert get_args(Service) == contract.SERVICES


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
    ("two versions of a day", EVENTS, "covid_shutoffs", "covid_late_fees",
     "events.covid_late_fees.known_on", "same day"),
    ("switch in words", EVENTS, "assumed: true", "assumed: yes", "events.covid_shutoffs.assumed",
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
    ("year twice", ASSUMPTIONS, '"2016-2025": "0"', '"2016-2026": "0"',
     "assumptions.base.rate_adjustment_percent.years", "twice"),
    ("years backwards", ASSUMPTIONS, '"2016-2025": "0"', '"2025-2016": "0"', "assumptions.base.years",
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


# ---- loading


def test_loading_twice_changes_nothing(workspace: Workspace) -> None:
    first = [load_policy(workspace, city) for city in CITIES]
    assert all(set(load.changed) == set(POLICY_TABLES) for load in first)
    before = dump(workspace)
    assert [load_policy(workspace, city).changed for city in CITIES] == [(), ()]
    assert dump(workspace) == before
    assert sum(len(rows) for rows in before.values()) == sum(sum(load.rows.values()) for load in first)


def test_loading_replaces_one_utility_and_only_what_changed(workspace: Workspace) -> None:
    for city in CITIES:
        load_policy(workspace, city)
    before = dump(workspace)
    path = workspace.utilities / "warrensburg" / "policies.yml"
    path.write_text(path.read_text().replace(DUE, DUE.replace("10", "12")))
    assert load_policy(workspace, "warrensburg").changed == ("policy_rules",)
    after = dump(workspace)
    assert {table for table in POLICY_TABLES if before[table] != after[table]} == {"policy_rules"}
    (old,) = set(before["policy_rules"]) - set(after["policy_rules"])
    (new,) = set(after["policy_rules"]) - set(before["policy_rules"])
    assert (old[:3], new[:3]) == (
        ("warrensburg", "billing.due_days", "10"),
        ("warrensburg", "billing.due_days", "12"),
    )


def test_decimals_arrive_exactly(workspace: Workspace) -> None:
    load_policy(workspace, "independence")
    with connect(workspace.raw_database, read_only=True) as connection:
        (rate,) = connection.execute(
            "SELECT rate_usd FROM policy_tariff_components WHERE service = ? AND block = 1 AND season = ?"
            " AND effective_from = ? AND customer_class = ?",
            ["electric", "06-01/10-31", "2019-09-01", "residential"],
        ).fetchone()
    assert rate == Decimal("0.126806")


@pytest.mark.parametrize("utility_id", ["nowhere", "../warrensburg", ""])
def test_an_unknown_utility_is_refused_by_name(workspace: Workspace, utility_id: str) -> None:
    with pytest.raises(UsageError, match="known: independence, warrensburg"):
        load_policy(workspace, utility_id)


# ---- a new city


@pytest.mark.parametrize("name", ["City of Springfield", 'O\'Fallon "West": {north}', "Cañon City # 2"])
def test_a_starter_is_valid_and_keeps_the_name(tmp_path: Path, name: str) -> None:
    workspace = Workspace.at(tmp_path)
    written = write_starter(workspace, "springfield", name)
    starter = workspace.utilities / "springfield"
    tariff = "tariffs/water/2010-01-01.yml"
    written_names = {path.relative_to(starter).as_posix() for path in written}
    assert written_names == {UTILITY, RULES, EVENTS, ASSUMPTIONS, tariff}
    assert validate_policy(workspace.utilities / "springfield") == []
    load_policy(workspace, "springfield")
    assert dump(workspace)["policy_utilities"][0][:2] == ("springfield", name)


def test_a_starter_overwrites_nothing(workspace: Workspace) -> None:
    before = (workspace.utilities / "warrensburg" / "utility.yml").read_text()
    with pytest.raises(UsageError, match="exists already"):
        write_starter(workspace, "warrensburg", "Other")
    assert (workspace.utilities / "warrensburg" / "utility.yml").read_text() == before


@pytest.mark.parametrize(("utility_id", "name"), [("New City", "x"), ("../x", "x"), ("x", " ")])
def test_a_starter_refuses_bad_names(tmp_path: Path, utility_id: str, name: str) -> None:
    with pytest.raises(UsageError):
        write_starter(Workspace.at(tmp_path), utility_id, name)


def test_values_read_as_sql_expects() -> None:
    assert [as_text(value) for value in (True, 10, Decimal("2.70"), ["a", "b"], [])] == [
        "true",
        "10",
        "2.70",
        "a,b",
        "",
    ]
