"""The words of the pages: what codes of the warehouse are called where people read them."""

from __future__ import annotations

MARK_OF_ASSUMED = "\N{DAGGER}"

# The age columns of a mart, in order, with their labels. The due date itself is not yet late.
BUCKETS = {
    "not_yet_due_usd": "Not yet due",
    "d1_30_usd": "1\N{EN DASH}30 days",
    "d31_60_usd": "31\N{EN DASH}60",
    "d61_90_usd": "61\N{EN DASH}90",
    "d91_120_usd": "91\N{EN DASH}120",
    "over_120_usd": "Over 120",
}
UNAPPLIED = "Unapplied credit"

BASES = {"due_date": "Due date", "bill_date": "Bill date"}
# By the bill date, a bill is "not yet due" on the day that it is sent and 1 day old on the next.
FIRST_BUCKET = {"due_date": "Not yet due", "bill_date": "Billed that day"}

DIMENSIONS = {"service": "Service", "class": "Customer class", "group": "Billing group"}

EVENTS = {
    "channel_outage": "payment outage",
    "billing_suspension": "no bills sent",
    "penalty_waiver": "late fees waived",
    "shutoff_moratorium": "no shut-offs",
    "fee_waiver": "payment fees waived",
}

# While these lasted, bills or payments were not possible at all.
STANDSTILLS = ("channel_outage", "billing_suspension")

STATUSES = {
    "active": "Active",
    "disconnected_nonpay": "Shut off for non-payment",
    "final": "Final bill",
    "inactive": "Inactive",
}

# Steps of the roll-forward, in the order in which they are added.
ROLLFORWARD = {
    "opening_usd": "Opening",
    "billed_usd": "Billed",
    "penalties_usd": "Penalties",
    "fees_usd": "Fees",
    "other_charges_usd": "Other charges",
    "returns_usd": "Returned payments",
    "refunds_usd": "Refunds",
    "payments_usd": "Payments",
    "credits_usd": "Credits",
    "write_offs_usd": "Write-offs",
    "recoveries_usd": "Recoveries",
    "transfers_usd": "Transfers",
    "closing_usd": "Closing",
}
ALWAYS_SHOWN = ("opening_usd", "billed_usd", "payments_usd", "closing_usd")

_KINDS = {
    ("charge", "regular"): "Bill",
    ("charge", "final"): "Final bill",
    ("charge", "rebill"): "Corrected bill",
    ("cancellation", None): "Bill cancelled",
    ("penalty", None): "Late penalty",
    ("payment", "online"): "Payment online",
    ("payment", "mail"): "Payment by mail",
    ("payment", "walk_in"): "Payment at the counter",
    ("payment", "phone"): "Payment by phone",
    ("payment", "drop_box"): "Payment in the drop box",
    ("payment", "agent"): "Payment at an agent",
    ("return", None): "Returned payment",
    ("transfer", None): "Balance transferred",
}


def posting(kind: str, detail: str | None) -> str:
    """What a posting is called: `Payment by mail`, `Late penalty`, `Leak credit`."""
    known = _KINDS.get((kind, detail)) or _KINDS.get((kind, None))
    if known:
        return known
    if kind in ("fee", "adjustment", "write_off") and detail:
        return sentence(detail)
    return f"{sentence(kind)} ({sentence(detail).lower()})" if detail else sentence(kind)


def sentence(code: str | None) -> str:
    """A code as words: `returned_payment_fee` is `Returned payment fee`."""
    return "" if not code else code.replace("_", " ").capitalize()


def service(code: str | None) -> str:
    """A service; what has none stands at the account."""
    return "Account, no service" if code == "account" else sentence(code)


def status(code: str | None) -> str:
    """An account's status in plain words."""
    return STATUSES.get(code or "", sentence(code))


def group(code: str | None) -> str:
    """A billing group by its number."""
    return f"Group {code}" if code else "No group"


def member(dimension: str, code: str | None) -> str:
    """A member of a dimension of the aging explorer."""
    if code is None:
        return "Not known"
    return {"service": service, "group": group, "status": status}.get(dimension, sentence)(code)


def bucket_labels(basis: str = "due_date") -> dict[str, str]:
    """The age columns and their labels on a basis."""
    return BUCKETS | {"not_yet_due_usd": FIRST_BUCKET[basis]}


def event_label(kinds: list[str]) -> str:
    """Several kinds of events in one label, the outage first."""
    present = [label for kind, label in EVENTS.items() if kind in kinds]
    text = ", ".join(present)
    return text[:1].upper() + text[1:]


# Why a bill differs from the tariff (`reason` of fct_bill_audit).
AUDIT_REASONS = {
    "none": "Agrees to the cent",
    "rounding": "Rounding only",
    "estimate": "Estimated read, put right since",
    "cancelled": "Bill cancelled since",
    "missing_base": "Base charge missing",
    "tax_not_due": "Tax where none is due",
    "wrong_winter_average": "Wrong winter average",
    "wrong_usage": "Other use than the reads show",
    "wrong_rate_version": "Rates of another time",
    "wrong_class": "Rates of another class",
    "wrong_meter_size": "Charges of another meter size",
    "wrong_months": "Wrong number of months",
    "service_not_billed": "Service left out",
    "billed_twice": "Days billed twice",
    "no_tariff": "No tariff for it",
    "no_use": "No use to price it by",
    "unexplained": "Not explained by one mistake",
}

# Where a bill's use comes from, and what it is priced on.
USAGE_BASES = {"actual": "as read", "estimated": "estimated", "winter_average": "winter average"}

FINDINGS = {
    "active_without_bill": "In service, without a bill",
    "provider_active_without_account": "Water customer without an account here",
    "account_without_provider_active": "Account here, not on the water provider's list",
}
MISSED_BASES = {
    "reads": "a bill for each read",
    "reads_and_base": "a bill for each read, base charges after the last one",
    "base_only": "base charges alone: the least that was missed",
    "none": "lists disagree; no revenue computed",
}

ESTIMATE_REASONS = {
    "estimated_weather_count": "Estimated: weather",
    "estimated_access_count": "Estimated: no access",
    "estimated_other_count": "Estimated: other or no reason given",
}
# What can be said of a read: in words, in a header, and the column that counts it by month.
READ_FLAGS = {
    "estimated": ("Estimated", "Estimated", "estimated_count"),
    "true_up": ("First true read after estimates", "True after estimates", "true_up_count"),
    "stuck": ("Register stands still", "Stuck", "stuck_count"),
    "gap": ("Long gap before it", "After a gap", "gap_count"),
    "read_missing": ("A read before it is missing", "After a lost read", "read_missing_count"),
    "outlier": ("Far from the year before", "Outlier", "outlier_count"),
    "negative": ("Use below zero", "Below zero", "negative_count"),
    "falling": ("Reading fell", "Fell", "falling_count"),
    "days_apart": ("Other meter read on another day", "Days apart", "days_apart_count"),
    "usage_differs": ("Billed use is not that of the readings", "Use differs", "usage_differing_count"),
    "duplicate": ("Second read of a day", "Twice a day", "duplicate_count"),
}


def audit_reason(code: str) -> str:
    """Why a bill differs, in plain words."""
    return AUDIT_REASONS.get(code, sentence(code))


def read_flags(flags: str | None) -> str:
    """All that can be said of a read: `Register stands still; long gap before it`."""
    known = [READ_FLAGS.get(flag, (sentence(flag),))[0] for flag in (flags or "").split(",") if flag]
    text = "; ".join(word[:1].lower() + word[1:] for word in known)
    return text[:1].upper() + text[1:]


def fiscal_year(year: int | None) -> str:
    """A fiscal year by the calendar year in which it ends."""
    return "All years" if year is None else f"FY {year}"


# What a value of the policy decides, by how its subject begins or what it contains; the first that fits.
_DECIDES = {
    "penalty.due": "when penalties and fees fall due",
    "fees.due": "when penalties and fees fall due",
    "billing.due_date_rolls": "whether a due date on a weekend or holiday moves",
    "billing.due": "when bills fall due",
    "penalty.": "which penalty a late bill bears",
    "fees.": "which fees are charged",
    "payments.": "which ways to pay are taken",
    "autopay.": "when automatic payments are drawn",
    "disconnect.": "who may be shut off, and after which notices",
    "agreements.": "what a payment agreement may be, and what it puts off",
    "disputes.": "how long a bill can be disputed, and what that puts off",
    "deposits.": "how deposits are held",
    "write_off.": "which debts may be written off",
    "(due_date_extension)": "for how long due dates were extended",
    "order in which payments are applied": "the order in which payments are applied",
    "billing.prorate": "how base charges and blocks follow the months of a bill",
    "billing.months": "how many months a bill covers",
    "billing.default_meter_size": "the meter size where none is known",
    "winter_average.": "how the winter average is formed",
    "reads.": "which gap between reads is too long",
    "estimates.": "how estimates are made",
    "finance.pilot": "whether a payment in lieu of taxes is a transfer or operating expense",
    "finance.new_debt_lien": "which lien debt to come has",
    "finance.interest": "on which line interest stands",
    "finance.rate_notice": "how long before an adjustment it must be announced",
    "fund of what has no service": "which fund holds what belongs to no service",
}


def decides(subject: str) -> str:
    """What an assumed value decides, in plain words; the rule's name stands in the folded list."""
    return next((text for part, text in _DECIDES.items() if part in subject), "a rule in the list below")


CHARGES = {
    "base": "Base charge",
    "volume": "Volume",
    "demand": "Demand",
    "minimum": "Minimum bill",
    "fire_protection": "Fire protection",
    "pilot": "Payment in lieu of taxes",
    "franchise": "Franchise fee",
    "tax": "Sales tax",
}
UNITS = {
    "kwh": "kWh",
    "cf": "cubic foot",
    "gal": "gallon",
    "kgal": "thousand gallons",
    "kw": "kW",
    "kva": "kVA",
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ASSUMED_PRICES = "marks what rests on assumed prices; the page Tariffs names each with its source."
ASSUMED_SOURCE = "marks a price that is assumed: its source says less, or none is known."
HOLDS = {True: "every version of the year", False: "bills of the version of {day} only"}
EFFECTIVE_ON = {
    "usage": "by the day of use: a bill over the change is split",
    "bill": "by the bill date: all of a bill has the rates of its day",
}


def charge(code: str) -> str:
    """What a charge of a tariff is called."""
    return CHARGES.get(code, sentence(code))


def unit(code: str) -> str:
    """What a unit is called after a quantity or `a`."""
    return UNITS.get(code, code)


def per(code: str) -> str:
    """What a charge is for each of, where it stands in a table."""
    return "percent of the other charges" if code == "percent" else f"a {unit(code)}"


def season(code: str) -> str:
    """The days of a season: `06-01/10-31` is `1 Jun to 31 Oct`."""
    if not code:
        return "all year"
    days = (day.split("-") for day in code.split("/"))
    return " to ".join(f"{int(number)} {_MONTHS[int(month) - 1]}" for month, number in days)


def counts(basis: str, kind: str) -> str:
    """What a price is multiplied by."""
    if kind in ("blocks", "seasonal_blocks"):
        return "winter average" if basis == "winter_average" else "measured use"
    return {"demand": "highest demand", "percent": "the service's other charges"}.get(kind, "month")
