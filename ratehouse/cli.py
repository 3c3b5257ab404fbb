"""The command line: puts the commands of `ratehouse.commands` together and turns errors into exit codes.

0: done (rejected rows are counted and shown). 1: a file was refused whole, or the data failed an audit.
2: wrong use. 3: another process holds the lock.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ratehouse.commands import builds, data, figures, outputs, reports
from ratehouse.commands.console import as_called, console, say
from ratehouse.errors import RatehouseError

app = typer.Typer(
    name="ratehouse",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="The finances of city utilities: extracts in, audited builds out.",
    epilog="Example: ratehouse run --workspace data. See `ratehouse COMMAND --help`.",
)

for command in (
    data.init,
    data.simulate,
    data.ingest,
    builds.build,
    builds.check,
    builds.run,
    outputs.dashboards,
    builds.status,
    figures.bill,
    outputs.export,
    outputs.demo,
):
    app.command()(command)
app.add_typer(reports.app, name="report")


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
) -> None:
    """Options of `ratehouse` itself."""
    if version:
        from ratehouse.build import ratehouse_version

        say(ratehouse_version())
        raise typer.Exit


def main(arguments: list[str] | None = None) -> None:
    """Runs the command line and ends the process with its exit code.

    Args:
        arguments: instead of those that the process was started with.
    """
    try:
        app(args=arguments)
    except RatehouseError as error:
        out = console(error=True)
        out.print(as_called(str(error)), markup=False, soft_wrap=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
