"""Where everything lies: the one place that knows the paths of a workspace."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ratehouse.errors import UsageError

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DBT_PROJECT = PROJECT_ROOT / "dbt_project"
DEFAULT_WORKSPACE = Path("data")
MEMORY_LIMIT = os.environ.get("RATEHOUSE_MEMORY_LIMIT", "6GB")
BUILDS_KEPT = 10


@dataclass(frozen=True)
class Workspace:
    """A folder that holds the policy, the extracts and the warehouse of one or more utilities.

    Attributes:
        root: the workspace's folder, absolute.
    """

    root: Path

    @classmethod
    def at(cls, root: str | os.PathLike[str] = DEFAULT_WORKSPACE) -> Workspace:
        """The workspace at `root`; it need not exist yet."""
        return cls(Path(root).expanduser().resolve())

    @classmethod
    def existing(cls, root: str | os.PathLike[str] = DEFAULT_WORKSPACE) -> Workspace:
        """The workspace at `root`.

        Raises:
            UsageError: there is no workspace; the message says how to make one.
        """
        workspace = cls.at(root)
        if not workspace.utilities.is_dir():
            raise UsageError(
                f"No workspace at {workspace.root}: the folder `utilities/` is missing. "
                f"Make one with `ratehouse init --workspace {root}`, or name another with --workspace."
            )
        return workspace

    @property
    def utilities(self) -> Path:
        """Policy YAML, one folder per utility."""
        return self.root / "utilities"

    @property
    def landing(self) -> Path:
        """Where extracts arrive, one folder per utility."""
        return self.root / "landing"

    @property
    def scenarios(self) -> Path:
        """Rates that were tried and named, one folder per utility."""
        return self.root / "scenarios"

    @property
    def reports(self) -> Path:
        """What was written to be handed out, one folder per utility."""
        return self.root / "reports"

    @property
    def warehouse(self) -> Path:
        """The DuckDB files, the pointer and the lock."""
        return self.root / "warehouse"

    @property
    def raw_database(self) -> Path:
        """Raw tables, manifest and rejects; written by ingest only."""
        return self.warehouse / "raw.duckdb"

    @property
    def builds(self) -> Path:
        """One DuckDB file and one audit record per build."""
        return self.warehouse / "builds"

    @property
    def pointer(self) -> Path:
        """The small file that names the current build."""
        return self.warehouse / "current.json"

    @property
    def lock(self) -> Path:
        """Held by whoever writes raw tables or a build."""
        return self.warehouse / "writer.lock"

    def build_database(self, build_id: str) -> Path:
        """The DuckDB file of a build."""
        return self.builds / f"{build_id}.duckdb"

    def audit_record(self, build_id: str) -> Path:
        """What the audit of a build found, as JSON."""
        return self.builds / f"{build_id}.audit.json"

    def utility_ids(self) -> list[str]:
        """The utilities that the workspace has policy for, in alphabetical order."""
        return sorted(path.parent.name for path in self.utilities.glob("*/utility.yml"))
