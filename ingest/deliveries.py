"""What a delivery says about itself: its folder, its date, and the entity that a file name means."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from ingest.contract import ENTITIES
from ratehouse.errors import UsageError
from ratehouse.workspace import Workspace

DELIVERY_FILE = "delivery.yml"
NEVER_READ = "answer_sheet"
_NAME = re.compile(r"([a-z][a-z_]*?)[_-]?(?:[0-9].*)?")
_UTILITY_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")


class DeliveryNote(BaseModel):
    """The content of `delivery.yml`."""

    model_config = ConfigDict(extra="forbid")

    origin: Literal["delivered", "simulated"] = "delivered"
    delivered_on: date | None = None
    utility_id: str | None = None


@dataclass(frozen=True)
class Delivered:
    """One file and what is known about its delivery.

    Attributes:
        path: where it lies.
        name: how it is called in tables and reports: relative to the utility's landing folder, else the bare
        name.
        origin: `delivered` or `simulated`.
        delivered_on: its delivery date.
        is_dated: whether someone gave that date; otherwise it is today's.
    """

    path: Path
    name: str
    origin: str
    delivered_on: date
    is_dated: bool


def describe(workspace: Workspace, utility_id: str, path: Path, delivered_on: date | None) -> Delivered:
    """What is known about a file: the caller's date, before the nearest `delivery.yml`, before today."""
    path = path.resolve()
    home = workspace.landing / utility_id
    inside = path.is_relative_to(home)
    note = _nearest_note(path.parent, home if inside else None)
    if inside and note.utility_id not in (None, utility_id):
        raise UsageError(
            f"{path}: its {DELIVERY_FILE} says utility_id: {note.utility_id}, but it lies in the folder "
            f"of {utility_id}. Move the delivery, or correct the file."
        )
    dated = delivered_on or note.delivered_on
    name = path.relative_to(home).as_posix() if inside else path.name
    return Delivered(path, name, note.origin, dated or date.today(), dated is not None)


def _nearest_note(folder: Path, top: Path | None) -> DeliveryNote:
    for candidate in (folder, *folder.parents):
        file = candidate / DELIVERY_FILE
        if file.is_file():
            return _read_note(file, file.stat().st_mtime_ns)
        if candidate == top:
            break
    return DeliveryNote()


@lru_cache(maxsize=256)
def _read_note(file: Path, changed: int) -> DeliveryNote:
    """Reads `delivery.yml`; `changed` is part of the cache's key."""
    try:
        return DeliveryNote.model_validate(yaml.safe_load(file.read_text("utf-8")) or {})
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the file"
        raise UsageError(
            f"{file}: {field}: {first['msg']}. It may hold `origin: delivered | simulated` and "
            "`delivered_on: 2016-07-31`."
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: is not readable as YAML: {error}") from error


def entity_of(name: str) -> str | None:
    """The entity that a file name means: what stands before the first dot or digit-suffix."""
    found = _NAME.fullmatch(Path(name).name.split(".")[0].lower())
    return found.group(1) if found and found.group(1) in ENTITIES else None


def landed(workspace: Workspace, utility_id: str) -> Iterator[Path]:
    """The files below a utility's landing folder, without hidden ones, delivery notes and answer sheets."""
    home = workspace.landing / utility_id
    for path in sorted(home.rglob("*")):
        parts = path.relative_to(home).parts
        if (
            path.name == DELIVERY_FILE
            or NEVER_READ in parts[:-1]
            or any(part.startswith(".") for part in parts)
        ):
            continue
        if path.is_file():
            yield path


def check_utility(workspace: Workspace, utility_id: str) -> None:
    """Refuses a utility that the workspace does not know.

    Raises:
        UsageError: its name cannot be a folder's, or there is policy for others but not for it.
    """
    if not _UTILITY_ID.fullmatch(utility_id):
        raise UsageError(
            f"'{utility_id}' cannot name a utility: lower-case letters, digits, dashes and underscores can."
        )
    known = workspace.utility_ids()
    if known and utility_id not in known:
        raise UsageError(
            f"Unknown utility '{utility_id}'. The workspace has {', '.join(known)}; another one needs "
            f"{workspace.utilities / utility_id / 'utility.yml'}."
        )


def sha256(path: Path) -> str:
    """The fingerprint of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
