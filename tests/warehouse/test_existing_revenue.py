"""Revenue at existing rates by hand: a leap year, new rates in it, a bill for two months, no tariff."""

from __future__ import annotations

import calendar
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.support.plain_city import CITY, PlainCity

TARGETS = ("rpt_existing_revenue", "int_finance__existing_revenue", "int_finance__effective_weights")
STEPS = (
    "billed", "not_in_tariff", "bill_errors", "billed_twice", "service_days", "rates_in_force", "normal_year",
    "as_billed", "existing",
)  # fmt: skip
FIRST, LAST = (2023, 6), (2024, 8)


def month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def months(first: tuple[int, int] = FIRST, last: tuple[int, int] = LAST) -> list[tuple[int, int]]:
    """Months from the first to the last, both included."""
    numbers = range(first[0] * 12 + first[1] - 1, last[0] * 12 + last[1])
    return [(number // 12, number % 12 + 1) for number in numbers]


def day_before(year: int, month: int) -> date:
    return month_end(*((year, month - 1) if month > 1 else (year - 1, 12)))


class Town(PlainCity):
    """Fiscal years from July; water at 10.00 and 2.00 a ccf, from January 2024 on 12.00 and 2.50."""

    def __init__(self, *services: str, by: str = "bill") -> None:
        super().__init__(services or ("water",))
        self.rows["accounts"].clear()
        for first, base, price in (("2020-01-01", "10.00", "2.00"), ("2024-01-01", "12.00", "2.50")):
            self.tariff("water", first, {"residential": (base, price), "commercial": (base, price)})
        for row in self.rows["policy_tariff_components"]:
            row["effective_on"] = by

    def account(self, name: str, customer_class: str = "residential", opened: str = "2020-01-01") -> None:
        self.add("accounts", account_id=name, premise_id=f"P-{name}", customer_class=customer_class,
                 opened_on=opened, autopay="none", budget_billing=False)  # fmt: skip

    def bills(
        self, account: str, spans: list[tuple[tuple[int, int], tuple[int, int]]], service: str = "water"
    ) -> None:
        """One bill for each span of months, dated on the fifth after it, at its day's rates; 6 ccf each."""
        for first, last in spans:
            count = len(months(first, last))
            billed_on = date.fromordinal(month_end(*last).toordinal() + 5)
            base, price = (10, 2) if billed_on < date(2024, 1, 1) else (12, Decimal("2.50"))
            charges = (
                (service, "base", base * count, None),
                (service, "volume", price * 6 * count, 6 * count),
            )
            self.charged(account, day_before(*first), month_end(*last), billed_on, *charges)

    def charged(self, account: str, first: date, last: date, billed_on: date, *charges: tuple) -> None:
        name = f"{account}-{last}-{billed_on}"
        self.add("bills", bill_id=name, account_id=account, bill_date=billed_on, due_date=billed_on,
                 service_from=first, service_to=last, kind="regular")  # fmt: skip
        for number, (service, code, amount, quantity) in enumerate(charges):
            self.add("charges", charge_id=f"{name}-{number}", bill_id=name, account_id=account,
                     service=service, charge_code=code, amount=amount, quantity=quantity,
                     unit="ccf" if code == "volume" else None)  # fmt: skip

    def steps(self, where: str = "true") -> dict[str, Decimal]:
        """Every step of the test year."""
        rows = self.warehouse(*TARGETS).execute(
            f"SELECT step, sum(amount_usd) FROM marts.rpt_existing_revenue WHERE {where} GROUP BY 1"
        )
        return dict(rows.fetchall())


def each(spans: list[tuple[int, int]]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return [(month, month) for month in spans]


def skipped_and_doubled() -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Every month its bill, but none for October 2023: November's is for both."""
    singles = [month for month in months() if month not in ((2023, 10), (2023, 11))]
    return sorted([*each(singles), ((2023, 10), (2023, 11))])


def amounts(**given: str) -> dict[str, Decimal]:
    return {step: Decimal(given.get(step, "0.00")) for step in STEPS}


def test_the_account_of_the_docs():
    town = Town()
    town.account("A")
    town.bills("A", skipped_and_doubled())
    # Dated in the year: June to November at 22.00 (one of them for two months), December to May at 27.00.
    # Of its days: July to November at 22.00, December to June at 27.00. All at 27.00: 324.00. 72 ccf x 2.50
    # x 365 / 366 = 179.51, and twelve bases are 144.00.
    assert town.steps() == amounts(
        billed="294.00", service_days="5.00", rates_in_force="25.00", normal_year="-0.49", existing="323.51"
    )
    connection = town.warehouse(*TARGETS)
    assert connection.execute(
        "SELECT test_year, test_year_from_on, is_last_year_over, rates_from_on, fixed_usd, volumetric_usd "
        "FROM marts.rpt_existing_revenue WHERE is_total"
    ).fetchall() == [(2024, date(2023, 7, 1), True, date(2024, 1, 1), Decimal("144.00"), Decimal("179.51"))]
    assert connection.execute("FROM intermediate.int_finance__existing_revenue").fetchall() == [
        (CITY, "water", 2024, Decimal("323.51"), Decimal("179.51"), Decimal("0.554882383852"))
    ]


def test_half_a_year_counts_by_its_days():
    town = Town()
    town.account("A")
    town.bills("A", each(months()))
    town.account("B", "commercial", "2024-01-01")
    town.bills("B", each(months((2024, 1))))
    # 182 days: 12.00 x 12 x 182 / 366 = 71.61, and 36 ccf x 2.50 x 365 / 366 = 89.75.
    assert town.steps("customer_class = 'commercial'") == amounts(
        billed="135.00", service_days="27.00", normal_year="-0.64", existing="161.36"
    )


def test_a_bill_over_the_change_of_rates_is_priced_whole_at_those_in_force():
    town = Town(by="usage")
    town.account("A")
    town.bills("A", each(months()))
    town.account("B", "commercial", "2023-12-16")
    town.charged("B", date(2023, 12, 16), date(2024, 1, 15), date(2024, 1, 20),
                 ("water", "base", "11.00", None), ("water", "volume", "13.50", 6))  # fmt: skip
    # Half at the old rates, 5.00 + 6.00, half at the new, 6.00 + 7.50. All at the new: 12.00 + 15.00. Thirty
    # days of a year of 366: 12.00 x 12 x 30 / 366 = 11.80, 15.00 x 365 / 366 = 14.96.
    assert town.steps("customer_class = 'commercial'") == amounts(
        billed="24.50", rates_in_force="2.50", normal_year="-0.24", existing="26.76"
    )


def test_what_no_tariff_prices_stays_as_billed_and_is_a_step_of_its_own():
    town = Town("water", "trash")
    for name, customer_class in (("A", "residential"), ("C", "industrial")):
        town.account(name, customer_class)
        town.bills(name, each(months()))
    for first, last in each(months()):
        town.charged(
            "A", day_before(*first), month_end(*last), month_end(*last), ("trash", "base", "5.00", None)
        )
    # Six months at 22.00 and six at 27.00 by date; five and seven by days: 299.00 x 365 / 366.
    # The bill of November is dated on 5 December, that of December on 5 January.
    assert town.steps("customer_class = 'industrial'") == amounts(
        billed="294.00", not_in_tariff="-294.00", as_billed="298.18", existing="298.18"
    )
    # Twelve of 5.00 either way: 60.00 x 365 / 366.
    assert town.steps("service = 'trash'") == amounts(
        billed="60.00", not_in_tariff="-60.00", as_billed="59.84", existing="59.84"
    )


def test_mistakes_and_a_second_bill_for_the_same_days_are_steps():
    town = Town()
    town.account("A")
    town.bills("A", each(months()))
    town.account("B", "commercial")
    town.bills("B", each(months()))
    # March again, ten days later; and April's bill is 4.00 too high.
    town.charged("B", date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 15),
                 ("water", "base", "12.00", None), ("water", "volume", "15.00", 6))  # fmt: skip
    (wrong,) = [row for row in town.rows["charges"] if row["charge_id"] == "B-2024-04-30-2024-05-05-0"]
    wrong["amount"] += 4
    assert town.steps("customer_class = 'commercial'") == amounts(
        billed="325.00", bill_errors="-4.00", billed_twice="-27.00", service_days="5.00",
        rates_in_force="25.00", normal_year="-0.49", existing="323.51",
    )  # fmt: skip


def test_a_cancelled_bill_is_nothing_by_days_of_service():
    town = Town()
    town.account("A")
    town.bills("A", each(months()))
    town.account("B", "commercial", "2024-03-01")
    town.bills("B", each([(2024, 3)]))
    town.add("bills", bill_id="X", account_id="B", bill_date="2024-07-10", due_date="2024-07-10",
             kind="cancel", cancels_bill_id="B-2024-03-31-2024-04-05")  # fmt: skip
    # It was cancelled after the year had ended: the proof of revenue still has it.
    assert town.steps("customer_class = 'commercial'") == amounts(billed="27.00", service_days="-27.00")


@pytest.mark.parametrize("has_charges", [False, True])
def test_a_cancelled_bill_without_a_tariff_leaves_both_sides(has_charges):
    town = Town()
    town.account("A")
    town.bills("A", each(months()))
    town.account("C", "industrial", "2024-03-01")
    town.bills("C", each([(2024, 3), (2024, 4)]))
    town.add("bills", bill_id="X", account_id="C", bill_date="2024-05-20", due_date="2024-05-20",
             kind="cancel", cancels_bill_id="C-2024-03-31-2024-04-05")  # fmt: skip
    if has_charges:
        town.add("charges", charge_id="X", bill_id="X", account_id="C", service="water", charge_code="base",
                 amount="-27.00")  # fmt: skip
    # April's 27.00 stands: x 365 / 366.
    assert town.steps("customer_class = 'industrial'") == amounts(
        billed="27.00", not_in_tariff="-27.00", as_billed="26.93", existing="26.93"
    )


def test_a_year_whose_last_days_are_not_billed_yet_waits():
    town = Town()
    town.account("A")
    town.bills("A", each(months((2022, 6), (2024, 5))))
    town.add("payments", payment_id="1", account_id="A", received_on="2024-07-02", posted_on="2024-07-02",
             amount=1, channel="walk_in", tender="check")  # fmt: skip
    rows = town.warehouse(*TARGETS).execute(
        "SELECT DISTINCT test_year, is_last_year_over FROM marts.rpt_existing_revenue"
    )
    assert rows.fetchall() == [(2023, False)]


def test_without_a_whole_year_of_bills_there_is_nothing():
    town = Town()
    town.account("A")
    town.bills("A", each(months((2023, 9), (2024, 8))))
    connection = town.warehouse(*TARGETS)
    for table in ("marts.rpt_existing_revenue", "intermediate.int_finance__effective_weights"):
        assert connection.execute(f"FROM {table}").fetchall() == []


# ---- How much of a year's revenue is at new rates that begin within it


def weights(town: Town) -> dict[int, Decimal]:
    rows = town.warehouse(*TARGETS).execute(
        "SELECT effective_month, weight FROM intermediate.int_finance__effective_weights "
        "WHERE fund = 'water' ORDER BY 1"
    )
    return dict(rows.fetchall())


def share(*of_294: Fraction | int) -> Decimal:
    exact = sum(map(Fraction, of_294), Fraction(0)) / 294
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("1e-12"))


def test_new_rates_by_days_of_use_reach_bills_later_than_by_bill_date():
    by_day, by_bill = Town(by="usage"), Town(by="bill")
    for town in (by_day, by_bill):
        town.account("A")
        town.bills("A", skipped_and_doubled())
    # 294.00 are billed in the year: 22.00 for June to September, 44.00 for October and November, 27.00 for
    # December to May; each bill is dated on the fifth after its days.
    used, billed = weights(by_day), weights(by_bill)
    assert used[1] == share(294 - 22)
    assert abs(used[5] - share(Fraction(44 * 30, 61), 6 * 27)) < Decimal("1e-9")
    assert used[7] == share(5 * 27)
    assert used[12] == share(0)
    assert (billed[1], billed[5], billed[6], billed[7], billed[12]) == (
        1, share(44 + 6 * 27), share(44 + 6 * 27), share(6 * 27), share(27),
    )  # fmt: skip
    for found in (used, billed):
        assert list(found) == sorted(found) == list(range(1, 13))
        assert sorted(found.values(), reverse=True) == list(found.values())


def test_a_year_in_which_billing_was_suspended_is_no_measure():
    town = Town()
    town.account("A")
    town.bills("A", each(months((2022, 6))))
    plain = weights(town)
    town.add("policy_events", event_id="outage", kind="billing_suspension", title="No bills",
             starts_on="2023-12-01", ends_on="2023-12-31", known_on="2023-12-01",
             is_assumed=False)  # fmt: skip
    assert plain[7] == share(6 * 27)
    # The year before: twelve bills at 22.00, six of them from January on.
    assert weights(town)[7] == Decimal("0.5")
