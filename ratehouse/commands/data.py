"""Commands that bring data in: init, simulate, ingest."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from ratehouse.commands.console import (
    WaitOption,
    WorkspaceOption,
    counted,
    note,
    one_utility,
    parse_day,
    progress,
    say,
    show,
    table,
)
from ratehouse.demo import Simulation, bring_policy, check_simulation, simulate_into_landing, simulate_to
from ratehouse.errors import DataRefused, UsageError
from ratehouse.publish import command_line, writer_lock
from ratehouse.warehouse import connect
from ratehouse.workspace import DEFAULT_WORKSPACE, Workspace

if TYPE_CHECKING:
    from datetime import date

    from rich.table import Table

    from ingest import FileReport, IngestReport

FILES_SHOWN = 40
COUNTS = ("received", "loaded", "unchanged", "restated", "rejected")
# One row per kind of reason: values in quotes and identifiers are taken out. What is rejected because it
# names a row that is not there stands behind the reasons why that row is not there.
REJECTS = """
    SELECT
        count(*) AS n,
        entity,
        min_by(source_file, (load_id, line_number)),
        min_by(line_number, (load_id, line_number)),
        min_by(reason, (load_id, line_number))
    FROM rejects
    WHERE list_contains($loads, load_id) AND taken_up_by_load_id IS NULL
    GROUP BY utility_id, entity, column_name,
        regexp_replace(reason, '''[^'']*''|[0-9A-Za-z-]*[0-9][0-9A-Za-z-]*', '*', 'g')
    ORDER BY bool_and(starts_with(reason, 'unknown ')), n DESC, entity LIMIT 8
"""


def init(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    utility: Annotated[
        str | None, typer.Option(help="Start the policy of a utility: its id, in lower case letters.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="The utility's name as people write it.")] = None,
) -> None:
    """Make a workspace, and a policy to start from.

    Example: ratehouse init --workspace data --utility springfield --name "City of Springfield"
    """
    import ingest
    from ingest.policy import write_starter

    if (utility is None) != (name is None):
        raise UsageError(
            "--utility and --name go together: the one is the id, the other the name on the pages."
        )
    _check_new_utility(utility, name)
    place = Workspace.at(workspace)
    for folder in (place.utilities, place.landing, place.warehouse):
        folder.mkdir(parents=True, exist_ok=True)
    with writer_lock(place, command_line()):
        ingest.prepare(place)
    say(f"The workspace {place.root} is ready.")
    if utility and name:
        for path in write_starter(place, utility, name):
            say(f"  {path.relative_to(place.root)}")
        (place.landing / utility).mkdir(exist_ok=True)
        say(
            f"Complete these files, put extracts into {place.landing / utility}, then "
            f"`ratehouse run --workspace {workspace}`."
        )


def simulate(
    city: Annotated[str, typer.Argument(help="independence or warrensburg")],
    accounts: Annotated[int, typer.Option(min=1, help="Accounts that are active at a time.")] = 1_000,
    first_month: Annotated[str, typer.Option("--from", help="First month that is billed.")] = "2016-07",
    last_month: Annotated[str | None, typer.Option("--to", help="Last month; instead of --months.")] = None,
    months: Annotated[int | None, typer.Option(min=1, help="How many months; 24 without --to.")] = None,
    seed: Annotated[int, typer.Option(help="Another seed is another city.")] = 1,
    file_format: Annotated[str, typer.Option("--format", help="parquet or csv")] = "parquet",
    with_trash: Annotated[bool, typer.Option("--with-trash", help="Homes also pay for trash.")] = False,
    delivery: Annotated[
        str, typer.Option(help="One folder a month, a year, the whole, or recent: the last year by month.")
    ] = "month",
    absent: Annotated[
        list[str] | None,
        typer.Option("--without", help="waiver, event (nothing happened) or the id of an event; repeatable."),
    ] = None,
    response: Annotated[
        str, typer.Option(help="How strongly people pay later while it is free: none, moderate or strong.")
    ] = "moderate",
    with_defects: Annotated[bool, typer.Option("--with-defects", help="Plant the named mistakes.")] = False,
    with_twins: Annotated[
        bool, typer.Option("--with-twins", help="Also without waiver and event: the true costs.")
    ] = False,
    rates: Annotated[
        Path | None, typer.Option(help="A file that replaces settings of simulator/rates.yml.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where to write.", show_default="landing/CITY/simulated")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    wait: WaitOption = False,
) -> None:
    """Simulate a city: extracts of accounts that never were, marked as such.

    Example: ratehouse simulate warrensburg --accounts 500 --from 2018-10 --to 2020-09
    """
    if file_format not in ("parquet", "csv"):
        raise UsageError(f"--format {file_format}: choose parquet or csv.")
    if delivery not in ("year", "month", "recent", "whole"):
        raise UsageError(f"--delivery {delivery}: choose month, year, recent or whole.")
    count = _months(first_month, last_month, months)
    simulation = Simulation(
        city,
        accounts,
        first_month,
        count,
        seed,
        file_format,
        with_trash,
        delivery,
        tuple(sorted(set(absent or ()))),
        response,
        with_defects,
        with_twins,
        rates,
    )
    check_simulation(simulation)
    if out is not None:
        with progress(f"Simulating {simulation.describe()}") as report:
            simulate_to(out, simulation, report)
        say(f"{simulation.describe()}: written to {out}.")
        return
    place = Workspace.at(workspace)
    with writer_lock(place, command_line(), wait=wait, on_wait=note):
        check_simulation(simulation, place)
        with progress(f"Simulating {simulation.describe()}") as report:
            folder, is_new = simulate_into_landing(place, simulation, report)
        bring_policy(place, [city])
    say(f"{simulation.describe()}: {'written to' if is_new else 'already in'} {folder}.")
    say(f"Load and build it with `ratehouse run --workspace {workspace}`.")


def ingest(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Extracts; without any, what lies in landing/.")
    ] = None,
    utility: Annotated[str | None, typer.Option(help="Whose files they are.")] = None,
    delivered_on: Annotated[
        str | None, typer.Option(help="The delivery's date, as 2021-06-30; decides which version wins.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    wait: WaitOption = False,
) -> None:
    """Load extracts into the raw tables; a file is loaded whole or not at all.

    Rejected rows are counted, kept and shown; they are no error. A file that is refused ends with code 1,
    after the others were loaded.

    Example: ratehouse ingest --utility springfield bills.csv payments.csv --delivered-on 2021-06-30
    """
    place = Workspace.existing(workspace)
    day = parse_day(delivered_on, "--delivered-on")
    if files or utility:
        utility = one_utility(place, utility)
    with writer_lock(place, command_line(), wait=wait, on_wait=note):
        report = ingest_with_progress(place, files, utility, day)
    refuse_if_refused(report)
    if not report.files:
        say(f"There is nothing to load in {place.landing}. Put files into landing/<utility>/.")


def ingest_with_progress(
    workspace: Workspace, files: Sequence[Path] | None, utility: str | None, delivered_on: date | None
) -> IngestReport:
    """Brings the policy up to date, loads, prints what became of every file. The caller holds the lock."""
    import ingest as part
    from ingest.policy import load_policy

    for utility_id in workspace.utility_ids():
        load_policy(workspace, utility_id)
    with progress("Loading extracts") as report_progress:
        if files and utility:
            report = part.ingest_files(
                workspace,
                utility,
                files,
                delivered_on=delivered_on,
                progress=report_progress,
            )
        else:
            report = part.ingest_landing(
                workspace, utility_id=utility, delivered_on=delivered_on, progress=report_progress
            )
    _print_report(workspace, report)
    return report


def refuse_if_refused(report: IngestReport, *, then: str = "") -> None:
    """Ends with code 1 where a file was refused.

    Raises:
        DataRefused: with the sentence of each refused file.
    """
    if report.refused:
        lines = "\n".join(f"  {file.message}" for file in report.refused)
        raise DataRefused(f"Refused whole, nothing of it was loaded:\n{lines}{then}")


def _check_new_utility(utility: str | None, name: str | None) -> None:
    """Refuses what no policy could be started with, before anything is made."""
    from ingest.policy_types import CODE

    if utility is not None and not re.fullmatch(CODE, utility):
        raise UsageError(
            f"--utility {utility}: cannot be a utility's id. Write lower case letters, digits and "
            "underscores, beginning with a letter, like springfield."
        )
    if name is not None and not name.strip():
        raise UsageError("--name is empty. Write the utility's name, like City of Springfield.")


def _months(first_month: str, last_month: str | None, months: int | None) -> int:
    """The number of months that the options say."""
    if last_month is None:
        _month_number(first_month, "--from")
        return months or 24
    if months is not None:
        raise UsageError("--to and --months say the same thing; give one of them.")
    count = _month_number(last_month, "--to") - _month_number(first_month, "--from") + 1
    if count < 1:
        raise UsageError(f"--to {last_month} is before --from {first_month}.")
    return count


def _month_number(text: str, option: str) -> int:
    day = parse_day(f"{text}-01", option) if len(text) == 7 else None
    if day is None:
        raise UsageError(f"{option} {text}: is not a month. Write it as 2016-07.")
    return day.year * 12 + day.month


def _print_report(workspace: Workspace, report: IngestReport) -> None:
    earlier = [file for file in report.files if file.status == "already loaded"]
    new = [file for file in report.files if file.status != "already loaded"]
    if new:
        show(_by_file(report, new) if len(new) <= FILES_SHOWN else _by_entity(report, new))
    if earlier:
        verb = "was" if len(earlier) == 1 else "were"
        say(f"{counted(len(earlier), 'file')} {verb} loaded before.")
    if report.taken_up:
        rows, are = counted(report.taken_up, "row"), "is" if report.taken_up == 1 else "are"
        say(f"{rows} rejected earlier {are} accepted now: what was missing has arrived.")
    if report.masked:
        verb = "was" if report.masked == 1 else "were"
        say(f"{counted(report.masked, 'card or bank number')} {verb} masked on arrival.")
    if report.rejected:
        _print_reasons(workspace, [file.load_id for file in report.files if file.load_id and file.rejected])


def _by_file(report: IngestReport, files: list[FileReport]) -> Table:
    made = table("Files", "file", "entity", *COUNTS, "what happened", numbers=COUNTS)
    for file in files:
        # Why a file was refused stands at the end, with every other refusal.
        with_reason = file.message and file.status != "refused"
        happened = f"{file.status}: {file.message}" if with_reason else file.status
        made.add_row(escape(file.file), file.entity, *_counts(file), escape(happened))
    return _with_totals(made, report, len(files))


def _by_entity(report: IngestReport, files: list[FileReport]) -> Table:
    """For a delivery of many files: one line per entity."""
    made = table("Files", "entity", "files", *COUNTS, "what happened", numbers=("files", *COUNTS))
    by_entity: dict[str, list[FileReport]] = {}
    for file in files:
        by_entity.setdefault(file.entity or "no entity", []).append(file)
    for entity, group in by_entity.items():
        counts = (f"{sum(getattr(file, name) for file in group):,}" for name in COUNTS)
        happened = ", ".join(
            f"{number:,} {status}" for status, number in Counter(f.status for f in group).items()
        )
        made.add_row(entity, f"{len(group):,}", *counts, happened)
    return _with_totals(made, report, len(files))


def _with_totals(made: Table, report: IngestReport, files: int) -> Table:
    """Every row that was received is accounted for: received = loaded + unchanged + restated + rejected."""
    made.add_section()
    made.add_row(
        "all",
        counted(files, "file") if made.columns[1].header == "entity" else f"{files:,}",
        *_counts(report),
        "",
    )
    return made


def _counts(report: FileReport | IngestReport) -> list[str]:
    return [f"{getattr(report, name):,}" for name in COUNTS]


def _print_reasons(workspace: Workspace, load_ids: list[int]) -> None:
    """The most frequent reasons of rejection, each with the first place where it occurs."""
    connection = connect(workspace.raw_database, read_only=True)
    try:
        rows = connection.execute(REJECTS, {"loads": load_ids}).fetchall()
    finally:
        connection.close()
    made = table("Why rows were rejected", "rows", "entity", "first in", "for example", numbers=("rows",))
    for count, entity, file, line, reason in rows:
        made.add_row(f"{count:,}", entity, escape(f"{file}, line {line:,}"), escape(reason))
    show(made)
