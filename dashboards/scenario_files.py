"""Scenarios as files of the workspace: how a name becomes a file, and how one is written and read.

A name that a person types never becomes a path: the file is called by a slug of a few plain letters, and the
name stands in the file. Reading trusts nothing: a file that says no scenario is told, not opened.
"""

from __future__ import annotations

import getpass
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import yaml

from ratehouse.errors import UsageError
from ratehouse.workspace import Workspace

LONGEST_NAME = 60
LARGEST_FILE = 200_000  # bytes
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
CODE = re.compile(r"[a-z0-9_]+", re.ASCII)

Kept = TypeVar("Kept")


def slug(name: str) -> str:
    """A name in plain letters and digits, joined by hyphens; empty where it has none."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:LONGEST_NAME].strip("-")


def folder(workspace: Workspace, utility_id: str, kind: str = "") -> Path:
    """Where a utility's scenarios of a kind lie."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", utility_id, re.ASCII):
        raise UsageError(
            f"{utility_id!r} cannot name a folder. A utility's id is small letters, digits, _ and -."
        )
    return workspace.scenarios / utility_id / kind


def file(workspace: Workspace, utility_id: str, key: str, kind: str = "") -> Path:
    """The file of a scenario by its slug."""
    if not SLUG.fullmatch(key):
        raise UsageError(f"{key!r} names no scenario.")
    return folder(workspace, utility_id, kind) / f"{key}.yml"


def checked_name(name: str) -> str:
    """A name that a scenario can have.

    Raises:
        UsageError: it is empty or too long.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not slug(name):
        raise UsageError(
            f"Give the scenario a name with letters or digits, of at most {LONGEST_NAME} characters."
        )
    return name


def stamp() -> dict[str, str]:
    """Who saves a scenario, and when."""
    return {"saved_by": _user(), "saved_at": datetime.now(UTC).isoformat(timespec="seconds")}


def write(target: Path, name: str, document: Mapping[str, object], comment: str) -> None:
    """Writes a scenario; never over another one.

    Raises:
        UsageError: the name is taken, or the folder cannot be written.
    """
    text = f"# {comment}\n" + yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError as error:
        raise UsageError(
            f"A scenario named {name!r}, or nearly so, is saved already. Choose another name, or delete it "
            "first."
        ) from error
    except OSError as error:
        raise UsageError(f"The scenario could not be saved: {error.strerror}.") from error


def document(path: Path) -> dict:
    """What stands in a file that may be anything."""
    if path.stat().st_size > LARGEST_FILE:
        raise ValueError("too large")
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def read_all(
    workspace: Workspace, utility_id: str, read: Callable[[Path], Kept], kind: str = ""
) -> tuple[list[Kept], list[str]]:
    """The utility's scenarios of a kind, and what is wrong with files that say none."""
    found, problems = [], []
    where = folder(workspace, utility_id, kind)
    for path in sorted(where.glob("*.yml")):
        try:
            found.append(read(path))
        except (UsageError, OSError, yaml.YAMLError, ArithmeticError, KeyError, TypeError, ValueError):
            place = "/".join(part for part in (utility_id, kind, path.name.replace("`", "")) if part)
            problems.append(
                f"`scenarios/{place}` is no scenario as this page writes them. Delete it, or repair it."
            )
    return found, problems


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
