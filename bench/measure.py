"""How long something takes and how much memory it holds at its peak, child processes included."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from types import TracebackType

PROC = Path("/proc")
SAMPLE_SECONDS = 0.2
LOG_LINES_SHOWN = 15
MOST_RUNS = 5
LEAST_RUNS = 2
BUDGET_SECONDS = 60.0


class StepFailed(Exception):
    """A step could not be measured; the message says why."""


@dataclass(frozen=True)
class Cost:
    """What a process and its children took.

    Attributes:
        seconds: of the clock.
        cpu_seconds: of all cores.
        peak_bytes: memory held at the same time by all of them.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int


class MemorySampler:
    """Looks again and again at how much memory a process and its descendants hold, and keeps the most."""

    def __init__(self, pid: int) -> None:
        self.peak_bytes = 0
        self._pid = pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> MemorySampler:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            self.peak_bytes = max(self.peak_bytes, tree_bytes(self._pid))
            if self._ended.wait(SAMPLE_SECONDS):
                return


def tree_bytes(pid: int) -> int:
    """Memory of a process and its descendants: what each holds alone, and once what they share.

    0 where the system does not say (`/proc` is Linux).
    """
    alone, shared = 0, 0
    for member in _tree(pid):
        try:
            lines = (PROC / str(member) / "status").read_text().splitlines()
        except OSError:  # it has ended meanwhile
            continue
        sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines if line.startswith("Rss")}
        alone += sizes.get("RssAnon", 0) + sizes.get("RssFile", 0)
        shared = max(shared, sizes.get("RssShmem", 0))
    return alone + shared


def _tree(pid: int) -> list[int]:
    children: dict[int, list[int]] = defaultdict(list)
    for entry in PROC.glob("[0-9]*/stat"):
        try:
            # The name in parentheses may hold anything; state and parent stand behind the last one.
            parent = int(entry.read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError, ValueError):
            continue
        children[parent].append(int(entry.parent.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting.extend(children[found[-1]])
    return found


def run_measured(command: list[str], *, cwd: Path, log: Path) -> Cost:
    """Runs a command to its end.

    Args:
        command: program and arguments.
        cwd: the folder that it runs in.
        log: the file that gets what it says.

    Raises:
        StepFailed: it ended with another status than zero.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        started = time.monotonic()
        process = subprocess.Popen(command, cwd=cwd, stdout=output, stderr=subprocess.STDOUT)
        with MemorySampler(process.pid) as sampler:
            try:
                _, status, usage = os.wait4(process.pid, 0)
            except BaseException:
                process.kill()
                process.wait()
                raise
        seconds = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        last = log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:]
        raise StepFailed("\n".join([f"`{' '.join(command[1:])}` ended with {process.returncode}:", *last]))
    largest = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Cost(seconds, usage.ru_utime + usage.ru_stime, max(sampler.peak_bytes, largest))


def timed_runs(ask: Callable[[], float]) -> list[float]:
    """Seconds of several runs: five, or fewer where they take minutes.

    Args:
        ask: runs once and says how many seconds it took; what it reads has been read before.
    """
    runs: list[float] = []
    while len(runs) < LEAST_RUNS or (len(runs) < MOST_RUNS and sum(runs) < BUDGET_SECONDS):
        runs.append(ask())
    return runs


def middle(seconds: list[float]) -> float:
    """The median."""
    return median(seconds)
