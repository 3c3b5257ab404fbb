"""Applies a source profile: from the columns of a foreign file (`_incoming`) to canonical text (`_canon`).

Columns of the file are known by position (`c0`, `c1`), so that no name from outside becomes SQL; every value
of the profile
is bound.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

import duckdb
import pyarrow as pa

from ingest.checks import DECIMAL_LIMITS, trimmed
from ingest.contract import Entity
from ingest.profiles import EXCEL_SERIAL, ColumnSource, Number, Target
from ingest.readers import Source
from ingest.sql import first_row, one_number
from ratehouse.errors import DataRefused


@dataclass
class Translation:
    """What the translation left out.

    Attributes:
        dropped: rows that repeat the key of a `distinct` entity.
        notes: sentences for the report.
    """

    dropped: int = 0
    notes: list[str] = field(default_factory=list)


def fill_incoming(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Brings the whole file into `_incoming`, as trimmed text."""
    positions = list(range(len(source.columns)))
    # Columns of a foreign file are named by their place, never by what the file calls them.
    cells = ", ".join(f"{trimmed(f'c{position}')} AS c{position}" for position in positions)
    for number, batch in enumerate(source.batches(positions)):
        connection.register("_batch", pa.Table.from_batches([batch]))
        verb = "INSERT INTO _incoming" if number else "CREATE OR REPLACE TEMP TABLE _incoming AS"
        connection.execute(f"{verb} SELECT _line, {cells} FROM _batch")
        connection.unregister("_batch")


def translate(
    connection: duckdb.DuckDBPyConnection, entity: Entity, target: Target, source: Source
) -> Translation:
    """Makes `_canon` for one entity.

    Raises:
        DataRefused: the file lacks a column that the profile names, or its control totals are not met.
    """
    missing = sorted(target.uses - set(source.columns))
    if missing:
        raise DataRefused(
            f"the profile names the column {', '.join(missing)}, which "
            "the header does not have; correct the profile or the delimiter in it"
        )
    return _Translator(connection, entity, target, source).run()


class _Translator:
    """Builds the one statement that translates an entity, and the values bound in it."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, entity: Entity, target: Target, source: Source
    ) -> None:
        self.connection = connection
        self.entity = entity
        self.target = target
        self.cells = {name: f"c{position}" for position, name in enumerate(source.columns)}
        self.every_cell = ", ".join(self.cells.values())
        self.broken = len(source.broken)
        ways = {
            (s.numbered_within, s.number_copies): None for s in target.columns.values() if s.number_repeats
        }
        self.numbers = {how: f"_number{place}" for place, how in enumerate(ways)}
        self.values: dict[str, object] = {}
        self.result = Translation()

    def run(self) -> Translation:
        """Translates, drops repeated keys, reconciles."""
        columns = {name: self._column(spec) for name, spec in self.target.columns.items()}
        select = ", ".join(f"{expression} AS {name}" for name, expression in columns.items())
        self._execute(
            f"""
            CREATE OR REPLACE TEMP TABLE _canon AS
            SELECT _line, {select} FROM {self._numbered()} i WHERE {self._filter()}
            """
        )
        kept = self._count("_canon")
        left_out = self._count("_incoming") - kept
        if left_out:
            self.result.notes.append(
                f"{left_out} records are not for {self.entity.name} by the profile's filters"
            )
        self._tell_repeats()
        self._reconcile(kept + self.broken)
        if self.target.distinct:
            self._keep_first()
        return self.result

    def _execute(self, sql: str) -> duckdb.DuckDBPyConnection:
        """Runs a statement with the values that it mentions; DuckDB refuses surplus ones."""
        used = {name: value for name, value in self.values.items() if f"${name} " in sql}
        return self.connection.execute(sql, used)

    def _bind(self, value: object) -> str:
        """A placeholder for a value of the profile; the blank ends its name."""
        name = f"v{len(self.values)}_"
        self.values[name] = value
        return f"${name} "

    def _count(self, table: str) -> int:
        return one_number(self.connection, f"SELECT count(*) FROM {table}")

    def _filter(self) -> str:
        """The rows that are meant for this entity."""
        tests = [f"{self.cells[name]} = {self._bind(value)}" for name, value in self.target.where.items()]
        excluded = dict(self.target.where_not)
        tests += [
            f"{self.cells[name]} IS DISTINCT FROM {self._bind(value)}" for name, value in excluded.items()
        ]
        totals = self.target.control and self.target.control.totals_row
        if totals:
            tests.append(f"NOT coalesce({self._is_totals(totals.where)}, FALSE)")
        return " AND ".join(tests) or "TRUE"

    def _is_totals(self, where: dict[str, str]) -> str:
        return (
            "("
            + " AND ".join(f"{self.cells[name]} = {self._bind(value)}" for name, value in where.items())
            + ")"
        )

    def _numbered(self) -> str:
        """`_incoming`, with the running numbers that columns ask for.

        They count all records, those of other entities too: a record has one number in all of them.
        """
        if not self.numbers:
            return "_incoming"
        numbers = ", ".join(f"{self._running_number(*how)} AS {name}" for how, name in self.numbers.items())
        return f"""
            (SELECT *, {numbers} FROM
                (SELECT *, min(_line) OVER (PARTITION BY {self.every_cell}) AS _first FROM _incoming))"""

    def _running_number(self, within: tuple[str, ...], number_copies: bool) -> str:
        """Counts what repeats some columns in the order of the file."""
        rank = "row_number()" if number_copies else "dense_rank()"
        order = "_first, _line" if number_copies else "_first"
        partition = ", ".join(self.cells[name] for name in within)
        return f"{rank} OVER (PARTITION BY {partition} ORDER BY {order})"

    def _column(self, spec: ColumnSource) -> str:
        """The SQL that makes one canonical column."""
        if spec.constant is not None:
            return f"CAST({self._bind(spec.constant)} AS VARCHAR)"
        value = self._composed(spec) if spec.compose else self.cells[spec.source or ""]
        for empty in spec.empty:
            value = f"nullif({value}, {self._bind(empty)})"
        if spec.slice:
            first, last = spec.slice
            value = f"substr({value}, {self._bind(first)}, {self._bind(last - first + 1)})"
        if spec.pad:
            width = self._bind(spec.pad)
            # lpad would cut what is longer.
            value = f"CASE WHEN length({value}) < {width} THEN lpad({value}, {width}, '0') ELSE {value} END"
        if spec.date_formats:
            value = self._date(value, spec.date_formats)
        if spec.number:
            value = self._number(value, spec.number)
        if spec.lower:
            value = f"lower({value})"
        if spec.codes is not None:
            value = self._codes(value, spec.codes, spec.otherwise)
        return value

    def _composed(self, spec: ColumnSource) -> str:
        """Columns joined, with a running number from the second of a kind on; NULL where a part is empty."""
        separator = self._bind(spec.separator)
        parts = [self.cells[name] for name in spec.compose]
        value = "(" + f" || {separator} || ".join(parts) + ")"
        if not spec.number_repeats:
            return value
        number = self.numbers[spec.numbered_within, spec.number_copies]
        return f"({value} || CASE WHEN {number} > 1 THEN {separator} || {number} ELSE '' END)"

    def _tell_repeats(self) -> None:
        """Says how many records got a running number, and how many of them are copies."""
        for (within, number_copies), number in self.numbers.items():
            row = self._execute(
                f"""
                SELECT count(*), count(*) FILTER (_line > _first) FROM {self._numbered()} i
                WHERE {self._filter()} AND {number} > 1
                """
            ).fetchone()
            repeats, copies = row or (0, 0)
            if repeats:
                these = f", {copies} of them as exact copies" if number_copies and copies else ""
                self.result.notes.append(
                    f"{repeats} records repeat {', '.join(within)} and have a running number{these}"
                )

    def _date(self, value: str, formats: list[str]) -> str:
        """An ISO date; what no format fits stays as it is and is rejected as any other."""
        tries = []
        for form in formats:
            if form == EXCEL_SERIAL:
                # Excel counts days from a 30 December because it holds 1900 for a leap year.
                tries.append(
                    f"CAST(DATE '1899-12-30' + TRY_CAST(TRY_CAST({value} AS DOUBLE) AS INTEGER) AS VARCHAR)"
                )
            else:
                tries.append(
                    f"strftime(try_strptime({value}, CAST({self._bind(form)} AS VARCHAR)), '%Y-%m-%d')"
                )
        return f"coalesce({', '.join(tries)}, {value})"

    def _number(self, value: str, form: Number) -> str:
        """A plain decimal; what is none stays as it is and is rejected as any other."""
        plain = value
        for sign in (form.currency, form.thousands):
            if sign:
                plain = f"replace({plain}, {self._bind(sign)}, '')"
        if form.decimal != ".":
            plain = f"replace({plain}, {self._bind(form.decimal)}, '.')"
        plain = f"trim({plain})"
        if form.sign == "parentheses":
            plain = rf"regexp_replace({plain}, '^\(\s*(.*?)\s*\)$', '-\1')"
        elif form.sign == "trailing_minus":
            plain = rf"regexp_replace({plain}, '^(.*?)\s*-$', '-\1')"
        elif form.sign == "trailing_cr":
            plain = rf"regexp_replace({plain}, '^(.*?)\s*[Cc][Rr]$', '-\1')"
        if form.is_reversed:
            plain = f"CASE WHEN {plain} LIKE '-%' THEN substr({plain}, 2) ELSE '-' || {plain} END"
        if form.implied_decimals:
            digits = form.implied_decimals
            shift = f"CAST(CAST(1 AS DECIMAL(18,6)) / {10**digits} AS DECIMAL(18,6))"
            plain = f"coalesce(CAST(TRY_CAST({plain} AS DECIMAL(18,0)) * {shift} AS VARCHAR), {plain})"
        # Zeros beyond the contract's decimals say nothing: 12.3400 is 12.34.
        return rf"regexp_replace({plain}, '^(-?[0-9]+\.[0-9]{{2}}[0-9]*?)0+$', '\1')"

    def _codes(self, value: str, codes: dict[str, str], otherwise: str | None) -> str:
        whens = " ".join(
            f"WHEN {self._bind(theirs)} THEN {self._bind(ours)}" for theirs, ours in codes.items()
        )
        fallback = self._bind(otherwise) if otherwise is not None else value
        return f"CASE WHEN {value} IS NULL THEN NULL ELSE CASE {value} {whens} ELSE {fallback} END END"

    def _keep_first(self) -> None:
        """Of rows with the same key the first stays."""
        key = ", ".join(self.entity.key)
        before = self._count("_canon")
        self.connection.execute(
            f"""
            DELETE FROM _canon WHERE _line IN (
                SELECT _line FROM _canon QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY _line) > 1)
            """
        )
        self.result.dropped = before - self._count("_canon")
        if self.result.dropped:
            self.result.notes.append(
                f"{self.result.dropped} records repeat a key of {self.entity.name}, counted as unchanged"
            )

    def _reconcile(self, rows: int) -> None:
        """Compares with the control totals.

        Raises:
            DataRefused: one is not met.
        """
        control = self.target.control
        if control is None:
            return
        if control.rows is not None:
            self._expect("rows", control.rows, rows)
        for name, expected in control.sums.items():
            self._expect(name, expected, self._sum(name))
        totals = control.totals_row
        if totals is None:
            return
        wanted = [*([self.cells[totals.rows]] if totals.rows else [])]
        for name, column in totals.sums.items():
            spec = self.target.columns[name]
            cell = self.cells[column]
            wanted.append(self._number(cell, spec.number) if spec.number else cell)
        found = self._execute(
            f"SELECT {', '.join(wanted)} FROM _incoming WHERE {self._is_totals(totals.where)}"
        ).fetchall()
        if len(found) != 1:
            raise DataRefused(
                f"control totals: {len(found)} rows are totals rows by the profile and one is expected"
            )
        given = list(found[0])
        if totals.rows:
            self._expect("rows", _decimal(given.pop(0)), rows)
        for name, value in zip(totals.sums, given, strict=True):
            self._expect(name, _decimal(value), self._sum(name))

    def _sum(self, name: str) -> Decimal:
        decimals = DECIMAL_LIMITS.get(self.entity.by_name[name].type, (0, 0))[1]
        row = first_row(
            self.connection,
            f"SELECT coalesce(sum(TRY_CAST({name} AS DECIMAL(18,{decimals}))), 0) FROM _canon",
        )
        return row[0] if row else Decimal(0)

    def _expect(self, what: str, expected: Decimal | int, found: Decimal | int) -> None:
        if expected != found:
            raise DataRefused(
                f"control totals: {what} of {self.entity.name} should be {expected}, the file has {found}; "
                "have it delivered again"
            )


def _decimal(value: str | None) -> Decimal:
    try:
        return Decimal((value or "").replace(",", ""))
    except InvalidOperation:
        raise DataRefused(
            f"control totals: the totals row has '{value}' where a number is expected"
        ) from None
