"""The mistakes that can be planted, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CITIES = ("independence", "warrensburg")
Shows = Literal["rejected", "unchanged", "loaded"]


@dataclass(frozen=True)
class Defect:
    """One kind of mistake.

    Attributes:
        name: how the answer sheet calls it.
        title: what it is, in plain words.
        rule: the rule that it breaks.
        entity: where it stands.
        finding: what is to be found.
        shows: what becomes of the row: `rejected` with a reason, `unchanged` or `loaded` and findable.
        reason: how the reason begins or what it contains, where rows are rejected.
        in_books: whether the billing system believes it, so that books and balances contain it.
        cities: where it is planted.
        from_start: whether its chance may come in the first days.
    """

    name: str
    title: str
    rule: str
    entity: str
    finding: str
    shows: Shows = "loaded"
    reason: str = ""
    in_books: bool = True
    cities: tuple[str, ...] = CITIES
    from_start: bool = False


_INDEPENDENCE, _WARRENSBURG = (CITIES[0],), (CITIES[1],)

DEFECTS: tuple[Defect, ...] = (
    Defect(
        "wrong_winter_average",
        "A summer bill on the month's own use in place of the winter average",
        "R04",
        "bills",
        "The quantity billed as winter average is not the mean of the home's reads of January to March.",
        cities=_WARRENSBURG,
    ),
    Defect(
        "tax_on_home",
        "Sales tax on a home",
        "W13",
        "bills",
        "A residential bill has a line of code tax.",
    ),
    Defect(
        "missing_base",
        "A bill without its base charge",
        "R14",
        "bills",
        "The regular bill of an active account has no base charge.",
    ),
    Defect(
        "wrong_rate_version",
        "A bill at the rates of the year before",
        "R01",
        "bills",
        "The bill's rates are those of an earlier version of the tariff.",
        cities=_INDEPENDENCE,
        from_start=True,
    ),
    Defect(
        "never_billed",
        "An active account that gets no bill for months",
        "R14",
        "accounts",
        "The meter is read and no bill follows for seven statements; the use is never billed.",
    ),
    Defect(
        "penalty_in_waiver",
        "A penalty that was not waived while all were",
        "R60",
        "adjustments",
        "A penalty posted while an event waives penalties stands without its waiver.",
        from_start=True,
    ),
    Defect(
        "card_at_agent",
        "A card at the agent, who takes none",
        "R40",
        "payments",
        "Channel agent with tender card.",
        cities=_WARRENSBURG,
    ),
    Defect(
        "american_express",
        "A card of a brand that is not taken",
        "R40",
        "payments",
        "The card brand is none of Visa, MasterCard and Discover.",
    ),
    Defect(
        "check_after_three_returns",
        "A check taken after three returned payments",
        "R36",
        "payments",
        "Three payments of the account came back before, and a check was taken all the same.",
    ),
    Defect(
        "check_while_shut_off",
        "A check taken from an account that is shut off",
        "R45",
        "payments",
        "The account is shut off for non-payment on the day on which the check is received.",
        from_start=True,
    ),
    Defect(
        "posted_later_online",
        "Online money posted on a later day",
        "R88",
        "payments",
        "Channel online with posted_on after received_on.",
    ),
    Defect(
        "second_leak_credit",
        "Two leak credits at one address and account",
        "R53",
        "adjustments",
        "The account has a second leak credit.",
        from_start=True,
    ),
    Defect(
        "view_fee",
        "A fee for looking at the account",
        "R85",
        "adjustments",
        "An other_charge of $2.00 with the document 'account view': looking at the account is free.",
    ),
    Defect(
        "fee_on_declined_card",
        "The fee of a returned payment on a declined card",
        "R94",
        "adjustments",
        "A returned_payment_fee without a returned payment: the automatic card was declined.",
    ),
    Defect(
        "read_days_apart",
        "Water and electricity read on different days",
        "R89",
        "reads",
        "The water read of the premise is dated a day before the electric one of the same cycle.",
        in_books=False,
        cities=_INDEPENDENCE,
    ),
    Defect(
        "falling_read",
        "A read below the one before",
        "R77",
        "reads",
        "The reading is lower than the one before, and the register has not rolled over.",
        in_books=False,
    ),
    Defect(
        "duplicate_row",
        "A row that stands in its file twice",
        "extracts",
        "reads",
        "The exact copy counts as unchanged.",
        shows="unchanged",
        in_books=False,
    ),
    Defect(
        "two_versions",
        "One key twice in a file, with different content",
        "extracts",
        "reads",
        "Neither row is trusted.",
        shows="rejected",
        reason="in this file more than once with different content",
        in_books=False,
    ),
    Defect(
        "zone_00",
        "An account of a zone that does not exist, with a bill",
        "R15",
        "accounts",
        "The account number does not begin with one of the four zones; its bill names an unknown account.",
        shows="rejected",
        reason="which the policy asks of account ids",
        in_books=False,
        cities=_WARRENSBURG,
    ),
    Defect(
        "card_number_in_note",
        "A card number in a note",
        "extracts",
        "adjustments",
        "Only the last four digits are kept.",
        in_books=False,
    ),
    Defect(
        "contact_in_note",
        "A telephone number or an e-mail address in a note",
        "extracts",
        "adjustments",
        "The note holds personal data.",
        in_books=False,
    ),
    Defect(
        "gas_meter",
        "A gas meter",
        "R82",
        "meters",
        "The service is none that the utility reads.",
        shows="rejected",
        reason="service: 'gas' is not one of",
        in_books=False,
        cities=_INDEPENDENCE,
        from_start=True,
    ),
    Defect(
        "unknown_account",
        "A payment for an account that does not exist",
        "extracts",
        "payments",
        "The payment names an account that was never delivered.",
        shows="rejected",
        reason="unknown account",
        in_books=False,
    ),
    Defect(
        "return_above_payment",
        "A return of more than was paid",
        "extracts",
        "payment_returns",
        "The return is $100.00 above its payment.",
        shows="rejected",
        reason="the return is more than what is left of payment",
        in_books=False,
    ),
)
BY_NAME = {defect.name: defect for defect in DEFECTS}
