"""Words of the page and the memo on what an episode cost: what its codes are called."""

from __future__ import annotations

from collections.abc import Mapping

from dashboards import words

WAIVER, EVENT = "waiver", "event"
QUESTIONS = {WAIVER: "Cost of the waiver", EVENT: "Cost of the event"}
ASKED = {
    WAIVER: "only the waiver absent; suspended bills and longer due dates as they were",
    EVENT: "neither outage nor waivers",
}
TOTAL = "total"
APPLIED, BEST = "rules_applied", "cohort_curves"
METHODS = {
    APPLIED: "Rules applied to what happened",
    BEST: "Best estimate (people would have paid sooner)",
    "prior_year": "Same months of the year before",
    "difference_in_differences": "Against services that were not touched",
}
BY_THE_RULES = "by the rules"
SHORT_METHODS = {APPLIED: "Rules applied", BEST: "Best estimate"}
ASSESSED, COLLECTED = "As assessed", "As would have been collected"

# Component to its words: delayed before lost, in this order; what was received, and what is only shown.
COMPONENTS = {
    "unbilled": "Service not yet billed",
    "billed_late": "Billed late",
    "collected_late": "Paid late",
    "never_collected": "Never paid",
    "penalties": "Penalties not charged",
    "disconnect_fees": "Shut-off and reconnect fees not charged",
    "card_fees": "Card fees paid by the city",
    "assistance": "Assistance received",
    "true_ups": "Estimates put right later",
    "unrelated_credits": "Unrelated credits",
}
# Lines of the revenue requirement that are no parts of the cost.
LINES = {
    "uncollectible": "Written off, less recovered",
    "carrying_cost": "Interest on money that came late",
}
LINE_KINDS = {"revenue": "revenue", "revenue_reduction": "less revenue", "expense": "an expense"}
BRIDGE = (
    "A bridge, never an added line: the books of these years already contain it, and no later year "
    "carries it."
)
# What is assessed and may then be collected or not; of all other parts the amount is the money itself.
ASSESSED_PARTS = ("penalties", "disconnect_fees", "card_fees")
NATURES = {
    "delayed": "Only came late",
    "lost": "Lost",
    "against": "Received against it",
    "apart": "Apart, not counted",
}
GROUPS = {"delayed": "Only came late", "lost": "Lost", "against": "Against it", "apart": "Not counted"}
SHORT_NATURES = {"delayed": "Late", "lost": "Lost", "against": "Against it", "apart": "Not counted"}
DIMENSIONS = {
    "month": "Month",
    "fiscal_year": "Fiscal year",
    "customer_class": "Class",
    "prior_arrears": "Owed before",
    "covered_by": "Event",
}
PRIOR_ARREARS = {
    "none": "Nothing past due before",
    "d1_30": "1\N{EN DASH}30 days late before",
    "d31_90": "31\N{EN DASH}90 days late before",
    "over_90": "Over 90 days late before",
    "new": "Account opened since",
    "unknown": "Not known: the data begin later",
}
HELP_GROUPS = {
    "already_behind": "Already behind before it began",
    "newly_late": "Newly late",
    "opened_since": "Account opened since",
    "unknown": "Not known: the data begin later",
    "on_time": "On time: no penalty was due",
}
EVENT_KINDS = words.EVENTS | {
    "due_date_extension": "longer to pay",
    "one_time_credit": "credit to customers",
}
# Of an event that had begun before another that would have done the same.
ALREADY = {
    "penalty_waiver": "Late fees were already waived",
    "fee_waiver": "Payment fees were already waived",
    "shutoff_moratorium": "Shut-offs had already stopped",
    "billing_suspension": "No bills were sent already",
    "channel_outage": "Ways to pay were already closed",
    "due_date_extension": "There was already longer to pay",
}
EITHER = "Either alone would have done it"
TOGETHER = "All events together: they cannot be told apart"
UNTIL_FURTHER_NOTICE = "until further notice"
CLUSTERS = {"accounts in lots": "lots of accounts"}
PARTS = {"cost": "What it cost", "recovery": "Recovery and help"}


def component(code: str) -> str:
    """What a part of the cost is called, or a line of the requirement that it changed."""
    return COMPONENTS.get(code) or LINES.get(code, words.sentence(code))


def method(code: str) -> str:
    """How a figure was worked out."""
    return METHODS.get(code, words.sentence(code))


def event_kind(code: str) -> str:
    """What an event does, as a heading."""
    text = EVENT_KINDS.get(code, words.sentence(code))
    return text[:1].upper() + text[1:]


def prior_arrears(code: str) -> str:
    """How late an account was before the episode."""
    return PRIOR_ARREARS.get(code, words.sentence(code))


def help_group(code: str) -> str:
    """A group of accounts that the waiver did or did not help."""
    return HELP_GROUPS.get(code, words.sentence(code))


def covered_by(code: str, titles: Mapping[str, str]) -> str:
    """Because of which events: one, or several of which either alone would have done it.

    Args:
        code: the events' ids, joined by commas.
        titles: of the events by id.
    """
    if code == "together" or code.startswith("episode:"):
        return TOGETHER
    named = [titles.get(event_id, words.sentence(event_id)) for event_id in code.split(",")]
    return named[0] if len(named) == 1 else f"{EITHER}: {'; '.join(named)}"


def clusters(kind: str | None) -> str:
    """What was drawn anew to find the ranges."""
    return CLUSTERS.get(kind or "", kind or "")


# Of what came late because of the event: where it is told, and of a month end while bills are held back.
AT_THE_END = "as the event's measures ended"
READS_HIGH = "this reads up to a fifth too high"
WHY_HIGH = (
    "bills held back are restated into equal months, some of which fall just after a month end instead of "
    "before it, so that too little is expected to be open. In simulated cities the ranges there often miss "
    "the truth (docs/impact_study.md)"
)

ANYWAY = "An event of another episode would have done it too; in no sum."

# What a part of the cost means, and why it is what it is: one line each, for paper.
MEANS = {
    "unbilled": "Service given by that day for which no bill had been sent.",
    "billed_late": "Bills that went out later than they usually do.",
    "collected_late": "What was open on that day, bills sent too late in it, beyond what usually is.",
    "never_collected": "The part of what is late that is not expected to come.",
    "penalties": "Late penalties that were not charged: the part that would have been paid.",
    "disconnect_fees": "Fees of shut-offs that did not take place; the work was saved too.",
    "card_fees": "What the city paid the processor in the customers' place, so far.",
    "assistance": "What programmes paid for customers in that time.",
    "true_ups": "What the first true read after estimates gave or took back: moved between bills; in no sum.",
    "unrelated_credits": "Credits of that time that are no consequence of it; in no sum.",
}
