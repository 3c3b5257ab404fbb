"""Findings that the checks of several policy files make alike."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel

from ingest.policy_files import sourced
from ingest.policy_types import PolicyProblem


def silent(file: str, model: BaseModel | None) -> list[PolicyProblem]:
    """Values that name no source and are not marked as assumed."""
    todo = "Name the source, or write assumed: true and say in a note why this value"
    return [
        PolicyProblem(file, path, "the value has no source and is not marked as assumed", todo)
        for path, value in sourced(model)
        if not value.speaks
    ]


def unknown(
    file: str, where: str, given: Iterable[str], known: Iterable[str], what: str
) -> list[PolicyProblem]:
    """What is given and not among the known."""
    known = list(known)
    return [
        PolicyProblem(file, where, f"the {what} {item!r} is not known", f"Write one of {', '.join(known)}")
        for item in given
        if item not in known
    ]


def twice(file: str, where: str, given: Iterable[str]) -> list[PolicyProblem]:
    """What a list holds more than once."""
    seen: set[str] = set()
    problems = []
    for item in given:
        if item in seen:
            problems.append(
                PolicyProblem(file, f"{where}.{item}", f"{item} is listed twice", "Remove one of the two")
            )
        seen.add(item)
    return problems
