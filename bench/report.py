"""What was measured, as a table on the screen and as a page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from bench.measure import middle

Results = dict[str, Any]

BUILD_SECONDS, BUILD_BYTES, ASKED_SECONDS, TIMES_FASTER = 240, 8e9, 0.6, 10
PENALTIES_SECONDS = 90
REPRICED_SECONDS = {"one fiscal year": 0.3, "all years": 3}
FULL_ACCOUNTS, FULL_YEARS = 57_000, 10
WORDS = {1: "one core", 2: "two cores", 4: "four cores", 8: "eight cores"}
STEPS = {
    "simulate": "simulate: the city's extracts",
    "ingest": "ingest: extracts to raw tables",
    "copy": "the same files by plain DuckDB, unchecked",
    "build": "build: raw to published, audit included",
    "asof": "as-of aging: one process, all days",
    "ledger": "the same: plain DuckDB over the ledger",
    "postgres": "PostgreSQL: load, index, answer",
    "reprice": "changed tariff: from determinants",
    "reprice_bills": "the same: every bill, in SQL",
    "reprice_script": "the same: one fiscal year in plain Python",
}
PARTS = {
    "billing": "bills, rates, reads, earned revenue",
    "receivables": "ledger, settlement, aging, roll-forward",
    "penalties": "penalties, fees, collections",
    "impact": "what an event cost",
    "tests": "tests",
}
PAGE = Path(__file__).with_name("page.md")


@dataclass(frozen=True)
class Target:
    """Something that was promised.

    Attributes:
        what: in words.
        found: what was measured; None where it was not.
        is_met: whether it is kept.
    """

    what: str
    found: str | None
    is_met: bool = False

    @property
    def mark(self) -> str:
        """A word for it."""
        return "not measured" if self.found is None else "met" if self.is_met else "not met"


def targets(results: Results) -> list[Target]:
    """The targets, which stand for the full size."""
    steps, settings = results["steps"], results["settings"]
    is_full = settings == {"accounts": FULL_ACCOUNTS, "years": FULL_YEARS}
    build, asked, peer, priced = (
        steps.get(name) if is_full else None for name in ("build", "asof", "postgres", "reprice")
    )
    worst = max((middle(one["seconds"]) for one in asked["days"]), default=None) if asked else None
    ratio = min(ratios(results, "ledger_days", "postgres")) if asked and peer else None
    parts = (build or {}).get("parts", {})
    return [
        Target("build under 4 minutes", build and f"{build['seconds']:.0f} s",
               bool(build) and build["seconds"] < BUILD_SECONDS),
        Target("build under 8 GB", build and f"{build['peak_bytes'] / 1e9:.1f} GB",
               bool(build) and build["peak_bytes"] < BUILD_BYTES),
        Target("penalties and collections add under 90 s of models",
               "penalties" in parts and f"{parts['penalties']:.0f} s" or None,
               parts.get("penalties", PENALTIES_SECONDS) < PENALTIES_SECONDS),
        Target("as-of aging under 0.6 s, slowest day", worst and f"{worst:.2f} s",
               worst is not None and worst < ASKED_SECONDS),
        Target("at least ten times PostgreSQL (over the ledger, on the day closest to it)",
               ratio and f"{ratio:.0f} times", ratio is not None and ratio >= TIMES_FASTER),
        *(
            Target(f"changed tariff priced under {most} s, {what}",
                   priced and f"{middle(priced['days'][number]['seconds']):.2f} s",
                   bool(priced) and middle(priced["days"][number]["seconds"]) < most)
            for number, (what, most) in enumerate(REPRICED_SECONDS.items())
        ),
    ]  # fmt: skip


def ratios(results: Results, days: str, step: str) -> list[float]:
    """How many times longer a peer takes, day by day."""
    own = {one["day"]: middle(one["seconds"]) for one in results["steps"]["asof"]["days"]}
    return [middle(one["seconds"]) / own[one["day"]] for one in results["steps"][step][days]]


def step_rows(results: Results) -> list[list[str]]:
    """A row for each step: what, rows, seconds, CPU seconds, peak memory."""
    rows = []
    for name, title in STEPS.items():
        step = results["steps"].get(name)
        if step is None:
            rows.append([title, "not measured", "", "", ""])
            continue
        cpu = f"{step['cpu_seconds']:,.1f}" if step.get("cpu_seconds") is not None else ""
        memory = f"{step['peak_bytes'] / 1e9:.2f} GB"
        rows.append([title, step["rows"], f"{step['seconds']:,.1f}", cpu, memory])
    return rows


def asked_rows(results: Results) -> list[list[str]]:
    """A row for each day asked: the seconds of each and how many times ratehouse's."""
    steps = results["steps"]
    rows = []
    for number, own in enumerate(steps.get("asof", {}).get("days", [])):
        seconds = middle(own["seconds"])
        row = [own["day"], f"{own['rows']:,}", f"{seconds:.3f}"]
        for step, days in (("ledger", "days"), ("postgres", "ledger_days"), ("postgres", "interval_days")):
            found = steps.get(step)
            if found is None:
                row.append("not measured")
                continue
            peer = middle(found[days][number]["seconds"])
            row.append(f"{peer:.3f} ({peer / seconds:,.1f}×)")
        rows.append(row)
    return rows


def repriced_rows(results: Results) -> list[list[str]]:
    """A row for each span of years: units and seconds of each way, and how many times ratehouse's."""
    steps = results["steps"]
    rows = []
    for number, own in enumerate(steps.get("reprice", {}).get("days", [])):
        seconds = middle(own["seconds"])
        row = [own["day"], f"{own['rows']:,}", f"{seconds:.3f}"]
        bills, script = (steps.get(step, {}).get("days", []) for step in ("reprice_bills", "reprice_script"))
        row.append(f"{bills[number]['rows']:,}" if bills else "not measured")
        for found in (bills, script):
            if number >= len(found):
                row.append("not measured")
                continue
            peer = middle(found[number]["seconds"])
            row.append(f"{peer:,.1f} ({peer / seconds:,.0f}×)")
        rows.append(row)
    return rows


def part_rows(results: Results) -> list[list[str]]:
    """A row for each part of the build: its seconds, and its share of them."""
    parts = results["steps"].get("build", {}).get("parts", {})
    whole = sum(parts.values())
    ordered = sorted(parts.items(), key=lambda part: -part[1])
    return [[PARTS.get(name, name), f"{seconds:,.0f}", f"{seconds / whole:.0%}"] for name, seconds in ordered]


STEP_HEADS = ["step", "rows", "seconds", "CPU seconds", "peak memory"]
PART_HEADS = ["part", "seconds", "share"]
ASKED_HEADS = [
    "day", "rows", "ratehouse, s", "plain DuckDB, ledger, s", "PostgreSQL, ledger, s",
    "PostgreSQL, intervals, s",
]  # fmt: skip
REPRICED_HEADS = [
    "years", "distinct units", "ratehouse, s", "parts of bills", "every bill in SQL, s", "plain Python, s",
]  # fmt: skip


def tables(results: Results) -> list[Table]:
    """For the screen."""
    judged = [[one.what, one.found or "", one.mark] for one in targets(results)]
    return [
        _screen("Steps", STEP_HEADS, step_rows(results)),
        _screen("Where the build's time goes", PART_HEADS, part_rows(results)),
        _screen("The same question", ASKED_HEADS, asked_rows(results)),
        _screen("A changed tariff", REPRICED_HEADS, repriced_rows(results)),
        _screen("Targets (at full size)", ["target", "measured", ""], judged),
    ]


def page(results: Results) -> str:
    """As Markdown."""
    settings, machine = results["settings"], results["machine"]
    judged = [[one.what, one.found or "", one.mark] for one in targets(results)]
    peer = results["steps"].get("postgres", {})
    is_full = settings == {"accounts": FULL_ACCOUNTS, "years": FULL_YEARS}
    return PAGE.read_text(encoding="utf-8").format(
        measured_on=results["measured_on"],
        machine=f"{WORDS.get(machine['cores'], str(machine['cores']) + ' cores')}, {machine['memory_gb']} GB",
        versions=", ".join(f"{name} {number}" for name, number in results["versions"].items()) + ".",
        copied=_beside_copy(results["steps"]),
        small="" if is_full else " **Not the full size:** the targets are for 57,000 accounts and ten years.",
        steps=_markdown(STEP_HEADS, step_rows(results)),
        parts=_markdown(PART_HEADS, part_rows(results)),
        asked=_markdown(ASKED_HEADS, asked_rows(results)),
        repriced=_markdown(REPRICED_HEADS, repriced_rows(results)),
        targets=_markdown(["target", "measured", "met"], judged),
        pg_rows=f"{peer['ledger_rows']:,}" if peer else "not measured:",
        pg_interval_rows=f"{peer['interval_rows']:,}" if peer else "not measured:",
        **settings,
    )


def _beside_copy(steps: dict[str, Any]) -> str:
    """How ingest stands beside the engine's own copy."""
    if "ingest" not in steps or "copy" not in steps:
        return ""
    times = steps["ingest"]["seconds"] / steps["copy"]["seconds"]
    return (
        f"\nIngest takes {times:.1f} times as long as the engine's own copy of the same files, which checks"
        "\nno type, key or reference and keeps no file and line."
    )


def _screen(title: str, heads: list[str], rows: list[list[str]]) -> Table:
    made = Table(title=title, title_justify="left")
    for number, head in enumerate(heads):
        made.add_column(head, justify="right" if number else "left")
    for row in rows:
        made.add_row(*row)
    return made


def _markdown(heads: list[str], rows: list[list[str]]) -> str:
    rule = ["---", *["---:"] * (len(heads) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, rule, *rows))
