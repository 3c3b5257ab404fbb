"""The council report's pictures of households, neighbours and what is owed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import polars as pl

from dashboards import formats, households, theme, words
from reports.council_charts import grid_line
from reports.council_picture import FAINT, FULL, INK, Axis, Picture, axis, value_grid

ROW = 11.5
LEFT, RIGHT = 170.0, 384.0
# Ages from pale to dark, the youngest hatched: in black and white each differs from its neighbours.
HATCHED = "not_yet_due_usd"
MONTHS = 25


def _scale(picture: Picture, values: Sequence[Decimal], height: float) -> Axis:
    """A scale from left to right with its ticks above."""
    scale = axis(values, LEFT, RIGHT, 5)
    for tick in scale.ticks:
        x = scale.at(tick)
        grid_line(picture, x, 12, height)
        picture.words(x - 25, 6, 50, formats.usd_whole(tick), "center", paint=FAINT)
    return scale


def uses(bills: pl.DataFrame, fiscal_year: int) -> Picture | None:
    """A home's bill now and after, for small and large uses, service by service."""
    shown = bills.filter((pl.col("use_kind") == "percentile") & pl.col("is_home")).sort(
        "service", "percentile"
    )
    if shown.is_empty():
        return None
    services = shown["service"].unique(maintain_order=True).to_list()
    height = ROW * (shown.height + len(services)) + 14
    changes = [change for change in shown["change_usd"] if change]
    title = (
        f"In fiscal year {fiscal_year} a home's bill for a service changes by "
        f"{formats.usd_change(min(changes))} to "
        f"{formats.usd_change(max(changes))} a month"
        if changes
        else f"No bill changes in fiscal year {fiscal_year}: the scenario adjusts no rate by then"
    )
    told = "; ".join(
        f"{words.service(row['service'])} {households.use_name(row)}: {formats.usd(row['now_usd'])} now, "
        f"{formats.usd(row['after_usd'])} after"
        for row in shown.iter_rows(named=True)
    )
    picture = Picture(
        "households", title, f"{title}. {told}.",
        "tariffs in force and the scenario's adjustments, uses of the bills of the year. Open dot: "
            "now. Full dot: "
        "after. At the 25th percentile a quarter of homes use that or less",
        FULL, height,
    )  # fmt: skip
    scale = _scale(picture, [*shown["now_usd"], *shown["after_usd"]], height)
    y = 20.0
    for service in services:
        picture.words(0, y, LEFT, words.service(service), bold=True)
        y += ROW
        for row in shown.filter(service=service).iter_rows(named=True):
            now, after = scale.at(row["now_usd"]), scale.at(row["after_usd"])
            paint = theme.SERVICES.get(service, theme.NEUTRAL)
            picture.words(8, y, LEFT - 12, households.use_name(row))
            picture.line([(now, y), (after, y)], 1.4, paint=paint)
            picture.dot(after, y, 2.6, paint)
            picture.dot(now, y, 2.6, "#FFFFFF")
            ends = (
                f"{formats.usd(row['now_usd'])}, {formats.usd_change(row['change_usd'])}, "
                f"{formats.pct(row['change_pct'])}"
            )
            same = row["change_usd"] == 0
            picture.words(
                RIGHT + 4, y, FULL - RIGHT - 4, formats.usd(row["now_usd"]) if same else ends, size=6.4
            )
            y += ROW
    return picture


def neighbours(peers: pl.DataFrame) -> Picture | None:
    """Neighbours' bills ranked, each beside the own bill for the same use."""
    known = peers.filter(pl.col("peer_usd").is_not_null() & pl.col("own_usd").is_not_null())
    if known.is_empty():
        return None
    services = known["service"].unique(maintain_order=True).to_list()
    height = ROW * (known.height + len(services)) + 14
    title = households.peers_sentence(known).rstrip(".")
    told = "; ".join(
        f"{row['peer_title']}, {words.service(row['service']).lower()}, {_use(row)}: "
        f"{formats.usd(row['peer_usd'])} "
        f"there, {formats.usd(row['own_usd'])} here"
        for row in known.iter_rows(named=True)
    )
    picture = Picture(
        "neighbours", title, f"{title}. {told}.",
        "peers.yml and the tariffs in force. Open dot: there, on the day named. Full square: here "
            "now, same use. "
        f"{words.MARK_OF_ASSUMED}: the source says less than the row",
        FULL, height,
    )  # fmt: skip
    scale = _scale(picture, [*known["peer_usd"], *known["own_usd"]], height)
    y = 20.0
    for service in services:
        picture.words(0, y, LEFT, words.service(service), bold=True)
        y += ROW
        for row in known.filter(service=service).sort("peer_usd", descending=True).iter_rows(named=True):
            there, here = scale.at(row["peer_usd"]), scale.at(row["own_usd"])
            paint = theme.SERVICES.get(service, theme.NEUTRAL)
            mark = f" {words.MARK_OF_ASSUMED}" if row["is_assumed"] else ""
            picture.words(
                8,
                y,
                LEFT - 12,
                f"{row['peer_title']}{mark}, {_use(row)}, {households.when_of(row)}",
                size=6.6,
            )
            picture.line([(there, y), (here, y)], 0.6, paint=FAINT, dash="dotted")
            picture.dot(there, y, 2.6, "#FFFFFF")
            picture.dot(here, y, 2.4, paint, is_square=True)
            ends = f"{formats.usd(row['peer_usd'])}, here {formats.usd(row['own_usd'])}"
            picture.words(RIGHT + 4, y, FULL - RIGHT - 4, ends, size=6.6)
            y += ROW
    return picture


def _use(row: dict) -> str:
    return households.quantity(row["peer_quantity"], row["peer_unit"])


def owed(months: pl.DataFrame, events: Sequence[dict]) -> Picture | None:
    """What was owed at month ends, stacked by age; events are bands behind it."""
    shown = months.sort("month_end_on").tail(MONTHS)
    if shown.is_empty():
        return None
    first, last = shown.row(0, named=True), shown.row(-1, named=True)
    shares = [formats.pct(formats.share(row["over_90_usd"], row["gross_usd"])) for row in (first, last)]
    title = (
        f"{shares[1]} of what was open on {formats.day(last['month_end_on'])} was over 90 days "
        f"late; {shares[0]} on "
        f"{formats.day(first['month_end_on'])}"
    )
    picture = Picture(
        "owed", title,
        f"{title}. Open, in dollars, by month end: " + "; ".join(
            f"{formats.month(row['month_end_on'])} "
                f"{formats.usd_whole(row['gross_usd'])}" for row in shown.iter_rows(named=True)
        ) + ".",
        "bills and payments, open items before money not yet applied. Grey bands: events",
        FULL, 176.0,
    )  # fmt: skip
    left, right, bottom = 38.0, FULL - 62.0, 160.0
    scale = axis(shown["gross_usd"].to_list(), bottom, 28.0)
    step = (right - left) / shown.height
    ends = shown["month_end_on"].to_list()
    _bands(picture, ends, events, left, step, bottom)
    value_grid(picture, scale, left, right, formats.usd_tile)
    tops: dict[str, float] = {}
    for place, row in enumerate(shown.iter_rows(named=True)):
        below = Decimal(0)
        for age, paint in theme.AGES.items():
            amount = max(row[age], Decimal(0))
            top, base = scale.at(below + amount), scale.at(below)
            is_hatched = age == HATCHED
            picture.box(
                left + place * step + 1, top, step - 2, base - top,
                fill="#FFFFFF" if is_hatched else paint, hatch=paint if is_hatched else "",
                edge=theme.OUTLINE,
            )  # fmt: skip
            below += amount
            tops[age] = (top + base) / 2
        if place % 3 == 0:
            picture.words(
                left + (place - 1) * step,
                169,
                step * 3,
                formats.month(row["month_end_on"]),
                "center",
                paint=FAINT,
                size=6.5,
            )
    _ages(picture, tops, right)
    return picture


def _ages(picture: Picture, tops: dict[str, float], right: float):
    """The ages at the right of the last column, pushed apart so that each can be read."""
    labels = words.bucket_labels()
    at = 162.0
    for age, middle in tops.items():
        at = min(at, middle)
        picture.line([(right, middle), (right + 6, at)], 0.3, paint=FAINT)
        picture.words(right + 8, at, 56, labels[age], size=6.6)
        at -= 8.2


def _bands(picture: Picture, ends: Sequence, events: Sequence[dict], left: float, step: float, bottom: float):
    """Episodes behind the months that they touch, with their names at the top."""
    named: list[tuple[float, str]] = []
    for event in sorted(events, key=lambda one: one["window_from_on"]):
        places = [
            place for place, end in enumerate(ends)
            if event["window_from_on"] <= end and event["window_to_on"] >= end.replace(day=1)
        ]  # fmt: skip
        if not places:
            continue
        x = left + places[0] * step
        picture.box(x, 4, (places[-1] + 1) * step + left - x, bottom - 4, fill="#EDEFF2")
        named.append((x, event["episode_title"]))
    for down, (x, title) in enumerate(named):
        picture.words(x + 2, 8 + 7 * down, 220, title, paint=INK, size=6.5)
