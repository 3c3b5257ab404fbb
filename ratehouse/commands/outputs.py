"""Commands that show and hand out: dashboards, export, demo."""

from __future__ import annotations

import ipaddress
import os
import sys
import time
import tomllib
from pathlib import Path
from typing import Annotated

import typer

from ratehouse import demo as demonstration
from ratehouse import publish
from ratehouse.commands.builds import ingest_and_build
from ratehouse.commands.console import WaitOption, WorkspaceOption, called, note, parse_day, progress, say
from ratehouse.commands.figures import print_headlines
from ratehouse.errors import UsageError
from ratehouse.export import Request
from ratehouse.export import export as write_export
from ratehouse.publish import command_line, writer_lock
from ratehouse.workspace import DEFAULT_WORKSPACE, PROJECT_ROOT, Workspace

APP = PROJECT_ROOT / "dashboards" / "app.py"
SECRETS = (PROJECT_ROOT / ".streamlit" / "secrets.toml", Path("~/.streamlit/secrets.toml"))
SIGN_IN_NEEDS = ("redirect_uri", "cookie_secret")


def dashboards(
    address: Annotated[
        str, typer.Option(help="Where to listen; beyond this machine only with sign-in.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8501,
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Open the dashboards on the current build; they follow when a new one is published.

    Example: ratehouse dashboards --port 8600 --no-browser
    """
    place = Workspace.existing(workspace)
    publish.required_build(place)
    if not is_loopback(address) and not sign_in_is_configured():
        raise UsageError(
            f"--address {address}: others could read accounts without signing in. Configure sign-in first: a "
            f"section [auth] with {', '.join(SIGN_IN_NEEDS)} and your provider in {SECRETS[0]}. Without it "
            "the dashboards listen on 127.0.0.1 only."
        )
    arguments = [
        sys.executable, "-m", "streamlit", "run", str(APP),
        "--server.address", address,
        "--server.port", str(port),
        "--server.headless", "false" if browser else "true",
        "--server.showEmailPrompt", "false",
        "--browser.gatherUsageStats", "false",
    ]  # fmt: skip
    note(f"Dashboards on http://{address}:{port} (stop with Ctrl-C)")
    # Streamlit reads its theme and its secrets from the project's folder.
    os.chdir(PROJECT_ROOT)
    os.execve(sys.executable, arguments, {**os.environ, "RATEHOUSE_WORKSPACE": str(place.root)})


def export(
    mart: Annotated[str, typer.Argument(help="A mart, as docs/marts.md lists them.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The file; .csv or .parquet.")],
    utility: Annotated[str | None, typer.Option(help="Only this utility.")] = None,
    as_of: Annotated[
        str | None, typer.Option(help="For aging_as_of and its like: the day that is asked for.")
    ] = None,
    basis: Annotated[str, typer.Option(help="What age counts from: due_date or bill_date.")] = "due_date",
    build_id: Annotated[
        str | None, typer.Option("--build", help="Another build than the current one.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Write a mart to a CSV or Parquet file.

    Simulated data says so in a last column `data_mark`. In CSV, text that a spreadsheet would run as a
    formula gets an apostrophe before it.

    Example: ratehouse export aging_as_of --as-of 2021-06-30 --utility independence --out aging.csv
    """
    place = Workspace.existing(workspace)
    day = parse_day(as_of, "--as-of")
    if basis not in ("due_date", "bill_date"):
        raise UsageError(f"--basis {basis}: choose due_date or bill_date.")
    database = publish.required_build(place, build_id)
    rows = write_export(database, Request(mart, utility, day, basis), out)
    say(f"{rows:,} rows of {mart} from build {database.stem} are in {out}.")


def demo(workspace: WorkspaceOption = DEFAULT_WORKSPACE, wait: WaitOption = False) -> None:
    """Simulate two cities, load, build, audit and publish them, and print the headline figures.

    What exists is used again, so that a second call takes seconds.

    Example: ratehouse demo --workspace data
    """
    started = time.monotonic()
    place = Workspace.at(workspace)
    cities = demonstration.CITIES
    with writer_lock(place, command_line(), wait=wait, on_wait=note):
        demonstration.bring_policy(place, [city.city for city in cities])
        with progress("Simulating two cities") as report:
            simulated = demonstration.simulate_cities(place, cities, report)
        for city, (folder, is_new) in zip(cities, simulated, strict=True):
            state = "simulated" if is_new else "simulated before, used again"
            say(f"{city.describe()}: {state}, in {folder}.")
        outcome = ingest_and_build(place)
    print_headlines(place.build_database(outcome.published.build_id))
    say(f"Done in {time.monotonic() - started:.0f} seconds.")
    named = "" if place.root == Workspace.at().root else f" --workspace {workspace}"
    say(f"Open the dashboards with: {called()} dashboards{named}")


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach an address."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def sign_in_is_configured() -> bool:
    """Whether Streamlit would ask people to sign in."""
    for path in SECRETS:
        try:
            section = tomllib.loads(path.expanduser().read_text(encoding="utf-8")).get("auth")
        except FileNotFoundError:
            continue
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise UsageError(f"{path}: is not readable as TOML: {error}") from error
        if isinstance(section, dict) and all(section.get(name) for name in SIGN_IN_NEEDS):
            return True
    return False
