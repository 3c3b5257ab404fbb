"""Page one of the council report, complete in itself: answers, decision, bills, owed, waiver, trust."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import polars as pl

from dashboards import formats, households, impact_figures, impact_measures, impact_sentences
from dashboards import impact_words as impact
from dashboards import sufficiency_figures as figures
from dashboards import sufficiency_words as rates
from reports import council_words as terms
from reports.council_layout import Asked, Block, Page, Sheet, plain

NEIGHBOURS = 3
NO_BOOKS = "no ledger, debt schedule or cash balances of this fund were delivered"


def page(asked: Asked) -> Page:
    """Page one."""
    return Page(
        f"Are the rates enough in fiscal year {asked.fiscal_year}?",
        (answers(asked), decision(asked), bills(asked), owed(asked), waiver(asked), trust(asked)),
        size=9.9 if len(asked.funds()) > 1 else 10.8,
    )


def missing_funds(asked: Asked) -> list[str]:
    """Funds that bills are sent for and that nothing is known of."""
    known = set(asked.funds())
    return [fund for fund in asked.own("council_funds")["fund"] if fund not in known]


def answers(asked: Asked) -> Block:
    """A sentence for every fund; they are never averaged."""
    told = []
    for fund in asked.funds():
        told.append(terms.answer(asked.answer(fund), asked.tests_now(fund).to_dicts()))
    missing = missing_funds(asked)
    if missing:
        names = terms.listed(rates.fund(fund) for fund in missing)
        told.append(((f"{names}: not known. ", True), (f"{NO_BOOKS[:1].upper()}{NO_BOOKS[1:]}.", False)))
    return Block("Do this year's rates cover this year's costs?", tuple(told))


def decision(asked: Asked) -> Block:
    """What is asked of the council: how much, from when and why, fund by fund."""
    rows = tuple(
        (rates.fund(fund), _level(asked, fund), _by_year(asked, fund), _why(asked, fund))
        for fund in asked.funds()
    )
    if not rows:
        return Block()
    table = Sheet(
        ("Fund", "The same every year", "or year by year", "Why"), (0.75, 2.2, 2.2, 2.5), rows,
        texts=4, size=8.8,
    )  # fmt: skip
    return Block(
        "What is the council asked to decide?",
        table=table,
        notes=tuple(filter(None, (_limits(asked),))),
        is_decision=True,
    )


def _limits(asked: Asked) -> str:
    """What both least paths keep to: the tests, the cap, the notice."""
    paths = asked.own("council_paths").filter(pl.col("fund").is_in(asked.funds()))
    if paths.is_empty():
        return ""
    cap = formats.pct(paths["cap_percent"].max())
    first = formats.day(paths["first_possible_on"].min())
    return (
        "The least adjustments with which every required test passes every year, in place of those "
        f"of the scenario, and none above {cap}. After hearing and notice none can hold before {first}."
    )


def least_path(asked: Asked, fund: str, path: str) -> list[dict]:
    """A least path by year; empty where none was sought."""
    return asked.own("council_paths").filter(fund=fund, path=path).sort("fiscal_year").to_dicts()


def _level(asked: Asked, fund: str) -> str:
    """The least path that is the same every year, or which test forbids any."""
    path = least_path(asked, fund, terms.LEVEL)
    if not path:
        return "No least rate path was sought."
    first, last = path[0], path[-1]
    if not first["is_found"]:
        return (
            f"None, even at {formats.pct(first['cap_percent'])} a year: in {first['forbidding_year']} fails: "
            f"{_title(asked, fund, first['forbidding_test_id'])}."
        )
    if not first["adjustment_percent"]:
        return f"None: every required test passes to {last['fiscal_year']} with rates as they are."
    return f"{_step(asked, first)}, and each year to {last['fiscal_year']}."


def _by_year(asked: Asked, fund: str) -> str:
    """The least path under the cap: its first step, and the least and the most after it."""
    path = least_path(asked, fund, terms.CAPPED)
    if not path:
        return ""
    if not path[0]["is_found"]:
        return _alone(asked, fund)
    moving = [one for one in path if one["adjustment_percent"]]
    if not moving:
        return "None."
    first, later = moving[0], path[path.index(moving[0]) + 1 :]
    percents = [one["adjustment_percent"] for one in later]
    if not later:
        return f"{_step(asked, first)}."
    span = f"{figures.percent(min(percents))} to" if min(percents) else "at most"
    return f"{_step(asked, first)}, then {span} {figures.percent(max(percents))} a year."


def _alone(asked: Asked, fund: str) -> str:
    """What the year alone would take, where no path is found for all years."""
    row = asked.answer(fund)
    if row["adjustment_in_year_pct"] is None or row["deficiency_usd"] <= 0:
        return "None."
    on = figures.month_of(row, asked.header["fiscal_year_start_month"])
    percent = figures.percent(row["adjustment_in_year_pct"])
    return f"None. For {asked.fiscal_year} alone: {percent} from {formats.day(on)}."


def _step(asked: Asked, step: Mapping) -> str:
    """A step of a path and its day."""
    on = figures.month_of(step, asked.header["fiscal_year_start_month"])
    return f"{figures.percent(step['adjustment_percent'])} from {formats.day(on)}"


def _title(asked: Asked, fund: str, test_id: str) -> str:
    found = asked.tests(fund).filter(test_id=test_id)
    return found["title"][0].lower() if found.height else test_id


def _why(asked: Asked, fund: str) -> str:
    """The first required test that rates as they are fail, and when."""
    tests = asked.from_now("sufficiency_tests", fund).filter("is_required", path=rates.EXISTING)
    failed = tests.filter(result="fail").sort("fiscal_year", "sort")
    if failed.is_empty():
        return f"With rates as they are no required test fails to {tests['fiscal_year'].max()}."
    first = failed.row(0, named=True)
    year = first["fiscal_year"]
    short = asked.from_now("sufficiency_answers", fund).filter(fiscal_year=year)["deficiency_usd"][0]
    if first["measure"] == "difference" and short is not None and short > 0:
        return f"With rates as they are {formats.usd(short)} is missing in {year}."
    return f"In {year} fails: {terms.test_sentence(first)}."


def bills(asked: Asked) -> Block:
    """A home's bill now and after, beside three neighbours of each service."""
    found = asked.bills("home_bills")
    home = found.filter(
        (pl.col("use_kind") == "typical") & (pl.col("is_home") | (pl.col("service") == households.WHOLE))
    )
    if home.is_empty():
        return Block("What does a household pay?", (plain("Not known: peers.yml names no typical home."),))
    peers = asked.bills("peer_bills", service=households.WHOLE)
    several = home.filter(pl.col("service") != households.WHOLE).height > 1
    rows = tuple(
        (
            _home_name(row), formats.usd(row["now_usd"]), formats.usd(row["after_usd"]),
            _changed(row), _near(peers.filter(service=row["service"])),
        )
        for row in home.sort(pl.col("service") == households.WHOLE, "service").iter_rows(named=True)
        if several or row["service"] != households.WHOLE
    )  # fmt: skip
    table = Sheet(
        ("A home, a month", "Now", f"In {asked.open_year}", "Change", "Neighbours: theirs, and "
            "here for the same use"),
        (1.5, 0.75, 0.75, 1.15, 3.9), rows, remarks=(4,), size=8.6,
    )  # fmt: skip
    return Block(
        "What does a household pay?", table=table, notes=tuple(filter(None, (_with_asked(asked, home),)))
    )


def _changed(row: Mapping) -> str:
    """A change in dollars and percent."""
    return (
        f"{formats.usd_change(row['change_usd'])}, {formats.pct(row['change_pct'])}"
        if row["change_usd"]
        else "0"
    )


def _home_name(row: Mapping) -> str:
    if row["service"] == households.WHOLE:
        return "Whole bill"
    use = f", {households.quantity(row['usage_quantity'], row['usage_unit'])}" if row["usage_unit"] else ""
    return f"{households.service(row['service'])}{use}"


def _near(peers: pl.DataFrame) -> str:
    """Three neighbours, the latest known first: theirs and the own bill for the same use."""
    known = peers.filter(pl.col("own_usd").is_not_null()).sort("as_of_on", "peer", descending=[True, False])
    shown = known.unique("peer", keep="first", maintain_order=True).head(NEIGHBOURS)
    return "; ".join(
        f"{row['peer_title']} {formats.usd(row['peer_usd'])} ({row['as_of_year']}), here "
        f"{formats.usd(row['own_usd'])}"
        for row in shown.iter_rows(named=True)
    )


def _with_asked(asked: Asked, home: pl.DataFrame) -> str:
    """What the adjustments asked would add to the bills, about: each bill raised by the percentage."""
    start = asked.header["fiscal_year_start_month"]
    told = []
    for row in home.filter(pl.col("service").is_in(asked.funds())).iter_rows(named=True):
        path = least_path(asked, row["service"], terms.LEVEL)
        if not path or not path[0]["adjustment_percent"]:
            continue
        from_on = figures.month_of(path[0], start)
        more = row["now_usd"] * path[0]["adjustment_percent"] / Decimal(100)
        told.append(
            f"{households.service(row['service']).lower()} about {formats.usd_change(more)} a month "
            f"from {formats.day(from_on)}"
        )
    scenario = (
        f"In {asked.open_year}: with the adjustments that the scenario "
        f"\N{LEFT DOUBLE QUOTATION MARK}{asked.scenario}\N{RIGHT DOUBLE QUOTATION MARK} holds by then."
    )
    return (
        f"{scenario} The first step of the path that is the same every year adds: {terms.listed(told)}."
        if told
        else scenario
    )


def owed_lines(asked: Asked) -> dict[str, dict]:
    """Lines of what is owed, by name; before is None where the books begin later."""
    before = year_before(asked.header["as_of_on"])
    is_known = asked.header["first_posted_on"] <= before
    return {
        row["line"]: row if is_known else row | {"before_usd": None, "change_usd": None}
        for row in asked.own("council_owed").iter_rows(named=True)
    }


def year_before(day: date) -> date:
    """The same day a year before; the last of February for the 29th."""
    return date(day.year - 1, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def owed(asked: Asked) -> Block:
    """What is owed and over 90 days late, against a year before."""
    lines = owed_lines(asked)
    title = "What is owed?"
    if not lines:
        return Block(title, (plain("Nothing is known of what is owed."),))
    total, old, gross = lines["total_usd"], lines["over_90_usd"], lines["gross_usd"]
    now, before = asked.header["as_of_on"], year_before(asked.header["as_of_on"])
    late = formats.pct(formats.share(old["now_usd"], gross["now_usd"]))
    said = (
        f"On {formats.day(now)} customers owed {formats.usd(total['now_usd'])}; "
        f"{formats.usd(old['now_usd'])}, {late} of what "
        "was open, was over 90 days late."
    )
    if total["before_usd"] is None:
        return Block(title, (plain(said, "The books do not reach back a year."),))
    was = formats.pct(formats.share(old["before_usd"], gross["before_usd"]))
    return Block(title, (plain(
        said,
        f"A year before, on {formats.day(before)}, it was {formats.usd(total['before_usd'])} and "
        f"{formats.usd(old['before_usd'])}, {was}.",
    ),))  # fmt: skip


def episodes(asked: Asked) -> list[tuple[str, str]]:
    """What every episode cost, the latest first: its title; late before lost, each with its range."""
    told = []
    for row in asked.page("episodes").iter_rows(named=True):
        totals = asked.page("impact_by", dimension="total", episode=row["episode_id"])
        if totals.is_empty():
            continue
        months = asked.page("impact_by", dimension="month", episode=row["episode_id"])
        found = impact_figures.steps(totals, months, impact.EVENT, impact_measures.of(row, totals))
        answered = impact_figures.answers(totals)
        parts = [impact_sentences.lost(found, impact.EVENT)] if found else []
        if answered["applied_usd"].null_count() < answered.height:
            parts.append(impact_sentences.answer(answered, impact.WAIVER))
        if parts:
            told.append((row["episode_title"], " ".join(part[:1].upper() + part[1:] for part in parts)))
    return told


def waiver(asked: Asked) -> Block:
    """What the latest episode cost."""
    told = episodes(asked)
    if not told:
        return Block()
    title, said = told[0]
    return Block("What did the waiver cost?", (((f"{title}. ", True), (said, False)),))


def trust(asked: Asked) -> Block:
    """How far the data can be trusted."""
    return Block("How far can these figures be trusted?", (plain(*trust_sentences(asked)),))


def trust_sentences(asked: Asked) -> list[str]:
    """Audit, rejected rows, books, proof of revenue, assumptions."""
    failed = asked.own("audit")
    rejected = sum(asked.page("rejects")["rejected_count"])
    checks = (
        "every check passed"
        if failed.is_empty()
        else f"{formats.plural(failed.height, 'check')} did not pass ({failed['name'][0].lower()})"
    )
    said = [
        f"Audit {asked.header['audit_mark']}: {checks}; {formats.plural(rejected, 'delivered row')} "
        "of this city left out with a reason."
    ]
    books = asked.own("council_books")
    known = books.filter(pl.col("difference_usd").is_not_null())
    if known.is_empty():
        said.append("No books were delivered to hold the ledger against.")
    else:
        on, apart = formats.day(known["month_end_on"][0]), sum(map(abs, known["difference_usd"]), Decimal(0))
        said.append(
            f"Ledger and books of {on} "
            f"{'agree to the cent in every fund' if not apart else f'are {formats.usd(apart)} apart'}."
        )
    proof = asked.own("council_proof")
    if proof.height:
        row = proof.row(0, named=True)
        said.append(
            f"Bills of {row['fiscal_year']} are {formats.usd(abs(row['apart_usd']))} from what "
            "tariffs and use give, of "
            f"{formats.usd(row['billed_usd'])}."
        )
    tests = [test for fund in asked.funds() for test in asked.tests_now(fund).to_dicts()]
    if tests:
        assumed = sum(test["is_assumed"] for test in tests)
        said.append(
            f"{formats.count(assumed)} of {formats.plural(len(tests), 'test')} hold against a "
            "target that is assumed, and "
            "years to come rest on the scenario's assumptions: another scenario gives other figures."
        )
    return said
