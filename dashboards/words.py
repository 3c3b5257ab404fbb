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
    "(due_date_extension)": "for how long due dates were extended",
    "order in which payments are applied": "the order in which payments are applied",
    "billing.prorate": "how base charges and blocks follow the months of a bill",
    "billing.months": "how many months a bill covers",
    "billing.default_meter_size": "the meter size where none is known",
    "winter_average.": "how the winter average is formed",
    "reads.": "which gap between reads is too long",
    "estimates.": "how estimates are made",
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


SETTLEMENT = (
    "Payments cover the oldest due date first. A credit that names a bill reduces that bill first. "
    "A returned payment counts as never received from its return date on, so what it had covered is open "
    "again with its original due date. What is paid beyond all open items is unapplied credit: it belongs "
    "to the account, has no service and never ages. Open amounts and pairs are those of the as-of date "
    "and use nothing that was posted after it."
)
DEFINITIONS = {
    "Owed": "Every posting dated on or before the as-of date, added up. It equals the open items by "
    "age less unapplied credit.",
    "Days late": "As-of date less the due date in force. The due date itself is not yet late.",
    "Over 90 days": "Open items 91 days late or more, before unapplied credit; its share is of all "
    "open items.",
    "Unapplied credit": "Paid or credited beyond all open items of the account. It is never set "
    "against another customer's debt.",
    "Ties to the books": "The ledger's receivable at the month end less the general ledger's, fund by fund.",
    "Changed since the build before": "What both builds say was owed at the last month end that both know. "
    "Rows delivered late or restated change it.",
    "Revenue of the year": "Every bill of the fiscal year priced by the rate engine, line by line and "
    "rounded as the bills are, less cancelled bills. Distinct units are priced once, times how often they "
    "were billed: equal to the cent to pricing every bill. What is collected for others, such as sales tax, "
    "is no revenue.",
    "Under these rates": "The same bills with the same use at the prices in the table. That people use less "
    "where a price rises is not in it.",
    "Median bill": "What one month costs at the median use of the class, all charges and taxes of the "
    "service included.",
    "Percentile": "At the 25th percentile a quarter of the year's bills have that use a month or less. Short "
    "and cancelled bills are left out.",
    "Rates all year": "The edited prices replace the class's prices in every version in force in the fiscal "
    "year. A bill that is split over a change of rates stays split, and each part is rounded.",
    "Version": "A tariff file replaces the one before it whole, from its first day on.",
    "Bill calculator": "One bill under one version, by the engine that recomputes every bill. A bill whose "
    "days span a change of rates has a part for each version; calculate each part with its own months.",
    "Exact to the cent": "Every bill and service is computed again from reads, winter average and "
    "tariff in force; the share of them whose billed amount is the same to the cent. Deposits, loan "
    "instalments and connection fees stand beside the tariff and are left out, "
    "and so are bills cancelled since.",
    "Mistakes found": "Bills whose difference has a cause that must be corrected. Rounding, estimates "
    "that a later true read put right and cancelled bills are no mistakes. At stake: the differences "
    "added up, too much and too little alike.",
    "Never billed": "Days of service that no bill covers, priced from the reads in them, or by base "
    "charges alone where there are none. A customer of the water provider without an account here "
    "counts with base charges.",
    "Estimated read": "The reader put in what the meter would show, because of weather or no access; "
    "the next true reading corrects it. The share is of all reads but those of a change of meter.",
    "Earned": "Revenue of the month's days of service, whenever they were billed: each bill is spread "
    "evenly over its days. What is collected for others is no revenue.",
    "Billed": "Revenue on the bills dated in the month, less cancelled ones.",
    "Unbilled": "Service given and not yet billed at the month's end. As could be known then: days "
    "since the last read, usual use, rates in force. As it turned out: the later bills' part for those "
    "days. The error is the first less the second.",
    "Winter average": "The mean monthly use of the periods read in January, February and March; a "
    "home's sewer charge rests on it from April. A home without enough winter reads pays by its own "
    "use.",
    "Reasons": "One thing is changed at a time (the use, the version of the rates, the months, the "
    "class, the meter size); what reproduces the bill to the cent is the reason. Where nothing does, it "
    "is not explained.",
    "Proof of revenue": "Every distinct use, priced once by the tariff in force and multiplied by its number "
    "of bills, against what was billed. What is left is not explained; over 1 % it is marked, as is a "
    "difference to the books over 1 %.",
    "Books": "Rate revenue of the general ledger by service and class, against the revenue on the bills of "
    "the fiscal year.",
    "Bill frequency": "Bills by their use of a month. A block sells the use that falls into its bands, "
    "so that other bounds can be judged from here.",
}
