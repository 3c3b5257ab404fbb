"""The one settings file: how often what happens, by city, with a source or assumed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml

SETTINGS = Path(__file__).with_name("rates.yml")


def load_rates(city: str, overrides: Path | None = None) -> SimpleNamespace:
    """Read the settings of a city.

    Args:
        city: the utility's identifier; it chooses where a setting has one value a city.
        overrides: a file of the same form that replaces single settings.

    Returns:
        The tree of the file, read as attributes: `rates.payers.forgets`.

    Raises:
        ValueError: a file is not readable, or names a setting that does not exist; the message says which.
    """
    tree = _read(SETTINGS)
    if overrides is not None:
        _replace(tree, _read(overrides), overrides, "")
    return _resolved(tree, city)


def _read(path: Path) -> dict[str, Any]:
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ValueError(f"{path} cannot be read ({error})") from error
    if not isinstance(tree, dict):
        raise ValueError(f"{path} holds no settings; write it like simulator/rates.yml")
    return tree


def _is_leaf(node: Any) -> bool:
    return isinstance(node, dict) and bool({"value", "independence", "warrensburg"} & node.keys())


def _replace(tree: dict[str, Any], changes: dict[str, Any], path: Path, prefix: str) -> None:
    """Put changes into the tree; only what is there can be changed."""
    for name, change in changes.items():
        known = tree.get(name)
        if known is None:
            raise ValueError(f"{path}: {prefix}{name} is no setting; see simulator/rates.yml")
        if _is_leaf(known):
            if not _is_leaf(change):
                raise ValueError(f"{path}: {prefix}{name} is a single setting; write {{value: ...}}")
            tree[name] = {**known, **change} if "value" not in change else change
        elif isinstance(change, dict) and not _is_leaf(change):
            _replace(known, change, path, f"{prefix}{name}.")
        else:
            raise ValueError(f"{path}: {prefix}{name} is a section; name the setting inside it")


def _resolved(tree: dict[str, Any], city: str) -> SimpleNamespace:
    """The tree as attributes, each leaf as its value for the city."""
    values = {}
    for name, node in tree.items():
        if _is_leaf(node):
            values[name] = node[city] if city in node else node["value"]
        else:
            values[name] = _resolved(node, city)
    return SimpleNamespace(**values)
