"""Commands that write what is handed out on paper and as a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ratehouse import publish
from ratehouse.commands.console import WorkspaceOption, one_utility, say
from ratehouse.workspace import DEFAULT_WORKSPACE, Workspace

app = typer.Typer(
    no_args_is_help=True,
    help="Write a report on the published build: a workbook and a PDF.",
    epilog="Example: ratehouse report close --utility independence --month 2021-06",
)


BuildOption = Annotated[str | None, typer.Option("--build", help="Another build than the current one.")]
ScenarioOption = Annotated[str, typer.Option(help="Which set of assumptions, as assumptions.yml calls it.")]
FiscalYearOption = Annotated[int, typer.Option(help="Named by the calendar year in which it ends.")]


@app.command()
def close(
    month: Annotated[str, typer.Option(help="The month that is closed, as 2021-06.")],
    utility: Annotated[str | None, typer.Option(help="Whose month; not needed where there is one.")] = None,
    build_id: BuildOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Write the month-end package: roll-forward, tie to the books, aging, unbilled, allowance, deposits.

    One workbook and one PDF, in the workspace's folder reports/. Their names hold the build, so that what
    another build said stays.

    Example: ratehouse report close --utility independence --month 2021-06
    """
    from reports import document, workbook
    from reports.close import close as month_close
    from reports.close import month_end_of

    month_end = month_end_of(month)
    place = Workspace.existing(workspace)
    database = publish.required_build(place, build_id)
    utility_id = one_utility(place, utility)
    found = month_close(database, utility_id, month_end)
    folder = place.reports / utility_id
    folder.mkdir(parents=True, exist_ok=True)
    for writer, ending in ((workbook, "xlsx"), (document, "pdf")):
        path = folder / f"{found.stem}.{ending}"
        writer.write(found, path)
        say(f"{path}")
    say(f"{found.month} of {found.name}, from build {found.build_id} ({found.audit}).")
    if found.mark:
        say(found.mark)


@app.command()
def memo(
    utility: Annotated[str | None, typer.Option(help="Whose memo; not needed where there is one.")] = None,
    episode: Annotated[
        str | None,
        typer.Option(help="Which events, as events.yml calls them; not needed where there is one."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The PDF; else it goes to the workspace's reports/.")
    ] = None,
    build_id: BuildOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Write the council's memo on what an outage and its waivers cost: two pages, in plain words.

    What only came late, what was lost, who was helped, when it is over, what extending would cost, and how
    far the figures can be trusted. It says what the page "Outage and waivers" of the dashboards says.

    Example: ratehouse report memo --utility independence --episode december_2020
    """
    from reports import memo as council

    place = Workspace.existing(workspace)
    database = publish.required_build(place, build_id)
    utility_id = one_utility(place, utility)
    found = council.memo(database, utility_id, episode)
    path = out or place.reports / utility_id / found.file_name
    path.parent.mkdir(parents=True, exist_ok=True)
    council.write(found, path)
    say(f"{path}")
    say(f"{found.title}, {found.name}, from build {found.build_id} ({found.audit}).")
    if found.mark:
        say(found.mark)


@app.command()
def council(
    fiscal_year: FiscalYearOption,
    utility: Annotated[str | None, typer.Option(help="Whose report; not needed where there is one.")] = None,
    scenario: ScenarioOption = "base",
    out: Annotated[
        Path | None, typer.Option(help="The PDF; else it goes to the workspace's reports/.")
    ] = None,
    build_id: BuildOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Write the council's report on rates: page one complete in itself, and the funds behind it.

    Do this year's rates pay this year's costs, which adjustment closes the gap, what does that do to a
    household, what is owed. Its pictures stand beside it, as PNG and SVG, in a folder of its name.

    Example: ratehouse report council --utility warrensburg --fiscal-year 2022
    """
    from reports import council as rates

    place = Workspace.existing(workspace)
    database = publish.required_build(place, build_id)
    utility_id = one_utility(place, utility)
    found = rates.council(database, utility_id, fiscal_year, scenario)
    path = out or place.reports / utility_id / f"{found.stem}.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    rates.write(found, path)
    say(f"{path}")
    folder = path.with_suffix("")
    files = rates.write_pictures(found, folder)
    say(f"{folder}: {len(files)} pictures")
    say(f"Fiscal year {fiscal_year} of {found.name}, from build {found.build_id} ({found.audit}).")
    if found.mark:
        say(found.mark)


@app.command("workbook")
def rates_workbook(
    fiscal_year: FiscalYearOption,
    utility: Annotated[str | None, typer.Option(help="Whose rates; not needed where there is one.")] = None,
    scenario: ScenarioOption = "base",
    out: Annotated[
        Path | None, typer.Option(help="The workbook; else it goes to the workspace's reports/.")
    ] = None,
    build_id: BuildOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Write the workbook of the rates: requirement, tests, the years ahead and aging, with live formulas.

    Change an adjustment or an assumption in Excel, and revenue, balances and tests of all later years follow.

    Example: ratehouse report workbook --utility warrensburg --fiscal-year 2023
    """
    from reports import rate_book
    from reports.rate_study import study

    place = Workspace.existing(workspace)
    database = publish.required_build(place, build_id)
    utility_id = one_utility(place, utility)
    found = study(database, utility_id, fiscal_year, scenario)
    path = out or place.reports / utility_id / f"{found.stem}.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    rate_book.write(found, path)
    say(f"{path}")
    say(
        f"Fiscal year {fiscal_year} of {found.name}, {found.scenario_title}, "
        f"from build {found.build_id} ({found.audit})."
    )
    if found.mark:
        say(found.mark)
