"""One account with bills of $45.06 a month under a city's policy, and what fct_penalties says of them."""

from __future__ import annotations

from datetime import date, timedelta

from tests.support.policy_town import PolicyTown

NEVER_YET = "2039-06-01"


class PenaltyTown(PolicyTown):
    """Bills of the 3rd of a month, penalty date the 24th; a second account only lets time pass."""

    def __init__(self, city: str = "warrensburg", until: str = "2025-12-31", **rules: str | None) -> None:
        super().__init__(city, **rules)
        self.account()
        self.account("Z")
        self.adjust("Z1", until, "other_charge", "1.00", account_id="Z", due_on=NEVER_YET)

    def month_bill(self, month: int, amount: str = "45.06", **more: object) -> str:
        billed = date(2025, month, 3)
        return self.bill(f"B{month}", str(billed), str(billed + timedelta(days=10)), amount, **more)

    def penalties(self) -> dict[str, dict]:
        """Bill to its row of fct_penalties."""
        relation = self.warehouse("fct_penalties").execute(
            "SELECT * FROM marts.fct_penalties WHERE account_id != 'Z'"
        )
        names = [column[0] for column in relation.description]
        rows = [dict(zip(names, values, strict=True)) for values in relation.fetchall()]
        return {row["bill_id"]: row for row in rows}

    def penalty(self, bill_id: str = "B3") -> dict:
        return self.penalties()[bill_id]


def dollars(row: dict, *names: str) -> tuple[str, ...]:
    return tuple(str(row[f"{name}_usd"]) for name in names)


def waiver(
    town: PenaltyTown, starts: str, ends: str | None, event_id: str = "waived", **more: object
) -> None:
    """An event that waives penalties, or a version of one."""
    row = {"kind": "penalty_waiver", "title": "", "cause": "", "known_on": starts}
    town.add("policy_events", event_id=event_id, starts_on=starts, ends_on=ends, **{**row, **more})
