"""The council's report on rates: page one complete in itself, a page for each fund, households, what is owed.

It asks the questions of the pages and writes values with their helpers: no figure differs from theirs.
Which mart a figure stands in: docs/council_report.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from html import escape
from pathlib import Path

import polars as pl

from dashboards import formats, words
from ratehouse.errors import UsageError
from ratehouse.warehouse import fetch, reading
from reports import council_behind, council_front, council_funds, document
from reports import council_words as terms
from reports.council_layout import PAGE_QUERIES, QUERIES, Asked, Page
from reports.council_picture import Picture

HERE = Path(__file__).parent
TEMPLATE, PICTURE_TEMPLATE = HERE / "council.typ", HERE / "council_picture.typ"
DOTS_PER_INCH = 300.0
BEHIND = 3  # pages that run on; those before them keep to one sheet of paper each


@dataclass(frozen=True)
class Council:
    """A report.

    Attributes:
        utility_id: whose it is.
        name: as pages print it.
        fiscal_year: the year that it is about.
        scenario_id: the set of assumptions.
        scenario: its title.
        fiscal_days: first and last day of the year.
        as_of: the day that the build stands on.
        build_id: the build.
        built_at: when it was made.
        audit: what its audit said, in words.
        mark: the sentence that simulated data carries; None for a city's own.
        pages: in order, page one first.
    """

    utility_id: str
    name: str
    fiscal_year: int
    scenario_id: str
    scenario: str
    fiscal_days: tuple[date, date]
    as_of: date
    build_id: str
    built_at: datetime
    audit: str
    mark: str | None
    pages: tuple[Page, ...]

    @property
    def stem(self) -> str:
        """The name of its PDF without ending, and of the folder of its pictures."""
        return f"council-{self.fiscal_year}-{self.scenario_id}-{self.build_id}"

    @property
    def pictures(self) -> list[Picture]:
        """Its pictures, in order."""
        return [picture for page in self.pages for block in page.blocks for picture in block.pictures]


def council(database: Path, utility_id: str, fiscal_year: int, scenario_id: str) -> Council:
    """What the council is told of a fiscal year.

    Args:
        database: the build.
        utility_id: whose year.
        fiscal_year: named by the calendar year in which it ends.
        scenario_id: the set of assumptions.

    Raises:
        UsageError: the build does not hold the utility, scenario or year, or an earlier version made it.
    """
    with reading(database) as connection:
        known: dict[str, object] = {
            "utility": utility_id,
            "scenario": scenario_id,
            "fiscal_year": fiscal_year,
        }

        @cache
        def answered(path: Path, more: tuple[tuple[str, object], ...]) -> pl.DataFrame:
            sql = path.read_text(encoding="utf-8")
            given = known | {name: list(value) if isinstance(value, tuple) else value for name, value in more}
            return fetch(connection, sql, {name: given[name] for name in set(re.findall(r"\$(\w+)", sql))})

        def own(question: str, **more: object) -> pl.DataFrame:
            return answered(QUERIES / f"{question}.sql", tuple(more.items()))

        def page(question: str, **more: object) -> pl.DataFrame:
            return answered(PAGE_QUERIES / f"{question}.sql", tuple(more.items()))

        found = own("header")
        if found.is_empty():
            raise UsageError(
                f"The build has nothing of {utility_id}. Deliver extracts and run `ratehouse run`."
            )
        header = found.row(0, named=True)
        known["as_of"] = header["as_of_on"]
        title = _scenario(page("sufficiency_filters"), utility_id, fiscal_year, scenario_id)
        asked = Asked(own, page, header, title, scenario_id, fiscal_year)
        return Council(
            utility_id=utility_id,
            name=header["utility_name"],
            fiscal_year=fiscal_year,
            scenario_id=scenario_id,
            scenario=title,
            fiscal_days=terms.year_end(fiscal_year, header["fiscal_year_start_month"]),
            as_of=header["as_of_on"],
            build_id=header["build_id"],
            built_at=header["built_at"],
            audit=header["audit_mark"],
            mark=header["data_mark"],
            pages=(
                council_front.page(asked),
                *(council_funds.page(asked, fund) for fund in asked.funds()),
                council_behind.homes(asked),
                council_behind.owed(asked),
                council_behind.meanings(asked),
            ),
        )


def _scenario(known: pl.DataFrame, utility_id: str, fiscal_year: int, scenario_id: str) -> str:
    """The title of the scenario. A city without any has no books: its report says so."""
    if known.is_empty():
        return words.sentence(scenario_id)
    titles = dict(known.select("scenario", "scenario_title").iter_rows())
    if scenario_id not in titles:
        raise UsageError(f"Unknown scenario {scenario_id}. {utility_id} has: {', '.join(titles)}.")
    years = known.filter(scenario=scenario_id)["fiscal_year"]
    if fiscal_year not in years:
        raise UsageError(
            f"--fiscal-year {fiscal_year}: the figures of {utility_id} go from {years.min()} to "
            f"{years.max()}. Name "
            "one of these."
        )
    return titles[scenario_id]


def write(found: Council, path: Path) -> None:
    """Writes the PDF. The same build gives the same file."""
    content = _content(found)
    document.put(path, document.typeset(TEMPLATE, content, found.built_at, standards=("ua-1",)))


def write_pictures(found: Council, folder: Path) -> list[Path]:
    """Writes every picture as PNG and SVG, each with its title, source and as-of date."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for picture in found.pictures:
        content = _picture(picture, found) | {"caption": caption(picture, found, is_alone=True)}
        svg = document.drawing(PICTURE_TEMPLATE, content, "svg").decode()
        told = f"<title>{escape(picture.title)}</title><desc>{escape(picture.alt)}</desc>"
        head, _, rest = svg.partition(">")
        files = {
            "png": document.with_dots(
                document.drawing(PICTURE_TEMPLATE, content, "png", DOTS_PER_INCH), DOTS_PER_INCH
            ),
            "svg": f'{head} role="img">{told}{rest}'.encode(),
        }
        for ending, data in files.items():
            path = folder / f"{picture.name}.{ending}"
            document.put(path, data)
            written.append(path)
    return written


def caption(picture: Picture, found: Council, *, is_alone: bool = False) -> str:
    """What stands below a picture; a file of its own says whose it is and which build made it."""
    told = f"Source: {picture.source}. As of {formats.day(found.as_of)}."
    if not is_alone:
        return told
    return " ".join(filter(None, (told, f"{found.name}, build {found.build_id}.", found.mark)))


def _picture(picture: Picture, found: Council) -> dict:
    """As a template reads it."""
    return {
        "title": picture.title, "alt": picture.alt, "caption": caption(picture, found),
        "width": picture.width, "height": picture.height, "shapes": picture.shapes,
    }  # fmt: skip


def _content(found: Council) -> dict:
    """What the template shows, as text."""
    made, (first, last) = found.built_at, found.fiscal_days
    pages = []
    for page in found.pages:
        content = page.content()
        said = [block for block in page.blocks if block.is_said]
        for block, shown in zip(content["blocks"], said, strict=True):
            block["pictures"] = [_picture(picture, found) for picture in shown.pictures]
        pages.append(content)
    return {
        "title": f"Are the rates enough in fiscal year {found.fiscal_year}? {found.name}",
        "under": (
            f"{found.name}. Report to the council, with what was known on "
            f"{formats.day(found.as_of)}. The fiscal year runs "
            f"from {formats.day(first)} to {formats.day(last)}. Scenario: {found.scenario}."
        ),
        "mark": found.mark,
        "foot": f"Build {found.build_id}, as of {formats.day(found.as_of)}, audit {found.audit}",
        "made": {"year": made.year, "month": made.month, "day": made.day},
        "pages": pages,
        "fitted": len(pages) - BEHIND,
    }
