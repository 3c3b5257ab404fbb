"""The policy files of a utility, read and walked over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ingest.policy_forecast import AssumptionsFile
from ingest.policy_models import EventsFile, UtilityFile
from ingest.policy_peers import PEERS, PeersFile
from ingest.policy_rules import PoliciesFile
from ingest.policy_tariffs import TariffFile
from ingest.policy_types import (
    NAMING_KEYS,
    Dated,
    PolicyProblem,
    RuleValue,
    Sourced,
    dated_values,
    problems_of,
    read_yaml,
)

UTILITY, POLICIES, EVENTS, ASSUMPTIONS = "utility.yml", "policies.yml", "events.yml", "assumptions.yml"
Model = TypeVar("Model", bound=BaseModel)


@dataclass
class Policy:
    """The files of one utility; None where a file could not be read."""

    utility: UtilityFile | None = None
    policies: PoliciesFile | None = None
    events: EventsFile | None = None
    assumptions: AssumptionsFile | None = None
    tariffs: dict[str, TariffFile] = field(default_factory=dict)
    peers: PeersFile | None = None


def _read(folder: Path, file: str, model: type[Model], problems: list[PolicyProblem]) -> Model | None:
    content, found = read_yaml(folder, file)
    problems += found
    if content is None:
        return None
    try:
        return model.model_validate(content)
    except ValidationError as error:
        problems += problems_of(error, file, content)
        return None


def read_files(folder: Path) -> tuple[Policy, list[PolicyProblem]]:
    """Every file of a utility's folder, and what is wrong with each by itself."""
    problems: list[PolicyProblem] = []
    policy = Policy(
        utility=_read(folder, UTILITY, UtilityFile, problems),
        policies=_read(folder, POLICIES, PoliciesFile, problems),
        events=_read(folder, EVENTS, EventsFile, problems),
        assumptions=_read(folder, ASSUMPTIONS, AssumptionsFile, problems),
    )
    if (folder / PEERS).exists():
        policy.peers = _read(folder, PEERS, PeersFile, problems)
    for path in sorted((folder / "tariffs").rglob("*")):
        file = path.relative_to(folder).as_posix()
        if path.is_dir():
            continue
        if path.suffix != ".yml" or len(path.relative_to(folder).parts) != 3:
            todo = "Name it tariffs/<service>/<effective_from>.yml or remove it"
            problems.append(PolicyProblem(file, "", "this is no tariff file and would be ignored", todo))
            continue
        tariff = _read(folder, file, TariffFile, problems)
        if tariff is not None:
            policy.tariffs[file] = tariff
    return policy, problems


def versions(policies: PoliciesFile) -> Iterator[tuple[str, list[RuleValue]]]:
    """The versions of each rule, in order; an open end is closed by the next version."""
    for rule, dated in dated_values(policies):
        ordered = sorted(dated.root, key=lambda item: item.effective_from or policies.effective_from)
        starts = [item.effective_from or policies.effective_from for item in ordered]
        ends = [start - timedelta(days=1) for start in starts[1:]] + [None]
        yield (
            rule,
            [
                RuleValue(rule, item.value, start, item.effective_to or end, item.effective_to, item)
                for item, start, end in zip(ordered, starts, ends, strict=True)
            ],
        )


def sourced(node: Any, path: str = "") -> Iterator[tuple[str, Sourced]]:
    """Every value below a model that has to say where it comes from, with its dotted path."""
    if isinstance(node, Sourced):
        yield path, node
    if isinstance(node, Dated):
        for number, version in enumerate(node.root, start=1):
            yield (path if len(node.root) == 1 else f"{path}.{number}"), version
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from sourced(getattr(node, name), f"{path}.{name}" if path else name)
    elif isinstance(node, (dict, list)):
        items = node.items() if isinstance(node, dict) else ((item_name(v, i), v) for i, v in enumerate(node))
        for name, item in items:
            yield from sourced(item, f"{path}.{name}" if path else str(name))


def item_name(item: Any, index: int) -> str:
    """How an item of a list is named in a dotted path, as in `policy_types.label`."""
    for key in NAMING_KEYS:
        value = getattr(item, key, None)
        if isinstance(value, (str, date)):
            return str(value)
    return str(index + 1)
