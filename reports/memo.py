"""The council's memo on what an episode cost: two pages, from the published build.

It asks the questions of the page and says its sentences (`dashboards/impact_*.py`), so that no figure of
the memo differs from the page's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

import polars as pl

from dashboards import formats, impact_figures, impact_measures
from dashboards import impact_words as terms
from dashboards.definitions import DEFINITIONS
from ratehouse.errors import UsageError
from ratehouse.warehouse import fetch, reading
from reports import document, memo_parts

TEMPLATE = Path(__file__).parent / "memo.typ"
QUERIES = Path(__file__).parents[1] / "dashboards" / "queries"  # the page's own questions
HEADER = Path(__file__).parent / "queries" / "header.sql"

Ask = Callable[..., pl.DataFrame]


@dataclass(frozen=True)
class Memo:
    """A memo.

    Attributes:
        utility_id: whose it is.
        name: as pages print it.
        episode_id: which episode it is about.
        title: of the episode.
        as_of: the day that the build stands on.
        build_id: the build.
        built_at: when it was made.
        audit: what its audit said, in words.
        mark: the sentence that simulated data carries; None for a city's own.
        figures: label, value, comparison and definition of what answers first.
        pages: the parts of each page.
    """

    utility_id: str
    name: str
    episode_id: str
    title: str
    as_of: date
    build_id: str
    built_at: datetime
    audit: str
    mark: str | None
    figures: tuple[impact_figures.Figure, ...]
    pages: tuple[tuple[memo_parts.Part, ...], ...]

    @property
    def file_name(self) -> str:
        """The name of its file."""
        return f"memo-{self.episode_id}-{self.build_id}.pdf"


def memo(database: Path, utility_id: str, episode_id: str | None) -> Memo:
    """What an episode cost.

    Args:
        database: the build.
        utility_id: whose episode.
        episode_id: which one; None where the utility has only one.

    Raises:
        UsageError: the build does not hold the utility or the episode, or an earlier version made it.
    """
    with reading(database) as connection:
        known: dict[str, object] = {"utility": utility_id}

        @cache
        def answered(path: Path, more: tuple[tuple[str, object], ...]) -> pl.DataFrame:
            sql = path.read_text(encoding="utf-8")
            given = known | dict(more)
            return fetch(connection, sql, {name: given[name] for name in set(re.findall(r"\$(\w+)", sql))})

        def ask(question: str, **more: object) -> pl.DataFrame:
            return answered(QUERIES / f"{question}.sql", tuple(more.items()))

        found = answered(HEADER, ())
        if found.is_empty():
            raise UsageError(
                f"The build has nothing of {utility_id}. Deliver extracts and run `ratehouse run`."
            )
        header = found.row(0, named=True)
        episode = _episode(ask("episodes"), utility_id, episode_id)
        known |= {
            "episode": episode["episode_id"], "as_of": header["as_of_on"],
            "from_on": episode["window_from_on"], "to_on": episode["window_to_on"],
        }  # fmt: skip
        return Memo(
            utility_id=utility_id,
            name=header["utility_name"],
            episode_id=episode["episode_id"],
            title=episode["episode_title"],
            as_of=header["as_of_on"],
            build_id=header["build_id"],
            built_at=header["built_at"],
            audit=header["audit_mark"],
            mark=header["data_mark"],
            figures=_figures(ask, episode),
            pages=(
                (
                    memo_parts.happened(ask),
                    memo_parts.late(ask, episode),
                    memo_parts.back(ask, episode),
                    memo_parts.answers(ask),
                ),
                (
                    memo_parts.parts(ask, episode),
                    memo_parts.helped(ask),
                    memo_parts.extending(ask, episode, header["as_of_on"]),
                    memo_parts.trust(ask),
                    memo_parts.meanings(),
                ),
            ),
        )


def _episode(episodes: pl.DataFrame, utility_id: str, episode_id: str | None) -> dict:
    known = episodes["episode_id"].to_list()
    if not known:
        raise UsageError(
            f"No policy event of {utility_id} has begun. Write it into events.yml (docs/policy.md)."
        )
    if episode_id is None and len(known) > 1:
        raise UsageError(f"Say which episode with --episode. {utility_id} has: {', '.join(known)}.")
    if episode_id is not None and episode_id not in known:
        raise UsageError(f"Unknown episode {episode_id}. {utility_id} has: {', '.join(known)}.")
    return episodes.row(by_predicate=pl.col("episode_id") == (episode_id or known[0]), named=True)


def _figures(ask: Ask, episode: Mapping) -> tuple[impact_figures.Figure, ...]:
    """The page's four, with the cost of the waiver first."""
    totals, methods = ask("impact_by", dimension="total"), ask("impact_methods")
    costs = [
        impact_figures.cost_figure(
            totals, question, impact_figures.why_refused(methods, question), DEFINITIONS[name]
        )
        for question, name in terms.QUESTIONS.items()
    ]
    late = impact_figures.late_figure(
        ask("impact_by", dimension="month"),
        totals,
        terms.EVENT,
        impact_measures.of(episode, totals),
        impact_figures.why_refused(methods, terms.EVENT, "collected_late"),
        DEFINITIONS[impact_figures.LATE],
    )
    back = impact_figures.back_figure(ask("recovery_by_month"), DEFINITIONS[impact_figures.BACK])
    return (*costs, late, back)


def write(found: Memo, path: Path) -> None:
    """Writes the PDF. The same build gives the same file."""
    document.put(path, document.typeset(TEMPLATE, _content(found), found.built_at))


def _content(found: Memo) -> dict:
    """What the template shows, as text."""
    made = found.built_at
    return {
        "title": f"{found.title}: what it cost, {found.name}",
        "heading": f"{found.title}: what did it cost?",
        "under": f"{found.name}. Memo for the council, with what was known on {formats.day(found.as_of)}.",
        "mark": found.mark,
        "foot": f"Build {found.build_id}, as of {formats.day(found.as_of)}, audit {found.audit}",
        "made": {"year": made.year, "month": made.month, "day": made.day},
        "figures": [
            {"label": label, "value": value, "remark": remark} for label, value, remark, _ in found.figures
        ],
        "pages": [[asdict(part) for part in page if part.is_said] for page in found.pages],
    }
