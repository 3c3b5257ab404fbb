"""A private PostgreSQL: made in a folder, on a Unix socket only, filled from a build, asked, stopped."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench.measure import MemorySampler, StepFailed
from bench.queries import PeerTable
from ratehouse.warehouse import connect

VERSION = "15"
SUPERUSER = "bench"
START_SECONDS = 60
TIMING = re.compile(r"^Time: ([\d.]+) ms", re.MULTILINE)


@dataclass(frozen=True)
class Server:
    """A server that runs.

    Attributes:
        folder: everything of it; emptied when it ends.
        binaries: the folder of its programs.
        socket: the folder of its Unix socket.
        version: as it says.
        memory: how much it holds at its peak.
    """

    folder: Path
    binaries: Path
    socket: Path
    version: str
    memory: MemorySampler

    def run(self, *commands: str) -> str:
        """Runs SQL and commands of psql, one after the other, in one session; returns what is printed.

        Raises:
            StepFailed: the server refused one.
        """
        result = subprocess.run(
            [
                str(self.binaries / "psql"), "-X", "-q", "-t", "--csv", "-v", "ON_ERROR_STOP=1",
                "-h", str(self.socket), "-U", SUPERUSER, "-d", "postgres",
            ],
            input="\n".join(commands),
            capture_output=True,
            text=True,
        )  # fmt: skip
        if result.returncode:
            raise StepFailed(f"PostgreSQL: {result.stderr.strip()}")
        return result.stdout

    def seconds_of(self, query: str) -> float:
        """How long one query takes, measured by psql around it: no start of a process, no connection."""
        # The same query is planned before, so that a new session has read the catalogue.
        printed = self.run(f"EXPLAIN {query};", "\\timing on", f"{query};")
        return float(TIMING.findall(printed)[-1]) / 1000

    def rows_of(self, query: str) -> list[list[str]]:
        """The rows of a query, as text."""
        return [line.split(",") for line in self.run(f"{query};").splitlines() if line]


def find_binaries() -> Path | None:
    """The folder with `initdb`, `postgres` and `psql`; version 15 before others. None where there is none."""
    folders = []
    for name in ("postgres", "initdb"):
        found = shutil.which(name)
        if found:
            folders.append(Path(found).resolve().parent)
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(installed, key=lambda folder: folder.parent.name != VERSION)
    for folder in folders:
        if all((folder / name).exists() for name in ("initdb", "postgres", "psql")):
            return folder
    return None


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    """A new, empty server in `folder`, which is emptied before and after.

    Raises:
        StepFailed: there is no PostgreSQL, or it does not start.
    """
    binaries = find_binaries()
    if binaries is None:
        raise StepFailed(
            "PostgreSQL was not found: `initdb`, `postgres` and `psql` are looked for on the PATH."
        )
    shutil.rmtree(folder, ignore_errors=True)
    data, log = folder / "data", folder / "log"
    data.mkdir(parents=True)
    socket = Path(tempfile.mkdtemp(prefix="bench-postgres-"))
    socket.chmod(0o755)
    identity = _unprivileged((data, socket))
    try:
        _initialise(binaries, data, identity)
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(binaries / "postgres"), "-D", str(data), "-k", str(socket), *_settings()],
                stdout=output, stderr=output, cwd=data, **identity,
            )  # fmt: skip
        try:
            with MemorySampler(process.pid) as memory:
                yield _ready(Server(folder, binaries, socket, "", memory), process, log)
        finally:
            process.send_signal(2)  # SIGINT: ends the sessions, then itself
            process.wait()
    finally:
        shutil.rmtree(socket, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(owned: Sequence[Path]) -> dict[str, object]:
    """PostgreSQL refuses to run as root: the user that it runs as instead, who gets the folders."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        for folder in owned:
            os.chown(folder, user.pw_uid, user.pw_gid)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise StepFailed("PostgreSQL does not run as root, and there is no user `postgres` or `nobody`.")


def _initialise(binaries: Path, data: Path, identity: dict[str, object]) -> None:
    command = [str(binaries / "initdb"), "-D", str(data), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8"]
    result = subprocess.run(
        [*command, "--locale=C", "--no-sync"], capture_output=True, text=True, cwd=data, **identity
    )
    if result.returncode:
        raise StepFailed(
            f"initdb: {result.stderr.strip()}\nThe user that PostgreSQL runs as must be able to "
            f"reach {data}; name another --workspace where it cannot."
        )


def _settings() -> list[str]:
    """Settings for a machine of its own, in proportion to its memory: 6 GB of buffers on 24 GB."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    megabytes = memory // 1024**2
    settings = {
        "listen_addresses": "",
        "shared_buffers": f"{megabytes // 4}MB",
        "effective_cache_size": f"{megabytes * 3 // 5}MB",
        "work_mem": f"{megabytes // 48}MB",
        "maintenance_work_mem": f"{megabytes // 24}MB",
        "max_parallel_workers": "2",
        "max_parallel_workers_per_gather": "2",
        "max_parallel_maintenance_workers": "2",
        "random_page_cost": "1.1",
        "jit": "off",
        "autovacuum": "off",
        # Only for loading: the answers do not write.
        "fsync": "off",
        "synchronous_commit": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": "16GB",
    }
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _ready(started: Server, process: subprocess.Popen, log: Path) -> Server:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            version = started.run("SHOW server_version;").split()[0]
        except StepFailed:
            time.sleep(0.2)
            continue
        return replace(started, version=version)
    raise StepFailed(f"PostgreSQL does not start:\n{log.read_text(errors='replace')[-2000:]}")


def load(server: Server, build: Path, tables: Sequence[PeerTable], say: Callable[[str], None]) -> int:
    """Copies tables out of a build, makes the indexes and the statistics.

    Returns:
        How many rows there are.
    """
    connection = connect(build, read_only=True)
    rows = 0
    file = server.folder / "table.csv"
    try:
        for table in tables:
            say(f"loading {table.name} into PostgreSQL")
            # The path is our own; COPY takes no parameters.
            connection.execute(
                f"COPY (SELECT * FROM ({table.source}) ORDER BY {table.order}) TO '{file}' (HEADER false)"
            )
            indexes = [f"CREATE INDEX ON {table.name} {index};" for index in table.indexes]
            printed = server.run(
                "BEGIN;",
                f"CREATE TABLE {table.name} ({table.columns});",
                f"\\copy {table.name} FROM '{file}' WITH (FORMAT csv)",
                "COMMIT;",
                *indexes,
                f"VACUUM (ANALYZE) {table.name};",
                f"SELECT count(*) FROM {table.name};",
            )
            rows += int(printed.split()[-1])
            file.unlink()
    finally:
        connection.close()
    return rows
