"""What the simulator holds of a city's policy is what the committed policy says."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import yaml

from ratehouse.workspace import PROJECT_ROOT
from simulator import assistance
from simulator.calendars import day, first_day, month_of
from simulator.cities import CITIES, CLASSES, FOREVER, SERVICES, City
from simulator.rates import load_rates

DAYS_A_CYCLE = 30
BASES = {"past_due": "past_due", "current_and_past_due": "balance"}
IN_FORCE = dt.date(2022, 9, 30)  # the last day of the demonstration


def read(city: str, file: str) -> Any:
    """A committed file of a city."""
    path = PROJECT_ROOT / "data" / "utilities" / city / file
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def latest(node: Any) -> Any:
    """The value of a rule: plain, as `{value: ..}`, or the latest of its versions in force."""
    if isinstance(node, list) and all(isinstance(version, dict) for version in node):
        since = [version.get("effective_from", dt.date.min) for version in node]
        node = max(zip(since, node, strict=True), key=lambda one: (one[0] <= IN_FORCE, one[0]))[1]
    return node["value"] if isinstance(node, dict) and "value" in node else node


def cents(node: Any) -> int:
    """Dollars of the policy as cents."""
    return int(Decimal(latest(node)) * 100)


def number(on: dt.date | None) -> int:
    """A day of the policy as the simulator counts days; without one until further notice."""
    return FOREVER if on is None else day(on.isoformat())


class Policy:
    """A city's committed policy beside its settings in the simulator."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.city: City = CITIES[name]
        self.rules: dict[str, Any] = read(name, "policies.yml")
        self.events: list[dict[str, Any]] = read(name, "events.yml")["events"]

    def rule(self, path: str) -> Any:
        """The value of a rule by its dotted name."""
        node = self.rules
        for part in path.split("."):
            node = node[part]
        return latest(node)

    def versions(self, kind: str) -> list[dict[str, Any]]:
        """All versions of the events of a kind."""
        return [event for event in self.events if event["kind"] == kind]

    def known(self, kind: str) -> dict[str, dict[str, Any]]:
        """Of each event of a kind the version known last."""
        in_order = sorted(self.versions(kind), key=lambda event: event["known_on"])
        return {event["event_id"]: event for event in in_order}


@pytest.fixture(params=list(CITIES))
def policy(request) -> Policy:
    """Of each city."""
    return Policy(request.param)


@pytest.fixture
def independence() -> Policy:
    return Policy("independence")


@pytest.fixture
def warrensburg() -> Policy:
    return Policy("warrensburg")


def test_due_dates_and_penalties(policy):
    city = policy.city
    assert city.due_days == policy.rule("billing.due_days")
    assert city.penalty_days == policy.rule("penalty.days")
    assert city.penalty_percent == Decimal(policy.rule("penalty.percent"))
    assert city.penalty_base == BASES[policy.rule("penalty.base")]
    assert city.penalty_mode == policy.rule("penalty.compounding")
    assert city.penalty_on_fees == policy.rule("penalty.includes_fees")
    assert city.penalty_after_return == (policy.rule("penalty.after_late_return") == "on_return_date")
    # The simulator has no other readings of these.
    assert (
        policy.rule("penalty.compounding")
        == {"past_due": "simple", "balance": "compounding"}[city.penalty_base]
    )
    assert policy.rule("penalty.paid_on_penalty_date_is_timely") and policy.rule("penalty.once_per_cycle")
    assert cents(policy.rule("penalty.minimum_usd")) == cents(policy.rule("penalty.base_floor_usd")) == 0


def test_fees(policy):
    city, paid_by_customers = policy.city, policy.rules["fees"]["customer_usd"]
    assert city.returned_fee_cents == cents(policy.rule("fees.returned_payment_usd"))
    assert city.reconnect_fee_cents == cents(policy.rule("fees.reconnect_usd"))
    assert city.disconnect_fee_cents == cents(policy.rule("fees.disconnect_usd"))
    assert city.card_fee_cents == cents(policy.rule("fees.absorbed_card_usd"))
    assert not policy.rule("fees.declined_card_is_return")
    assert {cents(fee) for fee in paid_by_customers["autopay"].values()} == {0}
    for channel in ("walk_in", "phone"):
        assert cents(paid_by_customers[channel]["card"]) == city.card_fee_cents


def test_a_card_pays_its_fee_in_independence_unless_it_is_waived(independence):
    online = independence.rules["fees"]["customer_usd"]["online"]
    assert independence.city.card_fee_cents == cents(online["card"]) == 250
    assert independence.city.online_fee_cents == cents(online["bank_draft"]) == 0


def test_online_and_the_agent_cost_a_fee_in_warrensburg(warrensburg):
    fees = warrensburg.rules["fees"]["customer_usd"]
    assert warrensburg.city.online_fee_cents == cents(fees["online"]["card"]) == 125
    assert warrensburg.city.agent_fee_cents == cents(fees["agent"]["cash"]) == 100


def test_waivers_of_penalties_as_known_last(policy):
    is_assessed = policy.rule("penalty.waived_as") == "assessed_then_waived"
    of_policy = {
        (event_id, number(event["starts_on"]), number(event.get("ends_on")), is_assessed)
        for event_id, event in policy.known("penalty_waiver").items()
    }
    of_city = {
        (waiver.event_id, waiver.first, waiver.last, waiver.is_assessed) for waiver in policy.city.waivers
    }
    assert of_city == of_policy and len(of_city) == len(policy.city.waivers) > 0


def test_waivers_of_card_fees_as_known_last(policy):
    of_policy = {
        (event_id, number(event["starts_on"]), number(event.get("ends_on")))
        for event_id, event in policy.known("fee_waiver").items()
    }
    assert {(waiver.event_id, waiver.first, waiver.last) for waiver in policy.city.fee_waivers} == of_policy
    for event in policy.versions("fee_waiver"):
        assert set(event["channels"]) == {"walk_in", "phone", "online"}


def test_moratoria_in_every_version_with_the_day_on_which_it_was_known(policy):
    of_policy = {
        (
            event["event_id"],
            number(event["starts_on"]),
            number(event.get("ends_on")),
            number(event["known_on"]),
            tuple(event.get("customer_classes", CLASSES)),
        )
        for event in policy.versions("shutoff_moratorium")
    }
    of_city = {
        (one.event_id, one.first, one.last, one.known, tuple(CLASSES[number] for number in one.classes))
        for one in policy.city.moratoria
    }
    assert of_city == of_policy and len(of_city) == len(policy.city.moratoria) > 0


def test_one_time_credits(policy):
    of_policy = {
        event_id: (number(event["starts_on"]), cents(event["amount_usd"]), event["services"])
        for event_id, event in policy.known("one_time_credit").items()
    }
    of_city = {
        one.event_id: (one.on, one.cents, [SERVICES[one.service]]) for one in policy.city.one_time_credits
    }
    assert of_city == of_policy
    for credit in policy.city.one_time_credits:
        percent = Decimal(policy.rule("budget_billing.one_time_credit_percent_per_month"))
        assert credit.budget_parts * percent == 100


def test_the_outage(independence):
    outage = independence.city.outage
    (suspension,) = independence.known("billing_suspension").values()
    assert (outage.closed_first, outage.closed_last) == (
        number(suspension["starts_on"]),
        number(suspension["ends_on"]),
    )
    (later,) = independence.known("due_date_extension").values()
    assert (outage.resumes, outage.extension_last) == (number(later["starts_on"]), number(later["ends_on"]))
    assert outage.extension_days == later["extension_days"]
    closed = {
        (channel, number(event["starts_on"]), number(event["ends_on"]))
        for event in independence.known("channel_outage").values()
        for channel in event["channels"]
    }
    whole = [closure for closure in outage.closures if closure.tender is None]
    assert {(closure.channel, closure.first, closure.last) for closure in whole} == closed


def test_only_independence_has_an_outage(warrensburg):
    assert warrensburg.city.outage is None
    assert {event["kind"] for event in warrensburg.events} == {"penalty_waiver", "shutoff_moratorium"}


def test_the_way_to_a_shutoff_and_back(policy):
    city = policy.city
    assert city.shutoff_days == policy.rule("disconnect.days_past_due")
    assert city.notice_days == policy.rule("disconnect.written_notice_days")
    notices = policy.rule("disconnect.notices")
    assert city.has_hang_tags == ("hang_tag" in notices)
    assert city.has_courtesy_calls == ("courtesy_call" in notices)
    tenders = policy.rule("payments.tenders_after_disconnect")
    assert city.takes_money_orders_when_off == ("money_order" in tenders)
    assert {"cash", "card"} <= set(tenders) and "check" not in tenders
    assert city.agreement_months == policy.rule("agreements.max_months")
    assert city.dispute_days == policy.rule("disputes.window_days")
    assert city.mail_days == policy.rule("disputes.received_days_paper")


@pytest.mark.rule("R24")
def test_a_draft_becomes_active_after_the_cycles_of_the_policy(policy):
    """R24."""
    days = load_rates(policy.name).closing.activation_days
    assert days == policy.rule("autopay.activation_cycles") * DAYS_A_CYCLE


@pytest.mark.rule("R26")
def test_drafts_do_not_follow_a_customer(policy):
    """R26: the simulator knows no other way."""
    assert not policy.rule("autopay.follows_customer_on_move")
    assert policy.rule("autopay.draft_rolls") == "next_business_day"


@pytest.mark.rule("R68")
def test_emergency_money_is_given_on_the_days_of_the_policy(independence):
    """R68: CARES money may begin later than its program; its last day is that of the FAQ."""
    programs = independence.rules["assistance"]
    cares, irap = programs["cares_act"], programs["irap"]
    assert number(cares["last_application_on"]["value"]) == assistance.CARES_LAST
    assert number(cares["title"]["effective_to"]) == assistance.CARES_LAST
    assert number(cares["title"]["effective_from"]) <= first_day(assistance.CARES_MONTHS[0])
    assert month_of("2020-12") == assistance.CARES_MONTHS[-1]
    assert number(irap["title"]["effective_from"]) == first_day(assistance.IRAP_MONTHS[0])
    assert irap["title"].get("effective_to") is None


@pytest.mark.rule("R79")
def test_dollar_help_is_given_in_the_season_of_the_policy(independence):
    """R79."""
    first = independence.rule("assistance.dollar_help.season_from_month")
    last = independence.rule("assistance.dollar_help.season_to_month")
    season = {month for month in range(1, 13) if month >= first or month <= last}
    january = month_of("2020-01")
    assert {month for month in range(1, 13) if assistance.is_winter(january + month - 1)} == season
    assert first > last
