"""How much the simulated cities resemble the real ones: published figures beside simulated ones.

`python -m simulator.resemblance [--accounts N] [--seed N] [--write docs/simulator.md]`. Every figure is
computed from the delivered files alone; counts and dollars are scaled to the city's size.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

import simulator
from simulator.restatements import WRONG

SIZE = {"independence": 57_000, "warrensburg": 6_250}  # W24; the second is a guess from the population
# The months that the figures need, and so many accounts that luck moves them little.
RUNS = {
    "independence": {"accounts": 12_000, "first_month": "2018-01", "months": 37},
    "warrensburg": {"accounts": 18_750, "first_month": "2019-01", "months": 18},
}
MARKS = ("<!-- resemblance -->", "<!-- /resemblance -->")
CLOSE = 0.10
MORE, LESS = "more than", "less than"


@dataclass(frozen=True)
class Figure:
    """A published figure and what the simulation makes of it.

    Attributes:
        title: what it is.
        source: who published it.
        published: the value; None where there is none to judge by.
        simulated: the simulated value, at the city's size.
        unit: how it is written: `$`, `%` or a word.
        bound: `more than` or `less than` where the published value is a bound, else empty.
        note: what stands in place of a published value.
    """

    title: str
    source: str
    published: float | None
    simulated: float
    unit: str = ""
    bound: str = ""
    note: str = "not published"

    @property
    def is_judged(self) -> bool:
        """Whether there is a published value to judge by."""
        return self.published is not None

    @property
    def difference(self) -> float:
        """The simulated value's distance from the published one, as a share of it."""
        return self.simulated / self.published - 1

    @property
    def is_close(self) -> bool:
        """Whether it is within ten percent; a bound must truly be kept."""
        if self.bound:
            return self.difference > 0 if self.bound == MORE else self.difference < 0
        return abs(self.difference) <= CLOSE

    def text(self, value: float) -> str:
        """A value as it is written."""
        if self.unit == "%":
            return f"{100 * value:.1f} %"
        digits = 2 if self.unit and abs(value) < 1000 and value != round(value) else 0
        return f"${value:,.{digits}f}" if self.unit == "$" else f"{value:,.{digits}f} {self.unit}".strip()

    def row(self, city: str) -> str:
        """The figure as a row of the table."""
        published, difference, judgement = self.note, "", "not judged"
        if self.is_judged:
            published = f"{self.bound} {self.text(self.published)}".strip()
            difference = f"{100 * self.difference:+.0f} %"
            judgement = "yes" if self.is_close else "no"
        cells = (f"{city.title()}: {self.title}", self.source, published, self.text(self.simulated))
        return f"| {' | '.join(cells)} | {difference} | {judgement} |"


class Files:
    """The delivered files of a run."""

    def __init__(self, folder: Path, city: str) -> None:
        self._folder = folder
        self.rows = lru_cache(self._rows)
        accounts = self.rows("accounts").unique("account_id", keep="last")
        self.accounts = accounts
        on = dt.date(2020, 6, 1)
        self.scale = SIZE[city] / self.open_on(on).height

    def _rows(self, entity: str) -> pl.DataFrame:
        """All rows of an entity, each as it was delivered last."""
        files = sorted(self._folder.glob(f"*/{entity}.parquet"))
        rows = pl.concat([pl.read_parquet(file) for file in files], how="diagonal_relaxed")
        if entity not in WRONG:
            return rows
        return rows.unique(rows.columns[0], keep="last", maintain_order=True)

    def open_on(self, on: dt.date) -> pl.DataFrame:
        """Accounts that are open on a day."""
        closed = pl.col("closed_on").is_null() | (pl.col("closed_on") > on)
        return self.accounts.filter((pl.col("opened_on") <= on) & closed)

    def debits(self, on: dt.date) -> pl.DataFrame:
        """What was charged until a day, with the date on which it is due: account, due, amount."""
        bills = self.rows("bills").filter(pl.col("bill_date") <= on)
        void = bills["cancels_bill_id"].drop_nulls()
        bills = bills.filter((pl.col("kind") != "cancel") & ~pl.col("bill_id").is_in(void.to_list()))
        totals = self.rows("charges").group_by("bill_id").agg(pl.col("amount").cast(pl.Float64).sum())
        # Of a level payer's bill only the level amount falls due (R80).
        level = pl.col("budget_amount").cast(pl.Float64)
        billed = bills.join(totals, on="bill_id").with_columns(amount=pl.coalesce(level, "amount"))
        billed = billed.select("account_id", "amount", due="due_date")
        added = self.rows("adjustments").filter((pl.col("posted_on") <= on) & (pl.col("amount") > 0))
        next_bill = bills.select("account_id", "bill_date", "due_date").sort("bill_date")
        added = added.sort("posted_on").join_asof(
            next_bill,
            left_on="posted_on",
            right_on="bill_date",
            by="account_id",
            strategy="forward",
            check_sortedness=False,
        )
        added = added.select(
            "account_id",
            pl.col("amount").cast(pl.Float64),
            due=pl.coalesce("due_on", "due_date", dt.date(9999, 12, 31)),
        )
        return pl.concat([billed, added])

    def credits(self, on: dt.date) -> pl.DataFrame:
        """What was paid or credited until a day: account, amount."""
        payments = self.rows("payments")
        back = self.rows("payment_returns").join(payments.select("payment_id", "account_id"), on="payment_id")
        taken = self.rows("adjustments").filter((pl.col("posted_on") <= on) & (pl.col("amount") < 0))
        parts = [
            payments.filter(pl.col("posted_on") <= on).select("account_id", "amount"),
            back.filter(pl.col("posted_on") <= on).select("account_id", amount=-pl.col("amount")),
            taken.select("account_id", amount=-pl.col("amount")),
        ]
        return pl.concat([part.with_columns(pl.col("amount").cast(pl.Float64)) for part in parts])

    def past_due(self, on: dt.date, days: int = 0) -> pl.DataFrame:
        """Open accounts that are past due by more than some days: the oldest debts are paid first."""
        due = self.debits(on).filter(pl.col("due") < on - dt.timedelta(days=days))
        owed = due.group_by("account_id").agg(owed=pl.col("amount").sum())
        paid = self.credits(on).group_by("account_id").agg(paid=pl.col("amount").sum())
        both = owed.join(paid, on="account_id", how="left").join(
            self.open_on(on), on="account_id", how="semi"
        )
        left = both.with_columns(owed=pl.col("owed") - pl.col("paid").fill_null(0))
        return left.filter(pl.col("owed") > 0.005)


def _count(files: Files, on: str, days: int = 0) -> float:
    return files.past_due(dt.date.fromisoformat(on), days).height * files.scale


def _dollars(files: Files, on: str, days: int = 0) -> float:
    return float(files.past_due(dt.date.fromisoformat(on), days)["owed"].sum()) * files.scale


def _share(files: Files, on: str) -> float:
    day = dt.date.fromisoformat(on)
    return files.past_due(day).height / files.open_on(day).height


def electric(files: Files) -> tuple[float, float]:
    """Kilowatt-hours and dollars that a home has on its bills in a month of 2019."""
    homes = files.accounts.filter(pl.col("customer_class") == "residential").select("account_id")
    year = pl.col("bill_date").is_between(dt.date(2019, 1, 1), dt.date(2019, 12, 31))
    bills = files.rows("bills").filter(year & (pl.col("kind") != "cancel")).join(homes, on="account_id")
    lines = files.rows("charges").filter(pl.col("service") == "electric")
    lines = lines.join(bills.select("bill_id"), on="bill_id", how="semi")
    used = lines.filter((pl.col("unit") == "kwh") & (pl.col("charge_code") == "volume"))
    months = 12 * files.open_on(dt.date(2019, 7, 1)).join(homes, on="account_id").height
    kwh = float(used["quantity"].cast(pl.Float64).sum()) / months
    return kwh, float(lines["amount"].cast(pl.Float64).sum()) / months


def at_six_ccf(files: Files, service: str, first: str, last: str) -> float:
    """What a service costs most often on homes' bills of six ccf; the sewer's lines tell the use."""
    homes = files.accounts.filter(pl.col("customer_class") == "residential").select("account_id")
    span = pl.col("bill_date").is_between(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    bills = files.rows("bills").filter(span & (pl.col("kind") == "regular")).join(homes, on="account_id")
    lines = files.rows("charges").join(bills.select("bill_id"), on="bill_id", how="semi")
    is_volume = (pl.col("service") == "sewer") & (pl.col("charge_code") == "volume")
    counts = (pl.col("service") == service) & ~pl.col("charge_code").is_in(["discount", "tax"])
    totals = lines.group_by("bill_id").agg(
        ccf=pl.col("quantity").filter(is_volume).cast(pl.Float64).sum(),
        usd=pl.col("amount").filter(counts).sum(),
    )
    six = totals.filter(pl.col("ccf") == 6)["usd"].value_counts(sort=True)
    return float(six["usd"][0]) if six.height else float("nan")


def moves(files: Files, year: int) -> float:
    """Accounts opened in a year."""
    return files.accounts.filter(pl.col("opened_on").dt.year() == year).height * files.scale


def absorbed_fees(files: Files, first: str, last: str) -> float:
    """Card fees that the city paid for its customers."""
    span = pl.col("received_on").is_between(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    rows = files.rows("payments").filter(span & (pl.col("processor_fee") > pl.col("customer_fee")))
    return float((rows["processor_fee"] - rows["customer_fee"]).cast(pl.Float64).sum()) * files.scale


def waived_fees(files: Files, first: str, last: str, percent: float) -> float:
    """Penalties that were not assessed: a percentage of what was unpaid at the end of each penalty date."""
    span = pl.col("penalty_date").is_between(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    bills = files.rows("bills").filter(span).select("account_id", on="penalty_date")
    total = 0.0
    for day in sorted(bills["on"].unique().to_list()):
        owed = files.debits(day).group_by("account_id").agg(owed=pl.col("amount").sum())
        paid = files.credits(day).group_by("account_id").agg(paid=pl.col("amount").sum())
        of_day = (
            bills.filter(pl.col("on") == day)
            .join(owed, on="account_id")
            .join(paid, on="account_id", how="left")
        )
        left = of_day["owed"] - of_day["paid"].fill_null(0)
        total += percent * float(left.filter(left > 0).sum())
    return total * files.scale


def granted(files: Files, fund: str) -> float:
    """Money of an assistance fund, paid or credited."""
    paid = files.rows("payments").filter(pl.col("fund_source") == fund)["amount"].cast(pl.Float64).sum()
    credited = files.rows("adjustments").filter(pl.col("fund_source") == fund)["amount"].cast(pl.Float64)
    return float(paid - credited.sum()) * files.scale


def past_due_share(files: Files, year: int) -> float:
    """The share of accounts that is past due, the mean of a year's last days of months."""
    firsts = pl.date_range(dt.date(year, 2, 1), dt.date(year + 1, 1, 1), "1mo", eager=True)
    return sum(_share(files, str(first - dt.timedelta(days=1))) for first in firsts) / 12


def shut_off(files: Files, year: int) -> float:
    """Disconnections in a month of a year, as a share of the accounts."""
    orders = files.rows("service_orders")
    cut = orders.filter((pl.col("kind") == "disconnect") & (pl.col("effective_on").dt.year() == year))
    return cut.height / 12 / files.open_on(dt.date(year, 7, 1)).height


def estimated(files: Files, year: int) -> float:
    """The share of a year's reads that is estimated."""
    reads = files.rows("reads")
    reads = reads.filter(pl.col("read_on").dt.year() == year)
    return float((reads["read_kind"] == "estimated").mean())


def independence(files: Files) -> list[Figure]:
    """The figures of Independence."""
    kwh, dollars = electric(files)
    homes = files.open_on(dt.date(2020, 6, 1))["customer_class"] == "residential"
    eia, press = "EIA-861, 2019", "The Examiner"
    return [
        Figure("Electricity, kWh a home and month, 2019", eia, 822, kwh, "kWh"),
        Figure("Electricity, dollars a home and month, 2019", eia, 112.38, dollars, "$"),
        Figure("Residential accounts", f"{press}, 10 September 2021", 0.91, float(homes.mean()), "%"),
        Figure("Water bill at 6 ccf, 5/8 inch, from October 2016", "Water Rate Information", 28.53,
               at_six_ccf(files, "water", "2018-01-01", "2019-12-31"), "$"),
        Figure("Sewer bill at 6 ccf, 2019", "Council agenda", 43.61,
               at_six_ccf(files, "sewer", "2019-07-01", "2020-06-30"), "$"),
        Figure("New accounts a year, 2019", f"{press}, 17 April 2020", 16_000, moves(files, 2019)),
        Figure("Accounts past due, 17 November 2018", f"{press}, 17 November 2018", 18_000,
               _count(files, "2018-11-17")),
        Figure("Past due by 90 days and more, 17 November 2018", f"{press}, 17 November 2018", 5_000,
               _count(files, "2018-11-17", 89), bound=MORE),
        Figure("Past due, dollars, 17 November 2018", f"{press}, 17 November 2018", 10_300_000,
               _dollars(files, "2018-11-17"), "$"),
        Figure("Past due in a normal November, 17 November 2019, over a year before",
               f"{press}, 17 November 2018", 0.5, _count(files, "2019-11-17") / _count(files, "2018-11-17"),
               "%", bound=LESS),
        Figure("Past due, dollars, peak of spring 2020", f"{press}, 19 June 2020", 4_000_000,
               max(_dollars(files, f"2020-{day}") for day in ("05-15", "06-01", "06-06", "06-12")), "$"),
        Figure("Past due, dollars, 19 June 2020", f"{press}, 19 June 2020", 3_000_000,
               _dollars(files, "2020-06-19"), "$"),
        Figure("Past due, share of accounts, 3 September 2020", f"{press}, 3 September 2020", 0.11,
               _share(files, "2020-09-03"), "%"),
        Figure("Past due, dollars, 3 September 2020", f"{press}, 3 September 2020", 2_000_000,
               _dollars(files, "2020-09-03"), "$"),
        Figure("Card fees paid by the city, to 14 January 2021", "KCTV5, 14 January 2021", 750_000,
               absorbed_fees(files, "2020-03-13", "2021-01-14"), "$", bound=MORE),
        Figure("CARES Act money for utility bills, to 30 December 2020", f"{press}, 3 September 2020", None,
               granted(files, "cares_act"), "$", note="$2,200,000 planned"),
        Figure("Past due, share of accounts, month ends of 2019", "", None, past_due_share(files, 2019), "%"),
        Figure("Shut off in a month of 2019, share of accounts", "Fulton Sun, 13 May 2020", None,
               shut_off(files, 2019), "%", note="about 50 accounts a month in Fulton, Missouri"),
        Figure("Estimated reads, share of reads, 2019", "", None, estimated(files, 2019), "%"),
    ]  # fmt: skip


def warrensburg(files: Files) -> list[Figure]:
    """The figures of Warrensburg."""
    paper = "Daily Star-Journal, June 2020"
    return [
        Figure("Eligible for shut-off, accounts, 15 June 2020", paper, 205, _count(files, "2020-06-15", 60)),
        Figure("Owed by them, 15 June 2020", paper, 27_084, _owed_by(files, "2020-06-15", 60), "$"),
        Figure("Late fees not charged, 16 March to 15 June 2020", paper, 20_550,
               waived_fees(files, "2020-03-15", "2020-06-14", 0.10), "$"),
        Figure("Eligible for shut-off in a normal month, 15 June 2019, accounts", "", None,
               _count(files, "2019-06-15", 60)),
        Figure("Past due, share of accounts, month ends of 2019", "", None, past_due_share(files, 2019), "%"),
        Figure("Shut off in a month of 2019, share of accounts", "", None, shut_off(files, 2019), "%"),
    ]  # fmt: skip


def _owed_by(files: Files, on: str, days: int) -> float:
    """All that accounts owe of which some debt is past due by more than some days, as on shut-off lists."""
    day = dt.date.fromisoformat(on)
    late = files.past_due(day, days).select("account_id")
    owed = files.debits(day).join(late, on="account_id", how="semi")["amount"].sum()
    return (
        float(owed - files.credits(day).join(late, on="account_id", how="semi")["amount"].sum()) * files.scale
    )


def table(figures: dict[str, list[Figure]]) -> str:
    """The figures as a table in Markdown."""
    lines = [
        "| figure | source | published | simulated | difference | within 10 % |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join(lines + [row.row(city) for city, rows in figures.items() for row in rows])


def sentence(accounts: int | None, seed: int) -> str:
    """What the table rests on."""
    sizes = " and ".join(
        f"{accounts or run['accounts']:,} accounts of {city.title()}" for city, run in RUNS.items()
    )
    options = (f" --accounts {accounts}" if accounts else "") + (f" --seed {seed}" if seed != 1 else "")
    return (
        f"`python -m simulator.resemblance{options}` makes this table: {sizes}, seed {seed}, without planted "
        "defects, counts and dollars scaled to the cities' sizes."
    )


def measure(accounts: int | None = None, seed: int = 1, rates: Path | None = None) -> dict[str, list[Figure]]:
    """Simulate both cities, at their usual sizes or at another, and compute every figure."""
    makers: dict[str, Callable[[Files], list[Figure]]] = {
        "independence": independence,
        "warrensburg": warrensburg,
    }
    figures = {}
    for city, maker in makers.items():
        settings = {**RUNS[city], "seed": seed, "rates": rates}
        if accounts:
            settings["accounts"] = accounts
        with tempfile.TemporaryDirectory() as folder:
            simulator.run(city, Path(folder), **settings)
            figures[city] = maker(Files(Path(folder), city))
    return figures


def main(
    accounts: Annotated[int | None, typer.Option(help="Accounts of each simulated city.")] = None,
    seed: Annotated[int, typer.Option(help="The luck of the simulation.")] = 1,
    write: Annotated[Path | None, typer.Option(help="Replace the table in this file.")] = None,
    rates: Annotated[Path | None, typer.Option(help="Settings that replace single ones.")] = None,
) -> None:
    """Print how much the simulated cities resemble the real ones, as a table in Markdown."""
    text = f"{sentence(accounts, seed)}\n\n{table(measure(accounts, seed, rates))}"
    typer.echo(text)
    if write is None:
        return
    page = write.read_text(encoding="utf-8")
    if not all(mark in page for mark in MARKS):
        raise typer.BadParameter(f"{write} has no {MARKS[0]} and {MARKS[1]}")
    before, rest = page.split(MARKS[0], 1)
    after = rest.split(MARKS[1], 1)[1]
    write.write_text(f"{before}{MARKS[0]}\n{text}\n{MARKS[1]}{after}", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    typer.run(main)
