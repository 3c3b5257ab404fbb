"""The demonstration: two cities that never were, simulated into a workspace; what exists is used again."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import queue
import shutil
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

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
        delivery: one folder a `month`, a `year`, the `whole`, or `recent`: the last fiscal year by month.
        absent: what is left out: `waiver`, `event` or single events.
        response: how strongly people pay later while lateness costs nothing: `none`, `moderate`, `strong`.
        with_defects: whether the named mistakes are planted.
        with_twins: whether the twins are lived through as well, for the true costs.
        rates: a file that replaces single settings of the simulator.
    """

    city: str
    accounts: int
    first_month: str
    months: int
    seed: int = 1
    file_format: str = "parquet"
    with_trash: bool = False
    delivery: str = "year"
    absent: tuple[str, ...] = ()
    response: str = "moderate"
    with_defects: bool = False
    with_twins: bool = False
    rates: Path | None = None

    def describe(self) -> str:
        """In words, for a message."""
        size = f"{self.accounts:,} accounts, {self.months} months from {self.first_month}"
        left_out = f", without {' and '.join(self.absent)}" if self.absent else ""
        return f"{self.city}, {size}, seed {self.seed}{left_out}"

    def fingerprint(self) -> dict[str, Any]:
        """What decides the files, as JSON holds it; of a settings file its content counts, not its name."""
        content = self.rates.read_text(encoding="utf-8") if self.rates else None
        return {**asdict(self), "absent": list(self.absent), "rates": content}


CITIES = (
    Simulation(
        "independence",
        accounts=3_000,
        first_month="2016-07",
        months=72,
        delivery="recent",
        with_defects=True,
    ),
    Simulation(
        "warrensburg",
        accounts=2_000,
        first_month="2016-10",
        months=72,
        delivery="recent",
        with_defects=True,
    ),
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
    publish.write_json(_marker(workspace, simulation), simulation.fingerprint())
    return folder, True


def simulate_cities(
    workspace: Workspace, simulations: Sequence[Simulation], progress: Progress | None = None
) -> list[tuple[Path, bool]]:
    """Simulates several cities into their landing folders, each in a process of its own.

    The caller holds the writer lock. Returns and raises as `simulate_into_landing`, in the order given.
    """
    for simulation in simulations:
        check_simulation(simulation, workspace)
    todo = [simulation for simulation in simulations if not _is_simulated(workspace, simulation)]
    if len(todo) < 2:
        return [simulate_into_landing(workspace, simulation, progress) for simulation in simulations]
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(len(todo), mp_context=context) as pool:
        told = manager.Queue()
        futures = [pool.submit(_simulate_and_tell, workspace, simulation, told) for simulation in todo]
        done = dict.fromkeys((simulation.city for simulation in todo), 0)
        total = sum(simulation.months for simulation in todo)
        while not all(future.done() for future in futures):
            with contextlib.suppress(queue.Empty):
                city, message, done[city] = told.get(timeout=0.2)
                if progress:
                    progress(message, sum(done.values()), total)
        made = dict(
            zip((simulation.city for simulation in todo), (one.result() for one in futures), strict=True)
        )
    return [
        made.get(simulation.city, (_simulated_folder(workspace, simulation), False))
        for simulation in simulations
    ]


def _simulate_and_tell(workspace: Workspace, simulation: Simulation, told: queue.Queue) -> tuple[Path, bool]:
    """Simulates a city in this process and puts its progress, by city, where the parent looks."""

    def report(message: str, done: int, _total: int) -> None:
        told.put((simulation.city, message, done))

    return simulate_into_landing(workspace, simulation, report)


def check_simulation(simulation: Simulation, workspace: Workspace | None = None) -> None:
    """Whether a simulation can be made, before anything is.

    Args:
        simulation: its settings.
        workspace: the workspace that it is to go into; None for any folder.

    Raises:
        UsageError: the city, something to leave out or the strength of response is unknown, the settings file
            is not readable, or another simulation of the city has been loaded already.
    """
    from simulator.cities import CITIES as KNOWN
    from simulator.cities import without
    from simulator.rates import load_rates
    from simulator.run import RESPONSES

    if simulation.city not in KNOWN:
        raise UsageError(f"Unknown city {simulation.city}; choose one of {', '.join(sorted(KNOWN))}.")
    if simulation.response not in RESPONSES:
        raise UsageError(f"--response {simulation.response}: choose one of {', '.join(RESPONSES)}.")
    try:
        without(KNOWN[simulation.city], simulation.absent)
        load_rates(simulation.city, simulation.rates)
    except ValueError as error:
        raise UsageError(f"The simulation cannot start: {error}.") from error
    if workspace and not _is_simulated(workspace, simulation):
        _refuse_second_simulation(workspace, simulation)


def simulate_to(folder: Path, simulation: Simulation, progress: Progress | None = None) -> None:
    """Simulates a city into any folder.

    Raises:
        UsageError: the settings are wrong.
    """
    from simulator.run import run
    from simulator.twins import run_with_twins

    settings = asdict(simulation)
    simulate = run_with_twins if settings.pop("with_twins") else run
    try:
        simulate(settings.pop("city"), folder, **settings, progress=progress)
    except ValueError as error:
        raise UsageError(f"The simulation cannot start: {error}.") from error


def _simulated_folder(workspace: Workspace, simulation: Simulation) -> Path:
    return workspace.landing / simulation.city / "simulated"


def _marker(workspace: Workspace, simulation: Simulation) -> Path:
    """Says which simulation the folder beside it holds."""
    return workspace.landing / simulation.city / ".simulated.json"


def _is_simulated(workspace: Workspace, simulation: Simulation) -> bool:
    folder = _simulated_folder(workspace, simulation)
    return folder.is_dir() and _read(_marker(workspace, simulation)) == simulation.fingerprint()


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
