"""The canonical entities: the single place that lists them, their columns and their rules.

`docs/extracts.md` says the same in words. Everything that names a table or a column in SQL takes the name
from here.
Entities stand in the order in which they load, so that what a row names is there before the row.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

ColumnType = Literal["id", "text", "code", "money", "quantity", "date", "month", "integer", "boolean"]

SQL_TYPES: dict[str, str] = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "code": "VARCHAR",
    "month": "VARCHAR",
    "money": "DECIMAL(18,2)",
    "quantity": "DECIMAL(18,6)",
    "date": "DATE",
    "integer": "INTEGER",
    "boolean": "BOOLEAN",
}


@dataclass(frozen=True)
class Column:
    """One column of an entity.

    Attributes:
        name: as in the header of an extract.
        type: what its text must look like; `id` is text that names something and is never masked.
        required: whether every row must have a value.
        values: the codes that are allowed, for type `code`.
        references: the entity whose key the value names.
    """

    name: str
    type: ColumnType
    required: bool = True
    values: tuple[str, ...] = ()
    references: str | None = None

    @property
    def sql_type(self) -> str:
        """The type in the raw table."""
        return SQL_TYPES[self.type]

    @property
    def is_masked(self) -> bool:
        """Whether a card or bank number in it is masked: every text that does not name something."""
        return self.type == "text"


@dataclass(frozen=True)
class Rule:
    """What must hold within one row, beyond types.

    Attributes:
        column: where the reject points to.
        holds: SQL over the typed columns; a row for which it is false is rejected.
        sentence: what is wrong and what to do.
    """

    column: str
    holds: str
    sentence: str


@dataclass(frozen=True)
class Entity:
    """One canonical entity: a file that arrives and the raw table of the same name.

    Attributes:
        name: of the file and the table.
        singular: the word in `unknown account`.
        key: the columns that identify a row within its utility.
        columns: in the order of the contract.
        rules: what must hold within a row.
        required_entity: whether a workspace cannot do without it.
    """

    name: str
    singular: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    required_entity: bool = False

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """The columns by their name."""
        return {column.name: column for column in self.columns}

    @property
    def references(self) -> list[Column]:
        """The columns that name a row of another entity, or of this one."""
        return [column for column in self.columns if column.references]


SERVICES = ("water", "sewer", "electric", "trash")
CLASSES = ("residential", "commercial", "industrial", "irrigation", "municipal")
AUTOPAY = ("none", "pending", "bank", "card")

DEBITS = (
    "penalty",
    "returned_payment_fee",
    "disconnect_fee",
    "reconnect_fee",
    "other_charge",
    "recovery",
    "refund",
)
CREDITS = (
    "penalty_waiver",
    "fee_waiver",
    "leak_credit",
    "assistance",
    "rebate",
    "write_off",
    "deposit_applied",
)
EITHER = ("balance_transfer", "opening_balance", "interest", "correction")

TYPE_OF_PREFIX: dict[str, ColumnType] = {"$": "money", "#": "quantity", "@": "date", "%": "integer"}


def _column(spec: str) -> Column:
    """A column from its short form.

    `name` is text; a first `$` is money, `#` a quantity, `@` a date, `%` a whole number; a last `?` makes it
    optional;
    `name>entity` names a row of the entity, `name=a|b` is a code, `name:type` gives the type in full.
    """
    required = not spec.endswith("?")
    spec = spec.rstrip("?")
    if spec[0] in TYPE_OF_PREFIX:
        return Column(spec[1:], TYPE_OF_PREFIX[spec[0]], required)
    if ">" in spec:
        name, entity = spec.split(">")
        return Column(name, "id", required, references=entity)
    if "=" in spec:
        name, values = spec.split("=")
        return Column(name, "code", required, values=tuple(values.split("|")))
    name, _, kind = spec.partition(":")
    if not kind:
        kind = "id" if name.endswith("_id") else "text"
    return Column(name, kind, required)  # type: ignore[arg-type]


def _entity(
    name: str, singular: str, key: str, columns: str, *rules: Rule, required_entity: bool = False
) -> Entity:
    """An entity from the short forms of its columns, separated by blanks."""
    return Entity(
        name, singular, tuple(key.split()), tuple(map(_column, columns.split())), rules, required_entity
    )


def _code(name: str, values: tuple[str, ...]) -> str:
    """The short form of a code column."""
    return f"{name}={'|'.join(values)}"


def _among(values: tuple[str, ...]) -> str:
    """The codes as a list for SQL; they stand in this module and nowhere else."""
    return ", ".join(f"'{value}'" for value in values)


_ALL = (
    _entity(
        "accounts",
        "account",
        "account_id",
        f"account_id customer_id? premise_id? service_address? {_code('customer_class', CLASSES)} rate_code?"
        f" billing_group? @opened_on? @closed_on? {_code('autopay', AUTOPAY)} @autopay_since?"
        " budget_billing:boolean assistance_program? owner_id? occupancy=owner|tenant|unknown?"
        " customer_name? email? phone?",
        required_entity=True,
    ),
    _entity(
        "account_history",
        "account history",
        "account_id effective_from",
        f"account_id>accounts @effective_from {_code('customer_class', CLASSES)} rate_code? billing_group?"
        f" {_code('autopay', AUTOPAY)} budget_billing:boolean assistance_program?"
        " status=active|disconnected_nonpay|final|inactive",
    ),
    _entity(
        "meters",
        "meter",
        "meter_id",
        "meter_id account_id>accounts? premise_id service=water|electric|sewer meter_size?"
        " unit=ccf|cf|gal|kgal|kwh %dials #multiplier @installed_on @removed_on?",
    ),
    _entity(
        "reads",
        "read",
        "read_id",
        "read_id meter_id>meters @read_on #reading? read_kind=actual|estimated|customer|final"
        " estimate_reason=weather|access|other? #usage? billing_group?",
        Rule(
            "reading",
            "reading IS NOT NULL OR usage IS NOT NULL",
            "a read needs a reading or a usage, and both are empty; give one of them",
        ),
    ),
    _entity(
        "bills",
        "bill",
        "bill_id",
        "bill_id account_id>accounts @bill_date @due_date @penalty_date? @service_from? @service_to?"
        " kind=regular|final|cancel|rebill billing_period:month? delivery=paper|electronic? $budget_amount?"
        " cancels_bill_id>bills? $previous_balance? $amount_due?",
        Rule(
            "cancels_bill_id",
            "kind <> 'cancel' OR cancels_bill_id IS NOT NULL",
            "a cancel bill must name the bill that it cancels; give its bill_id here",
        ),
        required_entity=True,
    ),
    _entity(
        "charges",
        "charge",
        "charge_id",
        f"charge_id bill_id>bills account_id>accounts {_code('service', (*SERVICES, 'account'))}"
        " charge_code=base|volume|demand|minimum|fire_protection|pilot|franchise|tax|surcharge|discount"
        "|deposit|loan|connection|other %block? #quantity? unit? #rate? $amount"
        " basis=actual|estimated|winter_average|flat? is_revenue:boolean?",
        required_entity=True,
    ),
    _entity(
        "adjustments",
        "adjustment",
        "adjustment_id",
        f"adjustment_id account_id>accounts @posted_on {_code('kind', (*DEBITS, *CREDITS, *EITHER))}"
        f" {_code('service', (*SERVICES, 'account'))}? $amount @due_on? @origin_due_on? bill_id>bills?"
        " related_account_id>accounts? event_id? fund_source? @requested_on? @approved_on?"
        " document_ref? note?",
        Rule(
            "amount",
            f"kind NOT IN ({_among(DEBITS)}) OR amount >= 0",
            "penalties, fees, charges, recoveries and refunds are 0 or more;"
            " turn the sign or correct the kind",
        ),
        Rule(
            "amount",
            f"kind NOT IN ({_among(CREDITS)}) OR amount <= 0",
            "waivers, write-offs, leak credits, assistance, rebates and deposits applied are 0 or less;"
            " turn the sign or correct the kind",
        ),
    ),
    _entity(
        "payments",
        "payment",
        "payment_id",
        "payment_id account_id>accounts @received_on @posted_on $amount bill_id>bills?"
        " channel=walk_in|mail|drop_box|phone|online|autopay|agent|assistance"
        " tender=cash|check|money_order|card|bank_draft|assistance $customer_fee? $processor_fee? card_brand?"
        " trace:id? fund_source?",
        Rule(
            "amount",
            "amount > 0",
            "a payment is more than 0; money that went back belongs in payment_returns",
        ),
        required_entity=True,
    ),
    _entity(
        "payment_returns",
        "payment return",
        "return_id",
        "return_id payment_id>payments @returned_on @posted_on? $amount kind=return|chargeback reason_code?",
        Rule("amount", "amount > 0", "a return is given positive; leave the minus out"),
    ),
    _entity(
        "bank_transactions",
        "bank transaction",
        "bank_transaction_id",
        "bank_transaction_id bank_account @value_on $amount type_code reference? text?",
    ),
    _entity(
        "agreements",
        "agreement",
        "agreement_id",
        "agreement_id account_id>accounts @signed_on kind=hardship|outage_extended $amount @ends_on"
        " event_id?",
    ),
    _entity(
        "agreement_installments",
        "agreement installment",
        "agreement_id installment_no",
        "agreement_id>agreements %installment_no @due_on $amount",
    ),
    _entity(
        "disputes",
        "dispute",
        "dispute_id",
        "dispute_id account_id>accounts bill_id>bills @filed_on level=collector|finance_director $amount"
        " @decided_on? outcome=upheld|denied|partial?",
        Rule("amount", "amount >= 0", "what is disputed is 0 or more"),
    ),
    _entity(
        "service_orders",
        "service order",
        "order_id",
        "order_id account_id>accounts kind=hang_tag|written_notice|courtesy_call|disconnect|reconnect"
        " recipient=occupant|owner? @ordered_on @effective_on? $amount_due?",
    ),
    _entity(
        "holds",
        "hold",
        "hold_id",
        "hold_id account_id>accounts kind=medical|weather|bankruptcy|other @starts_on @ends_on?",
    ),
    _entity(
        "deposits",
        "deposit",
        "deposit_id",
        "deposit_id account_id>accounts @posted_on kind=received|applied|refunded|interest $amount",
        Rule("amount", "amount >= 0", "a deposit is given positive; its kind says which way it goes"),
    ),
    _entity(
        "source_accounts",
        "source account",
        "source_account_id",
        "source_account_id account_id>accounts? premise_id service_address? @activated_on @ended_on?",
    ),
    _entity(
        "chart_of_lines",
        "line",
        "line",
        "line:id title category=rate_revenue|other_operating_revenue|non_operating_revenue|restricted_revenue"
        "|operating_expense|depreciation|debt_service|rate_funded_capital|transfer|reserve_contribution"
        "|reserve_draw|receivable|allowance|unbilled|deposits|cash pledged:boolean gl_account? %sort",
    ),
    _entity(
        "ledger_balances",
        "ledger balance",
        "fund fiscal_year period line scenario",
        f"{_code('fund', SERVICES)} %fiscal_year %period line>chart_of_lines"
        " scenario=actual|budget|projection $amount",
        Rule("period", "period BETWEEN 0 AND 12", "a period is 0 for the whole year, else 1 to 12"),
    ),
    _entity(
        "debt_service",
        "debt payment",
        "issue_id payment_on",
        f"issue_id {_code('fund', SERVICES)} lien=senior|subordinate|srf|go @payment_on $principal $interest",
    ),
    _entity(
        "capital_plan",
        "project",
        "project_id fiscal_year",
        f"project_id title {_code('fund', SERVICES)} %fiscal_year $amount funding=rates|debt|grant|reserve",
    ),
    _entity(
        "cash_balances",
        "cash balance",
        "fund as_of",
        f"{_code('fund', SERVICES)} @as_of $unrestricted $restricted",
    ),
)

ENTITIES: dict[str, Entity] = {entity.name: entity for entity in _ALL}
LOAD_ORDER: dict[str, int] = {name: place for place, name in enumerate(ENTITIES)}
