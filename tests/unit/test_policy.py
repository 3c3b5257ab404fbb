"""Both cities hold what their sources say."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest

from ingest import contract
from ingest.policy import validate_policy
from ingest.policy_checks import read_policy
from ingest.policy_files import versions
from ingest.policy_rows import policy_rows
from ingest.policy_types import CustomerClass, Service
from ingest.schema import POLICY_TABLES
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
        ("finance.pilot_treatment", "transfer"),
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
    assert [str(row["ends_on"]) for row in shutoffs] == ["None", "2021-01-30", "2021-02-28"]
    assert str(shutoffs[2]["known_on"]) == "2021-01-14"
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
        first_known, row = events[event_id]
        assert first_known["ends_on"] is None and first_known["known_on"] < row["known_on"]
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
    assert values["base", "sewer.rate_adjustment_percent", 2026] == "3"
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
