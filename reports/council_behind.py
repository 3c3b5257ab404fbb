"""The council report behind the funds: households and neighbours, what is owed, what the words mean."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from dashboards import formats, households, words
from reports import council_front, council_homes
from reports import council_words as terms
from reports.council_layout import Asked, Block, Page, Sheet, plain

AGES = {
    **words.BUCKETS,
    "gross_usd": "All that is open",
    "unapplied_usd": "Received, not yet applied",
    "total_usd": "Owed",
}
MEASURES = ("title", "now", "after", "limit", "said", "facts")


def homes(asked: Asked) -> Page:
    """Households now and after, affordability, neighbours."""
    title = "What does it mean for a household?"
    bills = asked.bills("home_bills")
    if bills.is_empty():
        return Page(
            title, (Block(paragraphs=(plain("Not known: no tariff is in force, so no bill can be told."),)),)
        )
    peers = asked.bills("peer_bills", service=households.WHOLE)
    pictures = [council_homes.uses(bills, asked.open_year), council_homes.neighbours(peers)]
    blocks = [Block(pictures=(picture,)) for picture in pictures if picture]
    if peers.is_empty():
        blocks.append(
            Block("What do neighbours pay?", (plain("Not known: peers.yml names no neighbour's bill."),))
        )
    return Page(title, (*blocks, _uses_and_classes(asked, bills), _affordable(asked)))


def _uses_and_classes(asked: Asked, bills: pl.DataFrame) -> Block:
    """Other uses of a home, and the median use of every other class."""
    shown = bills.filter(
        pl.when("is_home").then(pl.col("use_kind") == "fixed").otherwise(pl.col("percentile") == 50)
    ).sort("service", "is_home", "tariff_class", "usage_quantity", descending=[False, True, False, False])
    if shown.is_empty():
        return Block()
    named = households.bills_table(shown)
    rows = tuple(
        (
            row["of"], row["use"], formats.usd(row["now_usd"]), formats.usd(row["after_usd"]),
            formats.usd_change(row["change_usd"]) if row["change_usd"] else "0",
            formats.pct(row["change_pct"]),
        )
        for row in named.iter_rows(named=True)
    )  # fmt: skip
    return Block(
        "What do other uses and other customers pay a month?",
        table=Sheet(
            ("Service and class", "Use of a month", "Now", f"In {asked.open_year}", "Change", "Change"),
            (2.6, 2.2, 0.9, 0.9, 0.8, 0.8), rows, texts=2, size=7.4,
        ),
    )  # fmt: skip


def _affordable(asked: Asked) -> Block:
    """Each measure on the services that it is made for, with source and year."""
    measures = asked.bills("affordability").filter(pl.col("result") != "not_applicable")
    if measures.is_empty():
        return Block()
    rows = households.measures_table(measures)
    return Block(
        "Can households afford it?",
        table=Sheet(
            ("Measure", "Now", f"In {asked.open_year}", "At most", "Verdict", "What households live on"),
            (2.5, 0.6, 0.6, 0.65, 1.0, 2.9), tuple(rows.select(MEASURES).iter_rows()),
            texts=1, remarks=(4, 5), size=7.4,
        ),
        notes=("Limits: " + "; ".join(dict.fromkeys(rows["guide"])) + ".",),
    )  # fmt: skip


def owed(asked: Asked) -> Page:
    """What is owed by age, against a year before, by month; what events cost."""
    lines = council_front.owed_lines(asked)
    before, now = council_front.year_before(asked.header["as_of_on"]), asked.header["as_of_on"]
    rows = tuple(
        (
            name,
            formats.amount(lines[line]["now_usd"]), _share(lines, line, "now_usd"),
            formats.amount(lines[line]["before_usd"]), _share(lines, line, "before_usd"),
            formats.amount(lines[line]["change_usd"]),
        )
        for line, name in AGES.items() if line in lines
    )  # fmt: skip
    table = Sheet(
        ("Days late", formats.day(now), "share", formats.day(before), "share", "Change"),
        (1.9, 1.2, 0.7, 1.2, 0.7, 1.2),
        rows, sums=tuple(place for place, line in enumerate(AGES) if line in ("gross_usd", "total_usd")),
    )  # fmt: skip
    months = asked.page("aging_by_month", services=(), classes=(), groups=(), statuses=())
    events = asked.page("episodes").to_dicts()
    picture = council_homes.owed(months, events)
    told = council_front.episodes(asked)
    return Page(
        "What is owed, and by how late?",
        (
            Block(table=table, notes=("Dollars, as posted. Shares are of all that is "
                "open.",)) if rows else Block(),
            Block(pictures=(picture,) if picture else ()),
            Block(
                "What did outages and waivers cost?",
                tuple((((f"{title}. ", True), (said, False))) for title, said in told)
                or (plain("No event of the policy calendar has figures."),),
                notes=("Ranges stand beside their figures and are never added. What only came late "
                    "is not lost.",),
            ),
        ),
        is_new=False,
    )  # fmt: skip


def _share(lines: Mapping[str, Mapping], line: str, column: str) -> str:
    """The share of all that is open; none of what is no part of it."""
    if line in ("unapplied_usd", "total_usd"):
        return ""
    return formats.pct(formats.share(lines[line][column], lines["gross_usd"][column]))


def meanings(asked: Asked) -> Page:
    """What the words mean, and what the figures rest on."""
    first, last = terms.year_end(asked.fiscal_year, asked.header["fiscal_year_start_month"])
    return Page(
        "What do the words mean?",
        (
            Block(
                paragraphs=(plain(
                    f"Fiscal year {asked.fiscal_year} runs from {formats.day(first)} to "
                        f"{formats.day(last)}. Years to come are "
                    "those of the scenario "
                        f"\N{LEFT DOUBLE QUOTATION MARK}{asked.scenario}\N{RIGHT DOUBLE QUOTATION MARK}.",
                ),),
                definitions=tuple(terms.MEANINGS.items()),
            ),
            _checks(asked),
        ),
        is_new=False,
    )  # fmt: skip


def _checks(asked: Asked) -> Block:
    """Checks of the audit that did not pass."""
    failed = asked.own("audit")
    if failed.is_empty():
        return Block()
    rows = tuple(
        (row["name"], row["severity"], formats.count(row["failing_count"]), formats.plain(row["detail"]))
        for row in failed.head(6).iter_rows(named=True)
    )
    return Block(
        "Which checks did not pass?",
        table=Sheet(("Check", "If not", "Rows", "Detail"), (3.4, 0.7, 0.6, 2.6), rows, texts=2, remarks=(3,)),
    )
