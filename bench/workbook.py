"""`python -m bench.workbook`: the workbook of rates recalculated by LibreOffice and held against the marts.

Every formula is calculated anew, as the file stands and after changes of cells; the same changes are asked of
the functions that make the marts. The copies hold no calculated value, so nothing can be read back as it was.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import openpyxl
import typer

from ratehouse.errors import RatehouseError
from ratehouse.publish import required_build
from ratehouse.workspace import DEFAULT_WORKSPACE, PROJECT_ROOT, Workspace
from reports import rate_book
from reports.grid import Written, xl_rowcol_to_cell
from reports.rate_study import Changes, Study, study

PAGE = PROJECT_ROOT / "docs" / "workbook.md"
MEASURED = "## Measured\n"
INSTALL = (
    "LibreOffice was not found. Install it (Debian: apt-get install libreoffice-calc) and run this again."
)
MINUTES = 10
# Money to the cent; what is printed with more places, to a millionth.
CLOSE = {"usd": 0.005}
CLOSE_ELSE = 1e-6
# By name: what a year's value is changed to, and in which of the open years (0 is the first).
CHANGES: dict[str, tuple[tuple[str, int, str], ...]] = {
    "an adjustment of 6 % in the second open year": (("rate_adjustment_percent", 1, "6"),),
    "the same from the seventh month on": (
        ("rate_adjustment_percent", 1, "6"),
        ("rate_effective_month", 1, "7"),
    ),
    "two adjustments, and people answer twice as much": tuple(
        ("elasticity", place, "-0.4") for place in range(11)
    )
    + (("rate_adjustment_percent", 0, "4.25"), ("rate_adjustment_percent", 3, "3.1")),
    "3 % is never paid": tuple(("uncollectible_percent", place, "3") for place in range(11)),
    "interest of 4 %": tuple(("interest_percent", place, "4") for place in range(11)),
    "a payment in lieu of taxes of 5 %": tuple(("pilot_percent", place, "5") for place in range(11)),
    "no percent for the payment in lieu of taxes": tuple(
        ("pilot_percent", place, "0") for place in range(11)
    ),
    "projects two years later, a tenth left out": tuple(
        (name, place, value)
        for name, value in (("capital_delay_years", "2"), ("capital_share_percent", "90"))
        for place in range(11)
    ),
    "debt at 6 % over 15 years": tuple(
        (name, place, value)
        for name, value in (("debt_interest_percent", "6"), ("debt_term_years", "15"))
        for place in range(11)
    ),
    "prices rise by 5 %": tuple(
        (name, place, "5")
        for name in ("inflation_percent.other", "inflation_percent.personnel", "inflation_percent.capital")
        for place in range(11)
    ),
    "growth, a drought, and reserves": (
        ("growth_percent", 2, "1.7"),
        ("usage_growth_percent", 1, "-2.5"),
        ("usage_shock_percent", 1, "-8"),
        ("reserve_contribution_usd", 1, "12345.67"),
        ("planned_reserve_draw_usd", 2, "54321.09"),
        ("waiver_extension_usd", 1, "20000"),
    ),
    "higher targets": tuple(
        (name, place, value)
        for name, value in (("target_coverage", "1.6"), ("target_days_cash", "250"))
        for place in range(11)
    ),
}


@dataclass
class Compared:
    """What was compared.

    Attributes:
        utility: whose workbook.
        change: what was changed; nothing for the file as it is written.
        cells: how many were changed.
        figures: formulas that come to figures of the marts.
        steps: formulas on the way to them.
        moved: formulas whose value the change moved.
        apart: those that differ from the marts.
        largest_usd: the greatest difference in dollars.
        largest: the greatest difference of a rate, ratio or percent.
        first: some that differ, in words.
    """

    utility: str
    change: str
    cells: int = 0
    figures: int = 0
    steps: int = 0
    moved: int = 0
    apart: int = 0
    largest_usd: float = 0.0
    largest: float = 0.0
    first: list[str] = field(default_factory=list)


class NoOffice(Exception):
    """LibreOffice is not there, or did not calculate."""


def office() -> str:
    """The program that calculates."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        raise NoOffice(INSTALL)
    return found


def version() -> str:
    """Of LibreOffice."""
    told = subprocess.run([office(), "--version"], capture_output=True, text=True, check=True, timeout=60)
    return " ".join(told.stdout.split()[:2])


def recalculated(files: list[Path], folder: Path) -> list[Path]:
    """The files, calculated by LibreOffice with a profile of its own."""
    out = folder / "calculated"
    command = [
        office(),
        "--headless",
        "--norestore",
        f"-env:UserInstallation=file://{folder}/profile",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(out),
        *map(str, files),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60 * MINUTES)
    written = [out / file.name for file in files]
    missing = [file.name for file in written if not file.exists()]
    if missing:
        raise NoOffice(f"LibreOffice did not write {', '.join(missing)}: {done.stderr.strip()}")
    return written


def bare(path: Path, cells: dict[tuple[str, str], Decimal], target: Path) -> None:
    """A copy without any calculated value, and with other values in some cells."""
    book = openpyxl.load_workbook(path)
    for (sheet, cell), value in cells.items():
        book[sheet][cell].value = float(value)
    book.save(target)
    kept = openpyxl.load_workbook(target, data_only=True)
    held = sum(
        kept[sheet.title][cell.coordinate].value is not None
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    )
    if held:
        raise NoOffice(f"{target.name} still holds {held} calculated values.")


def compare(told: Compared, calculated: Path, expected: list[Written], before: list[Written]) -> None:
    """Holds every formula of a calculated file against what it has to come to."""
    book = openpyxl.load_workbook(calculated, data_only=True)
    values = {
        sheet.title: {
            cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None
        }
        for sheet in book.worksheets
    }
    was = {(one.sheet, one.cell): one.value for one in before}
    for one in expected:
        told.figures += one.is_figure
        told.steps += not one.is_figure
        told.moved += was[one.sheet, one.cell] != one.value
        found = values[one.sheet].get(one.cell)
        difference = _difference(found, one.value)
        if one.look == "usd" and isinstance(one.value, float):
            told.largest_usd = max(told.largest_usd, difference)
        elif isinstance(one.value, float):
            told.largest = max(told.largest, difference)
        if difference >= CLOSE.get(one.look, CLOSE_ELSE):
            told.apart += 1
            told.first.append(f"{one.sheet} {one.cell} ({one.key}): {found}, the marts say {one.value}")
    del told.first[12:]


def _difference(found: object, expected: object) -> float:
    """0 where both are the same; a text for a number, or another text, is not."""
    if isinstance(expected, str):
        return 0.0 if (found or "") == expected else float("inf")
    return abs(found - expected) if isinstance(found, int | float) else float("inf")


def measure(database: Path, utility: str, year: int, folder: Path) -> Iterator[Compared]:
    """The file as it is written, then each change."""
    asked = study(database, utility, year)
    path = folder / f"{utility}.xlsx"
    plain = rate_book.write(asked, path)
    jobs: list[tuple[Compared, Path, list[Written]]] = []
    target = folder / f"{utility}_0.xlsx"
    bare(path, {}, target)
    jobs.append((Compared(utility, "nothing"), target, plain))
    for number, (words, change) in enumerate(CHANGES.items(), start=1):
        changes = dict(_changes(asked, change))
        if not changes:
            continue
        target = folder / f"{utility}_{number}.xlsx"
        bare(path, _cells(asked, changes, path), target)
        expected = rate_book.write(study(database, utility, year, changes=changes), folder / "expected.xlsx")
        if [(one.sheet, one.cell) for one in expected] != [(one.sheet, one.cell) for one in plain]:
            raise NoOffice(f"{words}: the workbook has other rows than before.")
        jobs.append((Compared(utility, words, len(changes)), target, expected))
    for (told, _, expected), calculated in zip(
        jobs, recalculated([job[1] for job in jobs], folder), strict=True
    ):
        compare(told, calculated, expected, plain)
        yield told


def _changes(
    asked: Study, change: tuple[tuple[str, int, str], ...]
) -> Iterator[tuple[tuple[str, str, int], Decimal]]:
    """The change for every fund that has the years and the assumption."""
    for fund in asked.funds:
        years = [year for year in sorted(fund.kinds) if fund.is_open(year)]
        for name, place, value in change:
            if place < len(years) and (name, years[place]) in fund.assumed:
                yield (fund.fund, name, years[place]), Decimal(value)


def _cells(asked: Study, changes: Changes, path: Path) -> dict[tuple[str, str], Decimal]:
    """Where the changed assumptions stand."""
    sheet = rate_book.assumptions_sheet(asked)
    return {
        (rate_book.ASSUMPTIONS, xl_rowcol_to_cell(sheet.place(f"{fund}|{name}"), sheet.column(year))): value
        for (fund, name, year), value in changes.items()
    }


def page(results: list[Compared], seconds: float, build: str) -> str:
    """What was measured, for docs/workbook.md."""
    lines = [
        f"Written by `python -m bench.workbook` on {date.today().isoformat()} ({version()}), build {build},",
        f"in {seconds:,.0f} s. Every formula of every fund is calculated anew and held",
        "against the marts (nothing changed) or against the functions that make them (something changed).",
        "",
        "| city | changed | cells changed | figures of the marts | steps on the way | moved | apart "
        "| most, $ | most, else |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for one in results:
        lines.append(
            f"| {one.utility} | {one.change} | {one.cells} | {one.figures:,} | {one.steps:,} | {one.moved:,} "
            f"| {one.apart:,} "
            f"| {one.largest_usd:.6f} | {one.largest:.1e} |"
        )
    return "\n".join(lines) + "\n"


def main(
    workspace: Annotated[Path, typer.Option(help="With a published build.")] = DEFAULT_WORKSPACE,
    year: Annotated[
        int | None, typer.Option(help="Fiscal year.", show_default="the first that is not actual")
    ] = None,
    page_at: Annotated[Path, typer.Option("--page", help="The page.")] = PAGE,
) -> None:
    """Recalculates the workbook of each utility by LibreOffice and compares every formula with the marts."""
    started = time.monotonic()
    results: list[Compared] = []
    try:
        office()
        place = Workspace.existing(workspace)
        database = required_build(place)
        with tempfile.TemporaryDirectory() as made:
            for utility in place.utility_ids():
                asked_year = year or _first_open_year(database, utility)
                for told in measure(database, utility, asked_year, Path(made)):
                    results.append(told)
                    counts = Counter(
                        figures=told.figures, steps=told.steps, moved=told.moved, apart=told.apart
                    )
                    print(
                        told.utility,
                        "|",
                        told.change,
                        "|",
                        dict(counts),
                        f"{told.largest_usd:.6f} {told.largest:.1e}",
                    )
                    for line in told.first:
                        print("   ", line)
    except (NoOffice, RatehouseError) as error:
        print(error)
        sys.exit(1)
    text = page_at.read_text(encoding="utf-8").split(MEASURED)[0] if page_at.exists() else ""
    measured = page(results, time.monotonic() - started, database.stem)
    page_at.write_text(f"{text}{MEASURED}\n{measured}", encoding="utf-8")
    sys.exit(1 if any(told.apart for told in results) else 0)


def _first_open_year(database: Path, utility: str) -> int:
    """The first fiscal year without a whole year of books."""
    from ratehouse.warehouse import reading

    with reading(database) as connection:
        sql = "SELECT min(first_open_year) FROM intermediate.int_finance__fund_years WHERE utility_id = ?"
        return connection.execute(sql, [utility]).fetchone()[0]


if __name__ == "__main__":
    typer.run(main)
