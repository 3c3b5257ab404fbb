"""What was tried and named: files of the workspace, `scenarios/<utility>/what_if/<name>.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from dashboards import scenario_files
from dashboards.rate_edits import NUMBER
from dashboards.scenario_files import CODE, slug
from dashboards.what_if import Changes
from ratehouse.workspace import Workspace

KIND = "what_if"
MOST = 400  # values in a file


@dataclass(frozen=True)
class Tried:
    """A named set of changes to a scenario of a fund.

    Attributes:
        name: as it was typed.
        utility_id: whose.
        fund: of which fund.
        based_on: the scenario of `assumptions.yml` that it changes.
        changes: what is set otherwise.
        build_id: the build that it was tried on.
        saved_by: the user of the machine.
        saved_at: when, ISO format in UTC.
    """

    name: str
    utility_id: str
    fund: str
    based_on: str
    changes: Changes
    build_id: str
    saved_by: str = ""
    saved_at: str = ""

    @property
    def slug(self) -> str:
        """What its file is called."""
        return slug(self.name)


def save(workspace: Workspace, tried: Tried) -> str:
    """Writes it under its name; never over another one.

    Returns:
        Its slug.

    Raises:
        UsageError: the name is empty, too long or taken, or the folder cannot be written.
    """
    name = scenario_files.checked_name(tried.name)
    changes = tried.changes
    document = {
        "name": name,
        "utility_id": tried.utility_id,
        "fund": tried.fund,
        "based_on": tried.based_on,
        "every_year": {key: str(value) for key, value in changes.every_year.items()},
        "by_year": {
            key: {year: str(value) for year, value in values.items()}
            for key, values in changes.by_year.items()
        },
        "inflation_points": str(changes.inflation_points),
        "build_id": tried.build_id,
        **scenario_files.stamp(),
    }
    scenario_files.write(
        scenario_files.file(workspace, tried.utility_id, slug(name), KIND), name, document,
        "Assumptions that were tried on the page What if. It reads and deletes this file.",
    )  # fmt: skip
    return slug(name)


def delete(workspace: Workspace, utility_id: str, key: str) -> None:
    """Removes one; what is gone already stays gone."""
    scenario_files.file(workspace, utility_id, key, KIND).unlink(missing_ok=True)


def saved(workspace: Workspace, utility_id: str) -> tuple[dict[str, Tried], list[str]]:
    """The utility's named changes by slug, oldest first, and what is wrong with files that say none."""
    found, problems = scenario_files.read_all(
        workspace, utility_id, lambda path: _read(path, utility_id), KIND
    )
    return {one.slug: one for one in sorted(found, key=lambda one: (one.saved_at, one.name))}, problems


def _read(path: Path, utility_id: str) -> Tried:
    document = scenario_files.document(path)
    by_year = {key: _numbers(values, int) for key, values in document["by_year"].items()}
    tried = Tried(
        name=document["name"],
        utility_id=document["utility_id"],
        fund=document["fund"],
        based_on=document["based_on"],
        changes=Changes(
            _numbers(document["every_year"], str), by_year, _number(document["inflation_points"])
        ),
        build_id=document["build_id"],
        saved_by=document["saved_by"],
        saved_at=document["saved_at"],
    )
    texts = (tried.name, tried.fund, tried.based_on, tried.build_id, tried.saved_by, tried.saved_at)
    names = [*tried.changes.every_year, *tried.changes.by_year]
    if (
        tried.utility_id != utility_id
        or tried.slug != path.stem
        or not all(isinstance(text, str) for text in texts)
        or not all(CODE.fullmatch(code) for code in (tried.fund, tried.based_on))
        or not all(CODE.fullmatch(name.replace(".", "_")) for name in names)
    ):
        raise ValueError("not of this place, or of the wrong kind")
    return tried


def _numbers(values: Mapping, kind: type) -> dict:
    if len(values) > MOST or not all(type(key) is kind for key in values):
        raise ValueError("keys of the wrong kind, or too many")
    return {key: _number(value) for key, value in values.items()}


def _number(value: object) -> Decimal:
    if not isinstance(value, str) or not NUMBER.fullmatch(value.removeprefix("-")):
        raise ValueError("no number as text")
    return Decimal(value)
