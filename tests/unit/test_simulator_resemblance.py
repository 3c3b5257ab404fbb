"""The published figures beside the simulated ones: how they are computed, and that they are close."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from simulator import resemblance
from simulator.resemblance import LESS, MORE, Figure, Files

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/simulator.md"


def day(text: str) -> dt.date:
    """A day."""
    return dt.date.fromisoformat(text)


# ---- what is judged, and how it is written


@pytest.mark.parametrize(
    ("published", "simulated", "bound", "is_close"),
    [
        (1000, 1099, "", True),
        (1000, 1101, "", False),
        (1000, 901, "", True),
        (1000, 899, "", False),
        (5000, 5001, MORE, True),
        (5000, 5000, MORE, False),
        (5000, 4999, MORE, False),
        (5000, 9000, MORE, True),
        (0.5, 0.49, LESS, True),
        (0.5, 0.51, LESS, False),
    ],
)
def test_a_figure_is_close_within_ten_percent_and_a_bound_is_truly_kept(
    published, simulated, bound, is_close
):
    assert Figure("Accounts", "a paper", published, simulated, bound=bound).is_close is is_close


def test_the_table_says_what_is_close_and_judges_nothing_that_is_not_published():
    figures = {
        "independence": [
            Figure("Accounts", "a paper", 1000, 1090),
            Figure("Fees", "a paper", 750_000, 700_000, "$", bound=MORE),
            Figure("Share", "a paper", 0.11, 0.2, "%"),
            Figure("Shut off", "", None, 0.0071, "%"),
        ]
    }
    assert resemblance.table(figures).splitlines()[2:] == [
        "| Independence: Accounts | a paper | 1,000 | 1,090 | +9 % | yes |",
        "| Independence: Fees | a paper | more than $750,000 | $700,000 | -7 % | no |",
        "| Independence: Share | a paper | 11.0 % | 20.0 % | +82 % | no |",
        "| Independence: Shut off |  | not published | 0.7 % |  | not judged |",
    ]


# ---- computed from a handful of rows


def _write(folder: Path, entity: str, columns: dict, **types) -> None:
    (folder / "2020-06").mkdir(exist_ok=True, parents=True)
    pl.DataFrame(columns, schema_overrides=types).write_parquet(folder / f"2020-06/{entity}.parquet")


@pytest.fixture
def handful(tmp_path) -> Files:
    """Four accounts: A owes two bills, B paid late and in part, C paid, D is closed and owes."""
    accounts = {
        "account_id": ["A", "B", "C", "D"],
        "opened_on": [day("2019-01-01")] * 4,
        "closed_on": [None, None, None, day("2020-05-01")],
        "customer_class": ["residential", "residential", "commercial", "residential"],
    }
    _write(tmp_path, "accounts", accounts, closed_on=pl.Date)
    bills = [
        ("1", "A", "regular", "2020-03-01", "2020-03-28", None),
        ("2", "A", "regular", "2020-05-01", "2020-05-28", None),
        ("3", "B", "regular", "2020-05-01", "2020-05-28", None),
        ("4", "C", "regular", "2020-05-01", "2020-05-28", None),
        ("5", "D", "final", "2020-05-01", "2020-05-28", None),
        ("6", "C", "regular", "2020-05-02", "2020-05-29", None),  # wrong, and cancelled
        ("7", "C", "cancel", "2020-05-03", "2020-05-30", "6"),
    ]
    names = ("bill_id", "account_id", "kind", "bill_date", "due_date", "cancels_bill_id")
    columns = dict(zip(names, map(list, zip(*bills, strict=True)), strict=True))
    columns["bill_date"] = [day(text) for text in columns["bill_date"]]
    columns["due_date"] = [day(text) for text in columns["due_date"]]
    columns["penalty_date"] = columns["due_date"]
    columns["budget_amount"] = [None] * len(bills)
    _write(tmp_path, "bills", columns, budget_amount=pl.Float64, cancels_bill_id=pl.String)
    amounts = [100.0, 50.0, 80.0, 70.0, 60.0, 500.0, -500.0]
    _write(
        tmp_path,
        "charges",
        {"charge_id": columns["bill_id"], "bill_id": columns["bill_id"], "amount": amounts},
    )
    adjustments = {
        "adjustment_id": ["x", "y"],
        "account_id": ["A", "C"],
        "posted_on": [day("2020-04-20"), day("2020-05-10")],
        "due_on": [None, None],  # due with the next bill; C has none yet
        "amount": [5.0, 3.0],
        "fund_source": [None, None],
    }
    _write(tmp_path, "adjustments", adjustments, due_on=pl.Date, fund_source=pl.String)
    payments = {
        "payment_id": ["p", "q", "r"],
        "account_id": ["B", "C", "C"],
        "received_on": [day("2020-06-02"), day("2020-05-20"), day("2020-05-21")],
        "posted_on": [day("2020-06-02"), day("2020-05-20"), day("2020-05-21")],
        "amount": [30.0, 70.0, 70.0],
        "processor_fee": [2.5, 2.5, 2.5],
        "customer_fee": [0.0, 0.0, 2.5],
        "fund_source": [None, "cares_act", None],
    }
    _write(tmp_path, "payments", payments)
    returns = {"return_id": ["b"], "payment_id": ["r"], "posted_on": [day("2020-05-25")], "amount": [70.0]}
    _write(tmp_path, "payment_returns", returns)
    return Files(tmp_path, "independence")


def _late(files: Files, on: str, days: int = 0) -> dict[str, float]:
    rows = files.past_due(day(on), days)
    return dict(zip(rows["account_id"], rows["owed"], strict=True))


def test_past_due_is_what_was_due_before_the_day_less_all_that_was_paid(handful):
    """A fee is due with the next bill; a cancelled bill and a closed account do not count."""
    assert _late(handful, "2020-05-28") == {"A": 100.0}  # on the due date nothing is late
    assert _late(handful, "2020-05-29") == {"A": 155.0, "B": 80.0}
    assert _late(handful, "2020-06-02") == {"A": 155.0, "B": 50.0}
    assert _late(handful, "2020-06-15", 60) == {"A": 100.0}


def test_counts_and_dollars_are_scaled_to_the_city(handful):
    assert handful.scale == 57_000 / 3  # D is closed
    assert resemblance._count(handful, "2020-05-29") == 2 * handful.scale
    assert resemblance._dollars(handful, "2020-05-29") == 235.0 * handful.scale
    assert resemblance._share(handful, "2020-05-29") == pytest.approx(2 / 3)


def test_who_is_far_past_due_owes_everything(handful):
    assert resemblance._owed_by(handful, "2020-06-15", 60) == 155.0 * handful.scale


def test_the_city_absorbs_the_fees_that_no_customer_paid(handful):
    assert resemblance.absorbed_fees(handful, "2020-05-01", "2020-06-30") == 5.0 * handful.scale
    assert resemblance.absorbed_fees(handful, "2020-05-21", "2020-06-30") == 2.5 * handful.scale
    assert resemblance.granted(handful, "cares_act") == 70.0 * handful.scale


def test_penalties_not_charged_are_a_percentage_of_what_was_unpaid(handful):
    """On 28 May A owes 155, B 80 and D 60; C's fee of 3 is unpaid too, and the money of 21 May came back."""
    waived = resemblance.waived_fees(handful, "2020-05-28", "2020-05-28", 0.10)
    assert waived == pytest.approx(29.8 * handful.scale)


# ---- of the simulated cities


def test_lateness_counts_the_oldest_debts_as_paid_first(independence):
    """The aging of the figures equals the answer sheet where everything is past due, and never exceeds it."""
    files = Files(independence, "independence")
    late = files.past_due(day("2021-03-31"))
    sheet = pl.read_parquet(independence / "answer_sheet/balances.parquet")
    both = late.join(sheet.filter(pl.col("month_end") == day("2021-03-31")), on="account_id")
    assert both.height == late.height > 10
    assert (both["owed"] <= both["balance_usd"].cast(pl.Float64) + 0.005).all()


def test_prices_are_those_that_were_published(independence):
    files = Files(independence, "independence")
    assert resemblance.at_six_ccf(files, "water", "2020-01-01", "2020-12-31") == 28.53
    assert resemblance.at_six_ccf(files, "sewer", "2020-01-01", "2020-06-30") == 43.61
    homes = files.open_on(day("2020-06-01"))["customer_class"] == "residential"
    assert 0.85 < homes.mean() < 0.97


def test_the_documented_table_has_every_figure_and_all_are_close():
    """`python -m simulator.resemblance --write docs/simulator.md` makes it."""
    page = PAGE.read_text(encoding="utf-8")
    first, last = resemblance.MARKS
    assert first in page and last in page
    text = page.split(first, 1)[1].split(last, 1)[0]
    rows = [
        line.split(" | ")
        for line in text.splitlines()
        if line.startswith(("| Independence", "| Warrensburg"))
    ]
    judged = [row for row in rows if not row[-1].startswith("not judged")]
    assert len(judged) >= 18
    assert [row[0] for row in judged if not row[-1].startswith("yes")] == []
    assert resemblance.sentence(None, 1) in text
