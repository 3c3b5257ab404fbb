"""What an ingest did, file by file; printing it is the caller's business."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Status = Literal["loaded", "already loaded", "refused", "ignored"]
# Called with what is being done, how many steps are done and how many there are.
Progress = Callable[[str, int, int], None]


@dataclass
class FileReport:
    """What became of one file, or of one entity in a file that feeds several.

    `received = loaded + unchanged + restated + rejected` holds always. The counts are those of this delivery:
    what was
    taken up later moves from `rejected` to `loaded` in the manifest and, within the same call, here.

    Attributes:
        file: relative to the utility's landing folder, or the bare name.
        entity: of the contract; empty where the name says none.
        status: `refused` files left nothing behind, `ignored` ones are no extracts.
        received: records below the header.
        loaded: rows whose key was new.
        unchanged: rows that were there already, copies within the file, and versions older than the one in
        force.
        restated: rows that replaced an older version.
        rejected: rows in the rejects table.
        masked: card or bank numbers that were masked.
        message: what the user should know, in plain sentences.
        unknown_columns: columns of the file that the contract does not know.
        load_id: its row in the manifest, where it has one.
        delivered_on: the delivery date it was loaded under.
    """

    file: str
    entity: str
    status: Status
    received: int = 0
    loaded: int = 0
    unchanged: int = 0
    restated: int = 0
    rejected: int = 0
    masked: int = 0
    message: str = ""
    unknown_columns: list[str] = field(default_factory=list)
    load_id: int | None = None
    delivered_on: date | None = None


@dataclass
class IngestReport:
    """The files of one ingest, in the order in which they were loaded.

    Attributes:
        files: one report per file and entity.
        taken_up: rows rejected earlier, by this call or one before, that were accepted now.
    """

    files: list[FileReport] = field(default_factory=list)
    taken_up: int = 0

    @property
    def received(self) -> int:
        """Records in all files."""
        return sum(file.received for file in self.files)

    @property
    def loaded(self) -> int:
        """New rows in all files."""
        return sum(file.loaded for file in self.files)

    @property
    def unchanged(self) -> int:
        """Rows of all files that changed nothing."""
        return sum(file.unchanged for file in self.files)

    @property
    def restated(self) -> int:
        """Rows of all files that replaced an older version."""
        return sum(file.restated for file in self.files)

    @property
    def rejected(self) -> int:
        """Rejected rows of all files."""
        return sum(file.rejected for file in self.files)

    @property
    def masked(self) -> int:
        """Masked numbers in all files."""
        return sum(file.masked for file in self.files)

    @property
    def refused(self) -> list[FileReport]:
        """The files that were refused whole."""
        return [file for file in self.files if file.status == "refused"]
