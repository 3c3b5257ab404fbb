"""An independent bookkeeping of one account, in plain Python with Decimal.

It judges what production computes in SQL, so it shares no line with it and is importable from tests only.
Pages, to be read in this order:

- `postings`: what each row of the extracts puts on the account: debits with their due dates, and credits.
  Level bills fall due in parts: `level`.
- `settlement`: what is open on a day, how old it is, and which credit paid which debit, all of it a
  function of the postings dated on or before that day.
- `replay`: the same answer from a clerk who goes through the account day by day. It judges `settlement`.
"""

from tests.oracle.postings import Credit, Debit, Policy, Postings, postings_of
from tests.oracle.replay import replay
from tests.oracle.settlement import BUCKETS, Allocation, OpenItem, Settlement, Statement

__all__ = [
    "BUCKETS",
    "Allocation",
    "Credit",
    "Debit",
    "OpenItem",
    "Policy",
    "Postings",
    "Settlement",
    "Statement",
    "postings_of",
    "replay",
]
