"""Commands that write what is handed out on paper and as a workbook."""

from __future__ import annotations

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


@app.callback()
def _group() -> None:
    """Keeps `close` a command of its own while it is the only one."""


@app.command()
def close(
    month: Annotated[str, typer.Option(help="The month that is closed, as 2021-06.")],
    utility: Annotated[str | None, typer.Option(help="Whose month; not needed where there is one.")] = None,
    build_id: Annotated[
        str | None, typer.Option("--build", help="Another build than the current one.")
    ] = None,
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
