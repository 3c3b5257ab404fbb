"""The fees of a small town, as text."""

from __future__ import annotations

from decimal import Decimal

from tests.support.policy_town import PolicyTown

FEE = ("expected_usd", "charged_usd", "waived_usd", "difference_usd", "reason")


def fees_of(town: PolicyTown, *columns: str, kind: str = "%") -> list[tuple]:
    """Rows of the fees of a kind; money as text."""
    query = f"SELECT {', '.join(columns)} FROM marts.fct_fees WHERE fee_kind LIKE $kind ORDER BY fee_id"
    rows = town.warehouse("fct_fees").execute(query, {"kind": kind}).fetchall()
    return [tuple(str(value) if isinstance(value, Decimal) else value for value in row) for row in rows]
