"""Source profiles: how a foreign layout becomes the contract's columns, as validated YAML and never as code.

`docs/profiles.md` is the guide. Profiles lie in `utilities/<utility_id>/profiles/*.yml`; messages name the
file and the
field.
"""

from __future__ import annotations

from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from ingest.contract import ENTITIES
from ingest.readers import READERS, Layout
from ratehouse.errors import UsageError

EXCEL_SERIAL = "excel_serial"
Text = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int) else value)]


class _Strict(BaseModel):
    """A misspelt field is an error, not a silent default."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Number(_Strict):
    """How numbers are written where they are not plain.

    Attributes:
        thousands: the separator to take out.
        decimal: the character before the decimals.
        currency: the sign to take out.
        sign: what a minus looks like: in front, `(12.30)`, `12.30-`, `12.30CR`; all but the first also accept
        the first.
        is_reversed: the source's sign is the opposite of the contract's.
        implied_decimals: `1230` means `12.30` with 2.
    """

    thousands: str = ""
    decimal: str = "."
    currency: str = ""
    sign: Literal["leading", "parentheses", "trailing_minus", "trailing_cr"] = "leading"
    is_reversed: bool = False
    implied_decimals: int = Field(0, ge=0, le=6)


class ColumnSource(_Strict):
    """Where a column of the contract comes from, and how it is rewritten.

    Attributes:
        source: the column of the file (`from` in YAML).
        constant: one value for every row, instead of a column.
        compose: columns of the file joined by `separator`, instead of a column.
        number_repeats: what composed values get a running number for where they repeat: `true` for the value
        itself, or a
            list of columns. Exact copies of a record share their number. The first keeps the value without a
            number.
        number_copies: exact copies get numbers of their own, where nothing tells a copy from a further meter.
        date: a strftime format, several of them, or `excel_serial`.
        number: how numbers are written.
        codes: the file's codes and the contract's.
        otherwise: the code for whatever `codes` does not list; without it the value stays, and is rejected if
        unknown.
        lower: make it lower case.
        pad: fill with zeros on the left to this many characters.
        slice: first and last character to keep, counted from 1.
        empty: values that mean nothing is there.
    """

    source: str | None = Field(None, alias="from")
    constant: Text | None = None
    compose: tuple[str, ...] = ()
    separator: str = "-"
    number_repeats: bool | tuple[str, ...] = False
    number_copies: bool = False
    date: str | tuple[str, ...] | None = None
    number: Number | None = None
    codes: dict[Text, Text] | None = None
    otherwise: Text | None = None
    lower: bool = False
    pad: int | None = Field(None, ge=1, le=64)
    slice: tuple[int, int] | None = None
    empty: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _one_origin(self) -> ColumnSource:
        origins = [self.source is not None, self.constant is not None, bool(self.compose)]
        if sum(origins) != 1:
            raise ValueError("give exactly one of `from`, `constant` and `compose`")
        if self.number_repeats and not self.compose:
            raise ValueError("`number_repeats` goes with `compose`")
        if self.number_copies and not self.number_repeats:
            raise ValueError("`number_copies` goes with `number_repeats`")
        if self.otherwise is not None and self.codes is None:
            raise ValueError("`otherwise` goes with `codes`")
        return self

    @property
    def uses(self) -> set[str]:
        """The columns of the file that it reads."""
        return {*self.compose, *self.numbered_within, *([self.source] if self.source else [])}

    @property
    def numbered_within(self) -> tuple[str, ...]:
        """The columns of the file whose repeats are numbered."""
        if isinstance(self.number_repeats, tuple):
            return self.number_repeats
        return self.compose if self.number_repeats else ()

    @property
    def date_formats(self) -> list[str]:
        """The formats that are tried in turn."""
        return [self.date] if isinstance(self.date, str) else list(self.date or ())


def _column_source(value: Any) -> Any:
    """`account_id: ACCT_NO` is short for `account_id: {from: ACCT_NO}`."""
    return {"from": value} if isinstance(value, str) else value


class TotalsRow(_Strict):
    """A row of the file that holds its totals; it is no row of the entity.

    Attributes:
        where: the column values by which it is known.
        rows: its column with the number of rows.
        sums: columns of the contract and the columns with their totals.
    """

    where: dict[str, Text]
    rows: str | None = None
    sums: dict[str, str] = Field(default_factory=dict)


class Control(_Strict):
    """Totals that must be met, else the file is refused.

    Attributes:
        rows: the number of records.
        sums: columns of the contract and their totals.
        totals_row: where the file itself gives them.
    """

    rows: int | None = None
    sums: dict[str, Decimal] = Field(default_factory=dict)
    totals_row: TotalsRow | None = None


class Target(_Strict):
    """One entity that the file feeds.

    Attributes:
        entity: of the contract.
        columns: the contract's columns and where they come from.
        distinct: the file repeats the entity's rows: the first of each key counts, the others are unchanged.
        where: only rows with these values.
        where_not: only rows without these values (totals, repeated headers).
        control: totals to reconcile with.
    """

    entity: str
    columns: dict[str, Annotated[ColumnSource, BeforeValidator(_column_source)]]
    distinct: bool = False
    where: dict[str, Text] = Field(default_factory=dict)
    where_not: dict[str, Text] = Field(default_factory=dict)
    control: Control | None = None

    @model_validator(mode="after")
    def _fits_the_contract(self) -> Target:
        entity = ENTITIES.get(self.entity)
        if entity is None:
            raise ValueError(f"`{self.entity}` is no entity of the contract")
        strange = sorted(set(self.columns) - set(entity.by_name))
        if strange:
            raise ValueError(f"{self.entity} has no column {', '.join(strange)}")
        missing = [c.name for c in entity.columns if c.required and c.name not in self.columns]
        if missing:
            raise ValueError(f"{self.entity} needs {', '.join(missing)}; map or give a constant")
        totals = self.control.totals_row.sums if self.control and self.control.totals_row else {}
        summed = {*(self.control.sums if self.control else ()), *totals}
        for name in sorted(summed):
            if name not in self.columns or entity.by_name[name].type not in ("money", "quantity", "integer"):
                raise ValueError(f"control: {name} is not a mapped number of {self.entity}")
        return self

    @property
    def uses(self) -> set[str]:
        """The columns of the file that it reads."""
        used = {*self.where, *self.where_not}
        if self.control and self.control.totals_row:
            row = self.control.totals_row
            used |= {*row.where, *row.sums.values(), *([row.rows] if row.rows else [])}
        return used.union(*(column.uses for column in self.columns.values()))


class Profile(_Strict):
    """A foreign layout.

    Attributes:
        title: what it is, for people.
        file: the pattern of the file names that it claims (`*` and `?`; upper and lower case are the same).
        format: the reader.
        delimiter: between fields.
        quote: around fields.
        encoding: a Python codec name.
        skip_rows: physical lines before the header.
        header: the column names where the file has none.
        targets: the entities it feeds (`entities` in YAML).
    """

    title: str = ""
    file: str
    format: str = "csv"
    delimiter: str = Field(",", min_length=1, max_length=1)
    quote: str = Field('"', min_length=1, max_length=1)
    encoding: str = "utf-8"
    skip_rows: int = Field(0, ge=0)
    header: tuple[str, ...] | None = None
    targets: tuple[Target, ...] = Field(alias="entities", min_length=1)

    @model_validator(mode="after")
    def _is_usable(self) -> Profile:
        if self.format not in READERS:
            raise ValueError(f"format `{self.format}` is none of {', '.join(READERS)}")
        try:
            "".encode(self.encoding)
        except LookupError:
            raise ValueError(f"encoding `{self.encoding}` is unknown") from None
        names = [target.entity for target in self.targets]
        if len(set(names)) < len(names):
            raise ValueError("each entity may appear once")
        return self

    @property
    def layout(self) -> Layout:
        """What the reader needs to know."""
        return Layout(self.delimiter, self.quote, self.encoding, self.skip_rows, self.header)

    def claims(self, name: str) -> bool:
        """Whether the profile is meant for a file of this name."""
        return fnmatchcase(name.lower(), self.file.lower())


def read_profile(path: Path) -> Profile:
    """Reads and validates one profile.

    Raises:
        UsageError: it is not a valid profile; the message names the file and the field.
    """
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
        return Profile.model_validate(content if isinstance(content, dict) else {})
    except ValidationError as error:
        lines = [
            f"  {'.'.join(map(str, problem['loc'])) or 'profile'}: "
            f"{problem['msg'].removeprefix('Value error, ')}"
            for problem in error.errors()
        ]
        raise UsageError(f"{path} is not a valid source profile:\n" + "\n".join(lines)) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not readable as YAML: {error}") from error


def read_profiles(folder: Path) -> list[Profile]:
    """The profiles of a utility, by file name; none where the folder is missing."""
    return [read_profile(path) for path in sorted(folder.glob("*.yml"))]


def claiming(profiles: list[Profile], name: str) -> Profile | None:
    """The profile that claims a file name.

    Raises:
        UsageError: two do.
    """
    found = [profile for profile in profiles if profile.claims(name)]
    if len(found) > 1:
        patterns = ", ".join(f"`{profile.file}`" for profile in found)
        raise UsageError(
            f"{name} is claimed by more than one source profile ({patterns}); narrow the patterns."
        )
    return found[0] if found else None
