"""Words of the pages of penalties, collections, shut-offs and payments: what their codes are called."""

from __future__ import annotations

from dashboards import words

# Why a penalty is not what policy expects (`reason` of fct_penalties).
PENALTY_REASONS = {
    "none": "As policy says",
    "not_yet": "Due by policy, not posted yet",
    "before_data": "No penalty date yet: older than the data",
    "no_penalty_date": "Charged on a bill that bears none",
    "in_waiver": "Charged in spite of a waiver",
    "waived_without_event": "Taken back without a waiver in force",
    "late_return": "Not charged after a payment came back",
    "not_delivered": "Adjustments not delivered: not known",
    "not_assessed": "Due and not charged",
    "second_penalty": "Charged twice for one bill",
    "class": "Class that bears no penalty",
    "agreement": "Kept agreement that puts all off",
    "autopay_outage": "Draft that the city could not run",
    "disputed_part": "Charged on a disputed part",
    "agreed_part": "Charged on what an agreement puts off",
    "received_in_time": "Charged on money received in time",
    "no_base": "Charged where nothing was owed",
    "wrong_base": "Charged on another amount",
}
NOT_CHARGED = "Penalty not charged because of the waiver"

CHANNELS = {
    "autopay": "Automatic payment",
    "online": "Online",
    "phone": "Phone",
    "mail": "Mail",
    "walk_in": "Counter",
    "drop_box": "Drop box",
    "agent": "Agent",
    "assistance": "Assistance",
}
FEES = {
    "returned_payment_fee": "Returned payment",
    "disconnect_fee": "Shut-off",
    "reconnect_fee": "Reconnection",
    "customer_fee": "Payment fee, paid by the customer",
    "absorbed_fee": "Payment fee, absorbed by the city",
}


def penalty_reason(code: str) -> str:
    """Why a penalty differs from the policy, in plain words."""
    return PENALTY_REASONS.get(code, words.sentence(code))


def listed(codes: str | None) -> str:
    """Codes in a row as words: `cash,card` is `Cash, card`; nothing is nothing."""
    return ", ".join(code.replace("_", " ") for code in (codes or "").split(",")).capitalize()


def channel(code: str) -> str:
    """A way to pay."""
    return CHANNELS.get(code, words.sentence(code))


def fee(code: str) -> str:
    """What a fee is for."""
    return FEES.get(code, words.sentence(code))


# What stands in the way of a shut-off (codes of `blocked_by`).
HOLDS = {
    "moratorium": "No shut-offs (moratorium)",
    "agreement": "Agreement, kept",
    "dispute": "Bill disputed, undecided",
    "medical": "Medical hold",
    "weather": "Weather hold",
    "bankruptcy": "Bankruptcy",
    "other": "Other hold",
    "payment": "Money received, not yet posted",
    "notice": "Notice missing or too young",
    "already_off": "Already off",
}
FREE = "Nothing: may be shut off"
AGREEMENTS = {
    "kept": "Running, kept",
    "completed": "Completed",
    "broken": "Broken",
    "replaced": "Replaced by a later one",
    "refused": "Against the policy",
}
NOT_LEGAL_ADVICE = (
    "This is not legal advice. The list applies the utility's policy file to what was delivered; before "
    "anyone is shut off, the notices, holds and the law in force have to be checked."
)


def hold(code: str) -> str:
    """What stands in the way of a shut-off."""
    return HOLDS.get(code, words.sentence(code))


def hold_or_free(code: str) -> str:
    """A choice of the filter: what stands in the way, or that nothing does."""
    return FREE if code == "free" else hold(code)


def holds(blocked_by: str | None) -> str:
    """All that stands in the way: `Agreement, kept; medical hold`."""
    known = [hold(code.strip()) for code in (blocked_by or "").split(",") if code.strip()]
    text = "; ".join([*known[:1], *(word[:1].lower() + word[1:] for word in known[1:])])
    return text or FREE


def agreement(status: str) -> str:
    """How an agreement stands."""
    return AGREEMENTS.get(status, words.sentence(status))


STATES = {
    "past_due": "Past due",
    "delinquent": "Delinquent",
    "shutoff_eligible": "Far enough behind",
}
SEGMENTS = {"class": "Class", "service": "Service", "group": "Billing group", "habit": "Payment habit"}


def segment(kind: str, code: str) -> str:
    """A segment of a kind."""
    if code == "none":
        return "Not known"
    return {"service": words.service, "group": words.group}.get(kind, words.sentence)(code)


COHORTS = {
    "usual": "Other months",
    "waiver": "Waiver, moratorium or closed way to pay",
    "standstill": "No bills sent in that month, or not all",
}


# What was done against the policy (`finding` of rpt_policy_findings).
FINDINGS = {
    "tender_not_taken": "Not taken in this way",
    "card_brand_not_taken": "Card of a brand that is not taken",
    "check_after_returns": "Check after too many returned ones",
    "check_while_shut_off": "Check while shut off",
    "posted_later": "Posted later than it should have been",
    "channel_closed": "Received by a way that was closed",
    "draft_not_enrolled": "Drawn without automatic payment in force",
    "draft_without_bill": "Drawn without a bill that was due",
    "due_in_another_week": "Bill due in another week than its group's",
    "view_fee": "Fee for a view of the account",
    "unexplained_charge": "Charge that names no ground",
    "second_leak_credit": "More leak credits than allowed",
    "leak_credit_in_wrong_month": "Leak credit posted in another month",
    "shutoff_too_early": "Shut off before it was far enough behind",
    "shutoff_in_moratorium": "Shut off in a moratorium",
    "shutoff_under_agreement": "Shut off while an agreement was kept",
    "shutoff_during_dispute": "Shut off while a bill was disputed",
    "shutoff_during_hold": "Shut off in spite of a hold",
    "shutoff_on_void_notice": "Shut off on a notice that a moratorium voided",
    "shutoff_without_notice": "Shut off without a notice",
    "shutoff_before_notice_ran": "Shut off before the notice was old enough",
    "agreement_schedule_differs": "Agreement whose schedule does not add up",
    "dispute_too_late": "Dispute filed too late",
}


def finding(code: str) -> str:
    """What was done against the policy, in plain words."""
    return FINDINGS.get(code, words.sentence(code))


OWED_BACK = {
    "refundable": "Asked for: to be paid out",
    "on_request": "Large enough, not asked for",
    "closed": "Account closed: to be paid out",
    "refund_due": "To be given back",
    "apply_to_final": "To be applied to the final bill",
}


def owed_back(answer: str) -> str:
    """What is to be done with a credit or a deposit."""
    return OWED_BACK.get(answer, words.sentence(answer))
