"""The rules of `policies.yml`: every value that a city decides, and what it may be.

A field here is a rule, and its dotted path is its name in `policy_rules`: `penalty.percent`,
`fees.customer_usd.online.card`. Adding a rule means adding a field here and a value in every city's file.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from ingest.policy_types import (
    AtLeastOne,
    Channel,
    Code,
    CustomerClass,
    Dated,
    Fact,
    Kind,
    Money,
    Month,
    Percent,
    Positive,
    Service,
    Strict,
    Tender,
    Text,
    Whole,
)

Roll = Literal["none", "next_business_day"]
OrderedService = Literal["account", "water", "sewer", "electric", "trash"]


class ApplicationOrder(Strict):
    """Who stands first among debits of one due date and posting day; fills `policy_application_order`."""

    kinds: Fact[list[Kind]]
    services: Fact[list[OrderedService]]


class Billing(Strict):
    """When a bill is due and how its quantities are counted.

    `months_covered` is how many months' base and blocks a bill has: `nearest_whole`, or
    `nearest_whole_long_days_short`, where fewer than 20 service days count a thirtieth each (docs/policy.md).
    `converted_usage_decimals`: where a meter's unit is not the tariff's; 2 unless said otherwise.
    """

    days_counted_from: Dated[Literal["bill_date"]]
    due_days: Dated[AtLeastOne]
    due_date_rolls: Dated[Roll]
    frequency_months: Dated[AtLeastOne]
    prorate_blocks: Dated[bool]
    prorate_base: Dated[bool]
    months_covered: Dated[Literal["nearest_whole", "nearest_whole_long_days_short"]]
    no_free_service: Dated[bool]
    delivery: Dated[list[Literal["paper", "electronic"]]]
    due_week: dict[Text, Dated[Annotated[int, Field(ge=1, le=5)]]] = {}
    due_week_tolerance_days: Dated[Whole] | None = None
    cubic_feet_per_ccf: Dated[Positive]
    gallons_per_ccf: Dated[Positive]
    converted_usage_decimals: Dated[Annotated[int, Field(ge=0, le=3)]] | None = None
    default_meter_size: Dated[Text]
    balance_transfer_keeps_due_dates: Dated[bool]
    credit_applies_to: Dated[Literal["oldest_debit", "next_bill"]]


class Penalty(Strict):
    """What late payment costs."""

    days: Dated[AtLeastOne]
    days_counted_from: Dated[Literal["bill_date"]]
    rolls: Dated[Roll]
    paid_on_penalty_date_is_timely: Dated[bool]
    timely_by: Dated[Literal["received_on", "posted_on"]]
    kind: Dated[Literal["percent", "flat"]]
    percent: Dated[Percent] | None = None
    flat_usd: Dated[Money] | None = None
    base: Dated[Literal["current_and_past_due", "past_due", "bill"]]
    includes_fees: Dated[bool]
    compounding: Dated[Literal["compounding", "simple", "once_per_bill"]]
    minimum_usd: Dated[Money]
    base_floor_usd: Dated[Money]
    once_per_cycle: Dated[Literal[True]]
    assessed: Dated[Literal["penalty_date", "next_bill"]]
    due: Dated[Literal["next_bill", "on_posting"]]
    customer_classes: Dated[list[CustomerClass]]
    after_late_return: Dated[Literal["on_return_date", "none"]]
    on_disputed_part: Dated[bool]
    on_agreed_balance: Dated[bool]
    on_new_charges_under_agreement: Dated[bool]
    moves_with_extended_due_date: Dated[bool]
    waived_as: Dated[Literal["assessed_then_waived", "not_assessed"]]


class Fees(Strict):
    """Amounts charged for an occasion; `customer_usd` is what a payer is charged by channel and tender.

    `returned_payment_tender_usd`: where the fee depends on what was returned; else `returned_payment_usd`.
    """

    due: Dated[Literal["next_bill", "on_posting"]]
    returned_payment_usd: Dated[Money]
    returned_payment_tender_usd: dict[Tender, Dated[Money]] = {}
    returned_payment_on: Dated[list[Literal["check", "bank_draft", "card_chargeback"]]]
    returned_payment_accrues_penalty: Dated[bool]
    returned_payment_stands_in_waivers: Dated[bool]
    declined_card_is_return: Dated[bool]
    bank_correction_is_return: Dated[bool]
    disconnect_usd: Dated[Money]
    reconnect_usd: Dated[Money]
    account_view_usd: Dated[Money]
    customer_usd: dict[Channel, dict[Tender, Dated[Money]]]
    customer_fee_goes_to: dict[Channel, Dated[Literal["processor", "agent", "city"]]] = {}
    absorbed_card_usd: Dated[Money]


class Payments(Strict):
    """What is taken where; a tender that a channel does not list is refused there."""

    tenders: dict[Channel, Dated[list[Tender]]]
    card_brands: Dated[list[Code]]
    partial_and_advance: Dated[bool]
    posted_when_received: Dated[list[Channel]]
    drop_box_received: Dated[Literal["pick_up_day", "next_business_day"]]
    returned_limit: Dated[AtLeastOne]
    returned_counts: Dated[list[Literal["check", "bank_draft", "card_chargeback"]]]
    returned_window: Dated[Literal["lifetime", "twelve_months"]]
    tenders_after_returned_limit: Dated[list[Tender]]
    tenders_after_disconnect: Dated[list[Tender]]


class Autopay(Strict):
    """Drafts that the city begins."""

    draft_on: Dated[Literal["due_date"]]
    draft_rolls: Dated[Roll]
    activation_cycles: Dated[Whole]
    paid_message: Dated[Text]
    follows_customer_on_move: Dated[bool]


class Aging(Strict):
    """How what is owed is put in order of age."""

    basis: Dated[Literal["due_date", "bill_date"]]
    dated_by: Dated[Literal["posted_on"]]
    buckets: Dated[list[AtLeastOne]]
    credits: Dated[Literal["separate"]]
    final_accounts: Dated[Literal["included", "excluded"]]
    pending_payments: Dated[Literal["memo"]]
    agreements_aged_by: Dated[Literal["original_due_date", "installments"]]


class Disconnect(Strict):
    """When service may be ended, and what has to happen first."""

    days_past_due: Dated[AtLeastOne]
    basis: Dated[Literal["due_date", "bill_date"]]
    customer_classes: Dated[list[CustomerClass]]
    notices: Dated[list[Literal["hang_tag", "courtesy_call", "written_notice"]]]
    second_hang_tag: Dated[bool]
    written_notice_days: Dated[Whole]
    owner_told_after_days: Dated[Whole]
    owner_liable_days: Dated[Whole]
    holds: Dated[
        list[Literal["moratorium", "agreement", "dispute", "medical", "weather", "bankruptcy", "other"]]
    ]
    moratorium_voids_notices: Dated[bool]
    hot_weather_above_f: Dated[Whole] | None = None
    restore_needs: Dated[list[Literal["balance", "disconnect_fee", "reconnect_fee"]]]


class Agreements(Strict):
    """Payment agreements."""

    kinds: Dated[list[Literal["hardship", "outage_extended"]]]
    max_months: Dated[AtLeastOne]
    covers: Dated[list[Literal["past_due", "current"]]]
    signature_required: Dated[bool]
    after_disconnect: Dated[bool]
    blocks_shutoff: Dated[bool]
    grace_days: Dated[Whole]
    broken_ages_from: Dated[Literal["original_due_date"]]


class Disputes(Strict):
    """Appeals against a bill."""

    window_days: Dated[AtLeastOne]
    counted_from: Dated[Literal["received", "bill_date"]]
    received_days_paper: Dated[Whole]
    received_days_electronic: Dated[Whole]
    levels: Dated[list[Literal["collector", "finance_director"]]]
    stays_in_receivable: Dated[bool]
    blocks_shutoff: Dated[bool]


class LeakCredit(Strict):
    """Credits for water that never reached the sewer."""

    limit: Dated[Whole]
    limit_per: Dated[Literal["address_and_account", "address", "account"]]
    posts: Dated[Literal["following_month", "on_approval"]]
    causes: Dated[list[Literal["leak", "improper_plumbing", "incomplete_connection"]]]
    needs: Dated[list[Literal["form", "documents", "collector", "public_works_director"]]]
    automatic_high_usage_relief: Dated[bool]


class Refunds(Strict):
    """When a credit is paid out."""

    more_than_typical_bills: Dated[Positive]
    typical_bill: Dated[Literal["median"]]
    typical_bill_count: Dated[AtLeastOne]
    only_on_request: Dated[bool]


class WriteOff(Strict):
    """When a debt leaves the books; collecting it goes on.

    `average_months`: the months up to a fiscal year's end whose roll rates its allowance rests on; 36 unless
    said otherwise.
    """

    days_past_due: Dated[AtLeastOne]
    final_accounts_only: Dated[bool]
    recovery_reinstates_debt: Dated[bool]
    loss_window_months: Dated[AtLeastOne]
    average_months: Dated[AtLeastOne] | None = None


class WinterAverage(Strict):
    """Sewer use taken from winter water use."""

    months: Dated[list[Month]]
    months_by: Dated[Literal["read_date"]]
    min_reads: Dated[AtLeastOne]
    same_address: Dated[Literal[True]]
    decimals: Dated[Whole]
    applies_from_month: Dated[Month]
    applies_by: Dated[Literal["bill_date"]]
    class_with_average: Dated[Code]
    class_without_average: Dated[Code]
    estimated_reads: Dated[Literal["counted_and_flagged", "left_out"]]


class Estimates(Strict):
    """Use put in where a meter was not read.

    An estimate further than `tolerance_percent` from the policy's own is flagged.
    """

    months: Dated[AtLeastOne]
    min_months: Dated[AtLeastOne]
    without_history: Dated[Literal["class_average"]]
    services: Dated[list[Service]]
    negative_true_up: Dated[Literal["credit", "hold_at_zero"]]
    left_out_of: Dated[list[Literal["elasticity", "high_low_check"]]]
    tolerance_percent: Dated[Percent] | None = None
    sewer_ccf_without_history: Dated[Positive] | None = None


class Reads(Strict):
    """Meter reading; when a read is an outlier, and a register stands still (docs/reads.md)."""

    by: Dated[Literal["city", "water_provider"]]
    cycles: Dated[AtLeastOne]
    first_cycle_day: Dated[Annotated[int, Field(ge=1, le=31)]] | None = None
    max_gap_days: Dated[AtLeastOne]
    outlier_times: Dated[Positive] | None = None
    outlier_least_steps: Dated[AtLeastOne] | None = None
    stuck_reads: Dated[AtLeastOne] | None = None
    stuck_least_steps: Dated[AtLeastOne] | None = None
    days_apart_within: Dated[AtLeastOne] | None = None
    same_day_services: Dated[list[Service]] | None = None
    refused_commodities: Dated[list[Literal["gas"]]] | None = None
    corrected_read_makes: Dated[Literal["rebill"]]


class Programme(Strict):
    """A programme that pays or reduces part of a bill."""

    title: Dated[Text]
    kind: Dated[Literal["discount", "credit"]]
    services: Dated[list[Service]] | None = None
    max_usd_per_month: Dated[Money] | None = None
    season_from_month: Dated[Month] | None = None
    season_to_month: Dated[Month] | None = None
    last_application_on: Dated[date] | None = None


class BudgetBilling(Strict):
    """Level payments."""

    offered: Dated[bool]
    receivable_from: Dated[Literal["level_amount"]]
    settled_every_months: Dated[AtLeastOne]
    catch_up_is_delinquent: Dated[bool]
    one_time_credit_percent_per_month: Dated[Percent] | None = None


class Deposits(Strict):
    """Security money: a liability, never netted against what is owed."""

    taken: Dated[bool]
    netted_in_aging: Dated[bool]
    initial_usd: dict[Service, Dated[Money]] = {}
    interest_percent: Dated[Percent]
    refund_after_months: Dated[Whole]


class Finance(Strict):
    """How sufficiency is counted; what it is held against are the tests of `assumptions.yml`.

    `pilot_line`, `interest_line`, `penalty_line`: the chart's lines of the payment in lieu of taxes, of
    interest and of penalties; `pilot`, `interest_income` and `penalty_revenue` unless said otherwise.
    `new_debt_lien`: of debt to come; `senior` unless otherwise.
    """

    reviewed_every_months: Dated[AtLeastOne]
    pilot_treatment: Dated[Literal["transfer", "operating_expense"]]
    rate_notice_days: Dated[Whole]
    loan_instalments_are_revenue: Dated[bool]
    waiver_clean_months: Dated[AtLeastOne]
    new_debt_lien: Dated[Literal["senior", "subordinate", "srf", "go"]] | None = None
    pilot_line: Dated[Text] | None = None
    interest_line: Dated[Text] | None = None
    penalty_line: Dated[Text] | None = None


class Impact(Strict):
    """How the cost of an event is counted: what money that comes later costs, a percent a year."""

    carrying_rate_percent: Dated[Percent] | None = None


class PoliciesFile(Strict):
    """`policies.yml`. Values hold from `effective_from` on unless they say otherwise."""

    effective_from: date
    application_order: ApplicationOrder
    billing: Billing
    penalty: Penalty
    fees: Fees
    payments: Payments
    autopay: Autopay
    aging: Aging
    disconnect: Disconnect
    agreements: Agreements
    disputes: Disputes
    leak_credit: LeakCredit
    refunds: Refunds
    write_off: WriteOff
    winter_average: WinterAverage | None = None
    estimates: Estimates
    reads: Reads
    assistance: dict[Code, Programme] = {}
    budget_billing: BudgetBilling
    deposits: Deposits
    finance: Finance
    impact: Impact = Impact()
    contacts: dict[Code, Dated[Text]] = {}
