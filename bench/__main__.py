"""`python -m bench`: measures, prints, and writes the page."""

from __future__ import annotations

import json
import os
import platform
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bench import report
from bench.measure import StepFailed
from bench.postgres import find_binaries
from bench.steps import CITY, STEPS, Bench
from ratehouse.errors import RatehouseError
from ratehouse.publish import current_build, write_json
from ratehouse.workspace import PROJECT_ROOT, Workspace

MAKING = ("simulate", "ingest", "build")
ON_A_BUILD = ("asof", "ledger", "postgres", "reprice", "reprice_bills", "reprice_script")
WIDTH = 140
PAGE = PROJECT_ROOT / "docs" / "bench.md"


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    accounts: Annotated[int, typer.Option(min=1, help="Accounts of the city.")] = report.FULL_ACCOUNTS,
    years: Annotated[int, typer.Option(min=1, help="Years of history.")] = report.FULL_YEARS,
    workspace: Annotated[
        Path | None, typer.Option(help="Where it is done.", show_default="bench/work/ACCOUNTS_YEARS")
    ] = None,
    steps: Annotated[
        str | None, typer.Option(help=f"Measure these again: {','.join(STEPS)}; else what is missing.")
    ] = None,
    page: Annotated[
        Path | None, typer.Option(help="The page.", show_default="docs/bench.md at full size, else none")
    ] = None,
) -> None:
    """Measures ratehouse at the size of a city, and the same question on plain DuckDB and PostgreSQL.

    A step that was measured in the workspace is not repeated unless it is named. Extracts and raw tables that
    were there before are used as they are, unless `simulate` or `ingest` is named: these start from nothing.
    """
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    root = workspace or PROJECT_ROOT / "bench" / "work" / f"{accounts}_{years}"
    bench = Bench(Workspace.at(root), accounts, years, lambda text: console.print(f"  {text}", style="dim"))
    try:
        results = _measured(bench, _named(steps), console)
    except (StepFailed, RatehouseError) as error:
        console.print(str(error), markup=False)
        sys.exit(1)
    for table in report.tables(results):
        console.print(table)
    target = page or (PAGE if (accounts, years) == (report.FULL_ACCOUNTS, report.FULL_YEARS) else None)
    if target:
        target.write_text(report.page(results), encoding="utf-8")
        console.print(f"Written to {target}.")


def _named(steps: str | None) -> list[str] | None:
    if steps is None:
        return None
    names = steps.split(",")
    for name in names:
        if name not in STEPS:
            raise typer.BadParameter(f"{name}: choose among {', '.join(STEPS)}.")
    return [name for name in STEPS if name in names]


def _measured(bench: Bench, named: list[str] | None, console: Console) -> report.Results:
    """Measures what is missing or named; what was measured is kept after every step."""
    file = bench.folder / "results.json"
    results = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"steps": {}}
    settings = {"accounts": bench.accounts, "years": bench.years}
    if results.get("settings", settings) != settings:
        raise StepFailed(f"{bench.workspace.root} holds measurements of {results['settings']}: name another.")
    if "settings" not in results:
        results.update(settings=settings, found=_found(bench))
        write_json(file, results)
    for name in named if named is not None else _missing(bench, results, console):
        console.print(f"[bold]{name}[/bold]")
        # What stands on this step is measured again, too, or shown as missing.
        later = list(STEPS)[list(STEPS).index(name) + 1 :] if name in MAKING else ()
        for stale in (name, *later):
            results["steps"].pop(stale, None)
        results["steps"][name] = STEPS[name](bench)
        results.update(machine=_machine(), measured_on=date.today().isoformat())
        results["versions"] = _versions(results)
        write_json(file, results)
        console.print(f"  {results['steps'][name]['seconds']:,.1f} s, {results['steps'][name]['rows']}")
    return results


def _found(bench: Bench) -> list[str]:
    """The steps whose work lies in the workspace already, before the first of ours."""
    has_extracts = (bench.workspace.landing / CITY).exists()
    if bench.workspace.raw_database.exists():
        return ["simulate", "ingest", *(() if has_extracts else ("copy",))]
    return ["simulate"] if has_extracts else []


def _missing(bench: Bench, results: report.Results, console: Console) -> list[str]:
    missing = []
    for name in STEPS:
        if name in results["steps"]:
            console.print(f"{name}: measured before.", style="dim")
        elif name in results["found"]:
            console.print(f"{name}: made before, used as it is and not measured.", style="dim")
        elif name == "postgres" and find_binaries() is None:
            console.print("postgres: no PostgreSQL was found, so it is not measured.", style="dim")
        else:
            missing.append(name)
    build = current_build(bench.workspace)
    asked = results["steps"].get("asof", results["steps"].get("reprice"))
    if asked and "build" not in missing and (build is None or asked["build"] != build.build_id):
        missing = [name for name in STEPS if name in missing or name in ON_A_BUILD]
    return missing


def _machine() -> dict[str, int]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"cores": os.cpu_count() or 1, "memory_gb": round(memory / 1024**3)}


def _versions(results: report.Results) -> dict[str, str]:
    found = {"Python": platform.python_version()}
    found |= {name: version(package) for name, package in (("DuckDB", "duckdb"), ("dbt", "dbt-core"))}
    if "postgres" in results["steps"]:
        found["PostgreSQL"] = results["steps"]["postgres"]["version"]
    return found


if __name__ == "__main__":
    app()
