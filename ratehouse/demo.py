"""The demonstration: two cities that never were, simulated into a workspace; what exists is used again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from ratehouse import publish
from ratehouse.dbt import Progress
from ratehouse.errors import UsageError
from ratehouse.warehouse import connect
from ratehouse.workspace import DEFAULT_WORKSPACE, PROJECT_ROOT, Workspace

LOADED_OF_UTILITY = "SELECT count(*) FROM loads WHERE utility_id = ? AND status = 'loaded'"
COMMITTED_POLICY = PROJECT_ROOT / DEFAULT_WORKSPACE / "utilities"


@dataclass(frozen=True)
class Simulation:
    """The settings of a simulated city; equal settings give equal files.

    Attributes:
        city: `independence` or `warrensburg`; also the utility's id.
        accounts: active at a time.
        first_month: `YYYY-MM`.
        months: how many.
        seed: of all randomness.
        file_format: `parquet` or `csv`.
        with_trash: whether homes also pay for trash.
        delivery: one folder a `year`, a `month`, or the `whole`.
    """

    city: str
    accounts: int
    first_month: str
    months: int
    seed: int = 1
    file_format: str = "parquet"
    with_trash: bool = False
    delivery: str = "year"

    def describe(self) -> str:
        """In words, for a message."""
        size = f"{self.accounts:,} accounts, {self.months} months from {self.first_month}"
        return f"{self.city}, {size}, seed {self.seed}"


CITIES = (
    Simulation("independence", accounts=3_000, first_month="2016-07", months=72),
    Simulation("warrensburg", accounts=2_000, first_month="2016-10", months=72),
)


def bring_policy(workspace: Workspace, cities: Iterable[str]) -> None:
    """Copies the committed policy of the cities into a workspace that has none of theirs."""
    for city in cities:
        target, source = workspace.utilities / city, COMMITTED_POLICY / city
        if not target.exists():
            if not source.is_dir():
                raise UsageError(
                    f"{source} is missing: it holds the policy of {city}. Restore it from the repository."
                )
            workspace.utilities.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, target)


def simulate_into_landing(
    workspace: Workspace, simulation: Simulation, progress: Progress | None = None
) -> tuple[Path, bool]:
    """Simulates a city into its landing folder, whole or not at all. The caller holds the writer lock.

    Returns:
        The folder, and whether anything was simulated; the same simulation is not made twice.

    Raises:
        UsageError: the settings are wrong, or another simulation of the city has been loaded already.
    """
    check_simulation(simulation, workspace)
    folder = _simulated_folder(workspace, simulation)
    if _is_simulated(workspace, simulation):
        return folder, False
    partial = workspace.warehouse / "work" / f"simulated-{simulation.city}"
    shutil.rmtree(partial, ignore_errors=True)
    simulate_to(partial, simulation, progress)
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial.rename(folder)
    publish.write_json(_marker(workspace, simulation), asdict(simulation))
    return folder, True


def check_simulation(simulation: Simulation, workspace: Workspace | None = None) -> None:
    """Whether a simulation can be made, before anything is.

    Args:
        simulation: its settings.
        workspace: the workspace that it is to go into; None for any folder.

    Raises:
        UsageError: the city is unknown, or another simulation of it has been loaded already.
    """
    from simulator.cities import CITIES as KNOWN

    if simulation.city not in KNOWN:
        raise UsageError(f"Unknown city {simulation.city}; choose one of {', '.join(sorted(KNOWN))}.")
    if workspace and not _is_simulated(workspace, simulation):
        _refuse_second_simulation(workspace, simulation)


def simulate_to(folder: Path, simulation: Simulation, progress: Progress | None = None) -> None:
    """Simulates a city into any folder.

    Raises:
        UsageError: the settings are wrong.
    """
    from simulator.run import run

    settings = asdict(simulation)
    try:
        run(settings.pop("city"), folder, **settings, progress=progress)
    except ValueError as error:
        raise UsageError(f"The simulation cannot start: {error}.") from error


def _simulated_folder(workspace: Workspace, simulation: Simulation) -> Path:
    return workspace.landing / simulation.city / "simulated"


def _marker(workspace: Workspace, simulation: Simulation) -> Path:
    """Says which simulation the folder beside it holds."""
    return workspace.landing / simulation.city / ".simulated.json"


def _is_simulated(workspace: Workspace, simulation: Simulation) -> bool:
    folder = _simulated_folder(workspace, simulation)
    return folder.is_dir() and _read(_marker(workspace, simulation)) == asdict(simulation)


def _read(marker: Path) -> object:
    try:
        return json.loads(marker.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def _refuse_second_simulation(workspace: Workspace, simulation: Simulation) -> None:
    """Two simulations of a city would mix in the raw tables and mean nothing."""
    if not workspace.raw_database.exists():
        return
    connection = connect(workspace.raw_database, read_only=True)
    try:
        loaded = connection.execute(LOADED_OF_UTILITY, [simulation.city]).fetchone()
    finally:
        connection.close()
    if loaded and loaded[0]:
        raise UsageError(
            f"{workspace.root} already holds other data of {simulation.city}; {simulation.describe()} would "
            "mix with it. Name another --workspace, or remove its folders landing/ and warehouse/ first."
        )
