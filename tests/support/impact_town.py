"""A town whose rules applied and estimates are given, for the marts of what an event cost."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from tests.support.models import warehouse_on_rows

CITY = "town"
MARTS = ("rpt_waiver_impact", "rpt_waiver_totals", "rpt_requirement_bridge")
JANUARY, FEBRUARY, MARCH, JULY = (
    date(2021, 1, 31),
    date(2021, 2, 28),
    date(2021, 3, 31),
    date(2021, 7, 31),
)


class Town:
    """Rows of what stands before the marts: one city, fiscal years from July, as of the end of 2021."""

    def __init__(self) -> None:
        self.given: dict[str, list[dict]] = defaultdict(list)
        for name in ("mechanical", "replicates", "months", "prior_arrears"):
            self.given[f"int_penalties__impact_{name}"] = []
        self.raw: dict[str, list[dict]] = {
            "policy_utilities": [{"utility_id": CITY, "fiscal_year_start_month": 7}],
            "policy_rules": [],
        }
        self.rule("impact.carrying_rate_percent", "2.0")
        self.add("int_quality__utilities", as_of_on=date(2021, 12, 31), fiscal_year_start_month=7)
        self.add("int_receivables__service_funds", service="sewer", fund="sewer")

    def add(self, table: str, **row: object) -> None:
        self.given[table].append({"utility_id": CITY, **row})

    def rule(self, name: str, value: str) -> None:
        row = {"utility_id": CITY, "rule": name, "value": value, "effective_from": date(2010, 1, 1)}
        self.raw["policy_rules"].append(row)

    def episode(self, episode_id: str = "e", **more: object) -> None:
        """An outage to 28 February and waivers to 31 July."""
        row = {"starts_on": date(2021, 1, 5), "window_from_on": date(2021, 1, 1), "window_to_on": JULY}
        row |= {"outage_to_on": FEBRUARY, "penalty_waiver_to_on": JULY}
        self.add("int_penalties__impact_episodes", episode_id=episode_id, **{**row, **more})

    def applied(self, component: str, month: date, amount: str, covered_by: str = "a", **more) -> None:
        """An amount of the rules applied to what happened; for the question of the event."""
        row = {"episode_id": "e", "question": "event", "customer_class": "residential",
               "prior_arrears": "none", "dollar_days_usd": 0}  # fmt: skip
        self.add("int_penalties__impact_mechanical", component=component, month_end_on=month,
                 covered_by=covered_by, amount_usd=Decimal(amount), **{**row, **more})  # fmt: skip

    def estimated(self, component: str, month: date, central: str, replicates=(), **more) -> None:
        """The central estimate of a month and class, and its replicates."""
        row = {
            "episode_id": "e",
            "question": "event",
            "customer_class": "residential",
            "method": "cohort_curves",
        }
        for number, amount in enumerate((central, *replicates)):
            self.add("int_penalties__impact_replicates", component=component, month_end_on=month,
                     replicate_no=number, amount_usd=Decimal(amount), **{**row, **more})  # fmt: skip

    def marts(self) -> Marts:
        return Marts(warehouse_on_rows(self.given, MARTS, self.raw))


class Marts:
    """What the marts say."""

    def __init__(self, connection) -> None:
        self.connection = connection

    def rows(self, mart: str, where: str = "true") -> list[dict]:
        relation = self.connection.execute(f"SELECT * FROM marts.{mart} WHERE {where}")
        names = [column[0] for column in relation.description]
        return [dict(zip(names, values, strict=True)) for values in relation.fetchall()]

    def total(self, component: str, dimension="total", value=None, method="cohort_curves", question="event"):
        """One row of the totals."""
        value = dimension if value is None else value
        (row,) = self.rows(
            "rpt_waiver_totals",
            f"component = '{component}' AND dimension = '{dimension}' AND dimension_value = '{value}' "
            f"AND method = '{method}' AND question = '{question}'",
        )
        return row


def dollars(row: dict, *names: str) -> tuple[str | None, ...]:
    return tuple(None if row[f"{name}_usd"] is None else str(row[f"{name}_usd"]) for name in names)
