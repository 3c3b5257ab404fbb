"""The suites, in the order in which money flows."""

from expectations.suites.accounts import ACCOUNTS
from expectations.suites.adjustments import ADJUSTMENTS
from expectations.suites.aging import AGING
from expectations.suites.bill_audit import BILL_AUDIT
from expectations.suites.bills import BILLS
from expectations.suites.charges import CHARGES
from expectations.suites.ledger import LEDGER
from expectations.suites.payment_returns import PAYMENT_RETURNS
from expectations.suites.payments import PAYMENTS
from expectations.suites.proof import PROOF
from expectations.suites.reads import READS
from expectations.suites.revenue import REVENUE

SUITES = (
    ACCOUNTS,
    READS,
    BILLS,
    CHARGES,
    ADJUSTMENTS,
    PAYMENTS,
    PAYMENT_RETURNS,
    BILL_AUDIT,
    REVENUE,
    PROOF,
    LEDGER,
    AGING,
)
