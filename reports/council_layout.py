"""What a page of the council report is made of: text only, for the template to set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import polars as pl

from dashboards.sufficiency_words import EXISTING
from reports.council_picture import Picture

BEFORE, AFTER = 3, 5  # years shown around the one that the report is about

Run = tuple[str, bool]  # words, and whether they are bold


@dataclass(frozen=True)
class Sheet:
    """A table of text.

    Attributes:
        headings: of the columns.
        widths: of the columns, relative.
        rows: as printed.
        texts: how many columns from the left are text; the others are numbers, to the right.
        sums: the places of the rows that sum up others.
        size: of the letters, in points.
        remarks: the places of columns that are text although they stand to the right of numbers.
    """

    headings: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: int = 1
    sums: tuple[int, ...] = ()
    size: float = 8.2
    remarks: tuple[int, ...] = ()


@dataclass(frozen=True)
class Block:
    """A part of a page.

    Attributes:
        title: the question that it answers; empty where it goes on.
        paragraphs: runs of words.
        table: below them.
        pictures: below that, side by side.
        notes: in small print.
        definitions: words and what they mean.
        is_decision: whether the council is asked something here.
    """

    title: str = ""
    paragraphs: tuple[tuple[Run, ...], ...] = ()
    table: Sheet | None = None
    pictures: tuple[Picture, ...] = ()
    notes: tuple[str, ...] = ()
    definitions: tuple[tuple[str, str], ...] = ()
    is_decision: bool = False

    @property
    def is_said(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.paragraphs or self.table or self.pictures or self.notes or self.definitions)


@dataclass(frozen=True)
class Page:
    """A page.

    Attributes:
        title: the question that it answers.
        blocks: its parts.
        size: of its letters, in points.
        is_new: whether it begins on a new sheet of paper.
    """

    title: str
    blocks: tuple[Block, ...]
    size: float = 9.4
    is_new: bool = True

    def content(self) -> dict:
        """As the template reads it."""
        blocks = [asdict(block) for block in self.blocks if block.is_said]
        return {"title": self.title, "size": self.size, "is_new": self.is_new, "blocks": blocks}


def plain(*sentences: str) -> tuple[Run, ...]:
    """A paragraph without anything bold."""
    return ((" ".join(filter(None, sentences)), False),)


@dataclass(frozen=True)
class Asked:
    """Where figures come from, and for whom.

    Attributes:
        own: asks a question of `reports/queries`.
        page: asks a question of the pages (`dashboards/queries`).
        header: what is known of build and utility.
        scenario: title of the set of assumptions.
        scenario_id: its name.
        fiscal_year: the year that the report is about.
    """

    own: object
    page: object
    header: Mapping
    scenario: str
    scenario_id: str
    fiscal_year: int

    def funds(self) -> Sequence[str]:
        """Funds with figures of the year, in order."""
        found = self.page("sufficiency_filters").filter(
            scenario=self.scenario_id, fiscal_year=self.fiscal_year
        )
        return found["fund"].to_list()

    @property
    def open_year(self) -> int:
        """The year that the report is about; where it is over, the first that is not: the past is decided."""
        as_of, start = self.header["as_of_on"], self.header["fiscal_year_start_month"]
        tomorrow = as_of + timedelta(days=1)
        return max(self.fiscal_year, tomorrow.year + (start > 1 and tomorrow.month >= start))

    def from_now(self, question: str, fund: str) -> pl.DataFrame:
        """A fund's rows of the open year and of all later ones, as the page asks."""
        rows = self.page(question, fund=fund, plan=self.scenario_id)
        return rows.filter(pl.col("fiscal_year") >= self.open_year)

    def bills(self, question: str, **more: object) -> pl.DataFrame:
        """Bills now and in the open year, as the page asks for them."""
        return self.page(question, fiscal_year=self.open_year, **more)

    def answers(self, fund: str) -> pl.DataFrame:
        """What a fund's rates must bring and bring, in the years around, as the page asks for it."""
        return self._around(self.page("sufficiency_answers", fund=fund, plan=self.scenario_id))

    def answer(self, fund: str) -> dict:
        """The same of the year that the report is about."""
        return self.answers(fund).row(by_predicate=pl.col("fiscal_year") == self.fiscal_year, named=True)

    def tests(self, fund: str) -> pl.DataFrame:
        """What a fund's tests come to in the years around, as the page asks for it."""
        return self._around(self.page("sufficiency_tests", fund=fund, plan=self.scenario_id))

    def tests_now(self, fund: str) -> pl.DataFrame:
        """The same of the year that the report is about, with rates as they are."""
        return self.tests(fund).filter(fiscal_year=self.fiscal_year, path=EXISTING)

    def _around(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(
            pl.col("fiscal_year").is_between(self.fiscal_year - BEFORE, self.fiscal_year + AFTER)
        )


QUERIES = Path(__file__).parent / "queries"
PAGE_QUERIES = Path(__file__).parents[1] / "dashboards" / "queries"
