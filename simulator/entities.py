"""Raw arrays to the rows of the contract: the only place that knows an extract's columns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from simulator import columns as col
from simulator import entities_metering as metering
from simulator.accounts import AUTOPAY, NEVER, OCCUPANCY, PROGRAMS, TENANCIES, Accounts
from simulator.agenda import Rows, take
from simulator.bank import bank_transactions
from simulator.calendars import month_text
from simulator.cash import RETURN_REASONS
from simulator.cities import CLASSES, SERVICES, City
from simulator.collections import knows_phone
from simulator.entities_collections import collection_builders
from simulator.payers import CARD_TENDER, CHANNELS, FUNDS, ONLINE, PHONE, TENDERS, WALK_IN
from simulator.price_list import CODES, TARIFF_CLASSES, UNITS
from simulator.tariffs import BASES
from simulator.world import BILL_KINDS, BILL_LETTERS, reference

MICRO = 1_000_000
HUNDREDTH = MICRO // 100
DIGITS = 11
# One letter names the kind of bill and the line on it: at most twenty lines, on bills that have any (cancel
# bills have none).
_LINE_LETTERS = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", np.uint8)
_MOST_LINES = 20
_PLACE_OF_KIND = np.array([0, 1, -1, 2])
CARD_BRANDS = ("visa", "mastercard", "discover")  # R40
FIRST_NAMES = (
    "Ada",
    "Ben",
    "Carla",
    "Dale",
    "Erin",
    "Frank",
    "Gail",
    "Hank",
    "Iris",
    "Joel",
    "Kay",
    "Leon",
    "Mona",
    "Ned",
)
LAST_NAMES = (
    "Adams",
    "Baker",
    "Carter",
    "Dunn",
    "Evans",
    "Foster",
    "Gray",
    "Hill",
    "Irwin",
    "Jones",
    "King",
    "Long",
)


def card_fees(city: City, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """The processor's fee on card payments (R63), in cents: what customers pay, and what the city absorbs."""
    has_fee = (rows["tender"] == CARD_TENDER) & np.isin(rows["channel"], (WALK_IN, ONLINE, PHONE))
    fee = np.where(has_fee, city.card_fee_cents, 0)
    is_absorbed = np.zeros(len(fee), bool)
    for waiver in city.fee_waivers:
        is_absorbed |= (waiver.first <= rows["received_on"]) & (rows["received_on"] <= waiver.last)
    return np.where(is_absorbed, 0, fee), np.where(is_absorbed, fee, 0)


class Extracts:
    """The rows of one city's extracts."""

    def __init__(self, city: City, people: Accounts) -> None:
        self._city = city
        self._people = people
        self.builders: dict[str, Callable[[Rows], pa.Table]] = {
            "account_history": self.account_history,
            "meters": lambda rows: metering.meters(rows, people.premises),
            "reads": lambda rows: metering.reads(rows, city),
            "source_accounts": lambda rows: metering.source_accounts(rows, self.account_ids, city),
            "bills": self.bills,
            "charges": self.charges,
            "adjustments": self.adjustments,
            "payments": self.payments,
            "payment_returns": self.payment_returns,
            "deposits": self.deposits,
            "bank_transactions": bank_transactions,
            **collection_builders(self),
        }

    def account_ids(self, keys: np.ndarray, present: np.ndarray | None = None) -> pa.Array:
        """Account numbers of the city: eight digits, or in Warrensburg the zone and seven (R15)."""
        if not self._city.account_id_has_zone:
            return col.identifiers("", keys, 8, present)
        zone = self._people.premises.group[keys // TENANCIES] + 1
        return col.identifiers("", zone * 10_000_000 + keys, 9, present)

    def _ids_of(self, accounts: np.ndarray) -> pa.Array:
        """Account numbers by account."""
        return self.account_ids(self._people.key[accounts])

    @staticmethod
    def bill_ids(numbers: np.ndarray, present: np.ndarray | None = None) -> pa.Array:
        """Bill identifiers: the letter of the kind and the reference."""
        known = np.maximum(numbers, 0)
        return col.identifiers(BILL_LETTERS[known % 4], known // 4, DIGITS, present)

    @staticmethod
    def _row_ids(rows: Rows) -> pa.Array:
        """Identifiers of rows that have a letter, a key and a month."""
        return col.identifiers(rows["letter"].astype(np.uint8), reference(rows["key"], rows["month"]), DIGITS)

    def _rate_codes(self, numbers: np.ndarray, classes: np.ndarray) -> pa.Array:
        """The tariff's classes where they are finer than the customer classes."""
        is_finer = classes != self._people.customer_class[numbers]
        return col.codes(np.where(is_finer, classes, -1), TARIFF_CLASSES)

    def accounts(self, numbers: np.ndarray) -> pa.Table:
        """Account rows as they stand now."""
        city, people = self._city, self._people
        keys, premise = people.key[numbers], people.premise[numbers]
        closed, since = people.closed[numbers], people.autopay_since[numbers]
        names = people.draws.whole("name", keys, 0, len(FIRST_NAMES) * len(LAST_NAMES) - 1)
        full_names = tuple(f"{first} {last}" for first in FIRST_NAMES for last in LAST_NAMES)
        phones = [f"816-555-{int(key) % 10_000:04d}" for key in keys]
        return pa.table(
            {
                "account_id": self.account_ids(keys),
                "customer_id": col.identifiers("U", keys, 8),
                "premise_id": col.identifiers("L", premise, 6),
                "service_address": metering.addresses(premise, city),
                "customer_class": col.codes(people.customer_class[numbers], CLASSES),
                "rate_code": self._rate_codes(numbers, people.tariff_class(numbers)),
                "billing_group": col.codes(people.group[numbers], city.groups),
                "opened_on": col.dates(people.opened[numbers]),
                "closed_on": col.dates(np.where(closed < NEVER, closed, 0), closed < NEVER),
                "autopay": col.codes(people.autopay[numbers], AUTOPAY),
                "autopay_since": col.dates(np.maximum(since, 0), since >= 0),
                "budget_billing": col.booleans(people.on_budget[numbers]),
                "assistance_program": col.codes(people.program[numbers] - 1, PROGRAMS),
                "owner_id": self._owner_ids(numbers),
                "occupancy": col.codes(people.occupancy[numbers], OCCUPANCY),
                "customer_name": col.codes(names, full_names),
                "email": self._emails(numbers, full_names, names),
                "phone": col.codes(
                    np.where(knows_phone(people, numbers), np.arange(len(phones)), -1), tuple(phones)
                ),
            }
        )

    def _owner_ids(self, numbers: np.ndarray) -> pa.Array:
        """Owners of the premises: landlords of the rented ones, elsewhere the customers themselves."""
        landlords = self._people.owners(numbers)
        is_rented = landlords >= 0
        owner = np.where(is_rented, landlords, self._people.key[numbers])
        return col.identifiers(np.where(is_rented, ord("O"), ord("U")).astype(np.uint8), owner, 8)

    def _emails(self, numbers: np.ndarray, full_names: tuple[str, ...], names: np.ndarray) -> pa.Array:
        """Addresses of customers without paper bills, of a domain that belongs to nobody."""
        people = self._people
        is_paperless = people.is_paperless[numbers]
        addresses = [
            f"{full_names[name].lower().replace(' ', '.')}.{key}@example.org"
            for name, key in zip(
                names[is_paperless].tolist(), people.key[numbers[is_paperless]].tolist(), strict=True
            )
        ]
        place = np.where(is_paperless, np.cumsum(is_paperless) - 1, -1)
        return col.codes(place, tuple(addresses))

    def account_history(self, rows: Rows) -> pa.Table:
        """History rows: what an account was from a day on; of changes on one day the last one tells all."""
        order = np.lexsort((np.arange(len(rows["on"])), rows["on"], rows["account"]))
        days, owners = rows["on"][order], rows["account"][order]
        is_last = np.r_[(days[1:] != days[:-1]) | (owners[1:] != owners[:-1]), True]
        rows = take(rows, np.sort(order[is_last]))
        people, numbers = self._people, rows["account"]
        return pa.table(
            {
                "account_id": self._ids_of(numbers),
                "effective_from": col.dates(rows["on"]),
                "customer_class": col.codes(people.customer_class[numbers], CLASSES),
                "rate_code": self._rate_codes(numbers, rows["rate"]),
                "billing_group": col.codes(people.group[numbers], self._city.groups),
                "autopay": col.codes(rows["autopay"], AUTOPAY),
                "budget_billing": col.booleans(rows["on_budget"]),
                "assistance_program": col.codes(rows["program"] - 1, PROGRAMS),
                "status": col.words(rows["status"]),
            }
        )

    def bills(self, rows: Rows) -> pa.Table:
        """Bills with their printed figures."""
        first = int(rows["period"].min())
        words = tuple(month_text(month) for month in range(first, int(rows["period"].max()) + 1))
        has_penalty = rows["penalty_date"] >= 0
        return pa.table(
            {
                "bill_id": self.bill_ids(rows["number"]),
                "account_id": self._ids_of(rows["account"]),
                "bill_date": col.dates(rows["bill_date"]),
                "due_date": col.dates(rows["due_date"]),
                "penalty_date": col.dates(np.where(has_penalty, rows["penalty_date"], 0), has_penalty),
                "service_from": col.dates(rows["service_from"]),
                "service_to": col.dates(rows["service_to"]),
                "kind": col.codes(rows["kind"], BILL_KINDS),
                "billing_period": col.codes(rows["period"] - first, words),
                "delivery": col.codes(rows["is_paperless"].astype(np.int64), ("paper", "electronic")),
                "budget_amount": col.money(rows["budget"], rows["is_budget"]),
                "cancels_bill_id": self.bill_ids(rows["cancels"], rows["cancels"] >= 0),
                "previous_balance": col.money(rows["previous_balance"]),
                "amount_due": col.money(rows["amount_due"]),
            }
        )

    def charges(self, rows: Rows) -> pa.Table:
        """Charge lines."""
        numbers = rows["number"]
        letters = _LINE_LETTERS[_PLACE_OF_KIND[numbers % 4] * _MOST_LINES + rows["line"]]
        return pa.table(
            {
                "charge_id": col.identifiers(letters, numbers // 4, DIGITS),
                "bill_id": self.bill_ids(numbers),
                "account_id": self._ids_of(rows["account"]),
                "service": col.codes(rows["service"], SERVICES),
                "charge_code": col.codes(rows["code"], CODES),
                "block": col.integers(rows["block"], rows["block"] > 0),
                "quantity": col.quantity(rows["quantity"] * HUNDREDTH),
                "unit": col.codes(rows["unit"], UNITS),
                "rate": col.quantity(rows["rate"]),
                "amount": col.money(rows["cents"]),
                "basis": col.codes(rows["basis"], BASES),
            }
        )

    def adjustments(self, rows: Rows) -> pa.Table:
        """Adjustments of every kind."""
        related, bill = rows["related"], rows["bill"]

        def optional_date(name: str) -> pa.Array:
            return col.dates(np.maximum(rows[name], 0), rows[name] >= 0)

        return pa.table(
            {
                "adjustment_id": self._row_ids(rows),
                "account_id": self.account_ids(rows["key"]),
                "posted_on": col.dates(rows["posted_on"]),
                "kind": col.words(rows["kind"]),
                "service": col.codes(rows["service"], SERVICES),
                "amount": col.money(rows["cents"]),
                "due_on": optional_date("due_on"),
                "origin_due_on": optional_date("origin_due_on"),
                "bill_id": self.bill_ids(bill, bill >= 0),
                "related_account_id": self.account_ids(
                    self._people.key[np.maximum(related, 0)], related >= 0
                ),
                "event_id": col.words(rows["event"]),
                "fund_source": col.words(rows["fund_source"]),
                "requested_on": optional_date("requested_on"),
                "approved_on": optional_date("approved_on"),
                "document_ref": col.words(rows["document_ref"]),
                "note": col.words(rows["note"]),
            }
        )

    def payments(self, rows: Rows) -> pa.Table:
        """Payments; card fees stand beside the amount and are never part of the receivable."""
        city, channel, tender = self._city, rows["channel"], rows["tender"]
        by_card = tender == CARD_TENDER
        fee, absorbed = card_fees(city, rows)
        processor = fee + absorbed
        fee = np.where(channel == ONLINE, fee + city.online_fee_cents, fee)
        at_agent = (CHANNELS.index("agent") == channel) & (tender == TENDERS.index("cash"))
        fee = np.where(at_agent, city.agent_fee_cents, fee)
        brand = np.where(by_card, np.minimum(rows["luck"] % 10 // 4, 2), -1)
        by_draft = tender == TENDERS.index("bank_draft")
        trace = 101_000_010_000_000 + rows["luck"]
        return pa.table(
            {
                "payment_id": self._row_ids(rows),
                "account_id": self._ids_of(rows["account"]),
                "received_on": col.dates(rows["received_on"]),
                "posted_on": col.dates(rows["posted_on"]),
                "amount": col.money(rows["cents"]),
                "bill_id": self.bill_ids(rows["bill"], rows["bill"] >= 0),
                "channel": col.codes(channel, CHANNELS),
                "tender": col.codes(tender, TENDERS),
                "customer_fee": col.money(fee),
                "processor_fee": col.money(processor),
                "card_brand": col.codes(brand, CARD_BRANDS),
                "trace": col.identifiers("", np.where(by_draft, trace, 0), 15, by_draft),
                "fund_source": col.codes(np.where(rows["fund"] > 0, rows["fund"], -1), FUNDS),
            }
        )

    def payment_returns(self, rows: Rows) -> pa.Table:
        """Returned payments and chargebacks; a payment comes back once, so it names its return too."""
        ids = self._row_ids(rows)
        return pa.table(
            {
                "return_id": ids,
                "payment_id": ids,
                "returned_on": col.dates(rows["returned_on"]),
                "posted_on": col.dates(rows["returned_on"]),
                "amount": col.money(rows["cents"]),
                "kind": col.codes(rows["is_chargeback"].astype(np.int64), ("return", "chargeback")),
                "reason_code": col.codes(rows["reason"], RETURN_REASONS),
            }
        )

    def deposits(self, rows: Rows) -> pa.Table:
        """Deposits taken, applied and given back."""
        return pa.table(
            {
                "deposit_id": self._row_ids(rows),
                "account_id": self.account_ids(rows["key"]),
                "posted_on": col.dates(rows["posted_on"]),
                "kind": col.words(rows["kind"]),
                "amount": col.money(rows["cents"]),
            }
        )
