"""Figures on the screen: the headlines of a build, and one bill explained."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from ratehouse import bill as bills
from ratehouse import publish
from ratehouse.commands.console import WorkspaceOption, counted, day, one_utility, say, show, table, usd
from ratehouse.errors import UsageError
from ratehouse.headline import AGES, Headline, Sufficiency, headlines
from ratehouse.workspace import DEFAULT_WORKSPACE, Workspace

LINE_COLUMNS = (
    "service",
    "line",
    "quantity billed",
    "rate billed",
    "billed",
    "quantity by tariff",
    "rate by tariff",
    "by tariff",
)
READ_COLUMNS = ("service", "meter", "read on", "kind", "before", "reading", "use", "notes")


def bill(
    bill_id: Annotated[str, typer.Argument(help="The bill, as the extract names it.")],
    utility: Annotated[str | None, typer.Option(help="Whose bill; not needed where there is one.")] = None,
    build_id: Annotated[
        str | None, typer.Option("--build", help="Another build than the current one.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Explain a bill: each line as billed and by tariff, the reads, and what is wrong with it.

    Example: ratehouse bill B00032323400 --utility independence
    """
    place = Workspace.existing(workspace)
    database = publish.required_build(place, build_id)
    utility_id = one_utility(place, utility)
    found = bills.bill(database, utility_id, bill_id)
    if found is None:
        raise UsageError(
            f"Build {database.stem} has no bill {bill_id} of {utility_id} that its audit knows. All bills "
            "stand in `ratehouse export fct_bill_audit --out bills.csv`."
        )
    print_bill(bill_id, found)
    for row in found.utilities:
        if row["utility_id"] == utility_id and row["data_mark"]:
            say(row["data_mark"])


def print_bill(bill_id: str, found: bills.Bill) -> None:
    """What is wrong, the lines and the reads of a bill."""
    first = found.services[0]
    say(f"Bill {bill_id} of {day(first['billed_on'])} to account {first['account_id']}")
    if first["service_from_on"]:
        until = f"{day(first['service_to_on'])}, {counted(first['service_days'], 'day')}"
        say(f"for {day(first['service_from_on'])} to {until}")
    for service in found.services:
        of_service = [
            [line for line in lines if line["service"] == service["service"]]
            for lines in (found.differences, found.lines)
        ]
        say(f"{service['service']}: {bills.finding(service, *of_service)}")
    lines = table("Lines", *LINE_COLUMNS, numbers=LINE_COLUMNS[2:], unbroken=LINE_COLUMNS[:2])
    for line in bills.lines(found):
        lines.add_row(*(escape(cell) for cell in line))
    show(lines)
    if any(line["is_assumed"] for line in [*found.differences, *found.lines]):
        say(f"{bills.MARK_OF_ASSUMED} by a price that is assumed")
    if not found.reads:
        say("No read was delivered for these days.")
        return
    reads = table("Reads", *READ_COLUMNS, numbers=READ_COLUMNS[4:7], unbroken=READ_COLUMNS)
    for read in found.reads:
        reads.add_row(
            read["service"],
            escape(read["meter_id"]),
            day(read["read_on"]),
            read["read_kind"],
            *(bills.quantity(read[name]) for name in ("previous_reading_quantity", "reading_quantity")),
            f"{bills.quantity(read['usage_quantity'])} {bills.unit_name(read['unit'])}",
            (read["flags"] or "").replace(",", ", "),
        )
    show(reads)


def print_headlines(database: Path) -> None:
    """One column per utility, and below it the sentence that simulated data carries."""
    found = headlines(database)
    if not found:
        return
    names = [one.name for one in found]
    made = table("Headline figures", "", *names, numbers=tuple(names))
    for label, values in _lines(found):
        if label in ("receivable", "bills recomputed", "late penalties charged", "are the rates enough?"):
            made.add_section()
        made.add_row(label, *(escape(value) for value in values))
    show(made)
    for one in found:
        if one.data_mark:
            say(one.data_mark)


def _lines(found: list[Headline]) -> list[tuple[str, list[str]]]:
    return [
        ("from", [day(one.first_on) for one in found]),
        ("as of", [day(one.as_of_on) for one in found]),
        ("active accounts", [f"{one.accounts:,}" for one in found]),
        ("billed", [usd(one.billed_usd) for one in found]),
        ("collected", [usd(one.collected_usd) for one in found]),
        ("receivable", [usd(one.receivable_usd) for one in found]),
        *((f"  {age}", [usd(one.by_age[place]) for one in found]) for place, age in enumerate(AGES)),
        ("  over 90 days past due", [_percent(one.over_90_pct) for one in found]),
        ("ties to the books", [_books(one) for one in found]),
        ("bills recomputed", [f"{one.bills:,}" for one in found]),
        ("  without a mistake", [f"{one.bills - one.wrong_bills:,}" for one in found]),
        ("  with a mistake", [_beside(one.wrong_bills, one.at_stake_usd, "at stake") for one in found]),
        ("never billed", [_beside(one.never_billed, one.missed_usd, "missed") for one in found]),
        ("earned, not yet billed", [usd(one.unbilled_usd) for one in found]),
        ("late penalties charged", [usd(one.penalties_usd) for one in found]),
        ("  stopped by waivers", [usd(one.stopped_penalties_usd) for one in found]),
        ("may be shut off", [_beside(one.shut_offs, one.shut_offs_usd, "past due") for one in found]),
        ("against the policy", [counted(one.findings, "finding") for one in found]),
        ("are the rates enough?", ["\n".join(map(_enough, one.funds)) or "no books loaded" for one in found]),
    ]


def _enough(fund: Sufficiency) -> str:
    """What a fund's rates leave over in a year, or the adjustment that closes the gap."""
    if fund.surplus_usd is None:
        return f"{fund.fund} {fund.fiscal_year}: not known"
    if fund.surplus_usd >= 0:
        return f"{fund.fund} {fund.fiscal_year}: yes, {usd(fund.surplus_usd)} over"
    closes = "" if fund.adjustment_pct is None else f", +{fund.adjustment_pct:.2f} %"
    return f"{fund.fund} {fund.fiscal_year}: no, {usd(-fund.surplus_usd)} short{closes}"


def _beside(number: int | None, amount: Decimal, word: str) -> str:
    return "-" if number is None else f"{number:,}; {usd(amount)} {word}"


def _percent(share: Decimal | None) -> str:
    return "-" if share is None else f"{share:.1f} % of what is open"


def _books(one: Headline) -> str:
    if one.books_on is None or one.books_difference_usd is None:
        return "no books loaded"
    # Two lines, so that a narrow screen does not break the date.
    if not one.months_differing:
        return f"to the cent,\n{day(one.books_on)}"
    differ = "differs" if one.months_differing == 1 else "differ"
    months = counted(one.months_differing, "month")
    return f"{months} {differ};\nby ${one.books_difference_usd:,} on {day(one.books_on)}"
