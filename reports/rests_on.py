"""What the figures of a report rest on: build and audit, events of the month, values that are assumed."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from dashboards import formats, words
from reports.layout import Section, Table, listed
from reports.receivable import Ask

UNNAMED = words.decides("")  # of a rule that has no words of its own


def section(ask: Ask, header: dict) -> Section:
    """Build, audit, events and assumptions."""
    failed, events, assumed = ask("audit"), ask("events"), ask("assumptions")
    columns = {
        "name": "Check",
        "subject": "Of",
        "severity": "If not",
        "failing_count": "Rows",
        "detail": "Detail",
    }
    checks = listed(failed, columns, title="Checks of the audit that did not pass")
    happened = listed(
        events, {"event_title": "Event", "event_kind": "What it does", "starts_on": "From", "ends_on": "To"},
        named={"event_kind": lambda kind: words.EVENTS.get(kind, words.sentence(kind)).capitalize()},
        title="Events of the month", note="A dash: until further notice.",
    )  # fmt: skip
    values = listed(
        assumed,
        {"subject": "Rule", "assumed_value": "Value", "effective_from_on": "From", "note": "Remark"},
        title="Values that no source supports",
    )
    warned = (
        "Every check of the audit passed."
        if failed.is_empty()
        else f"{formats.plural(failed.height, 'check')} of the audit did not pass."
    )
    count = assumed.height
    rest = (
        f"{formats.plural(count, 'value')} of the policy {'is' if count == 1 else 'are'} assumed."
        if count
        else ""
    )
    return Section(
        sheet="Basis",
        title="What do these figures rest on?",
        sentence=" ".join(filter(None, (header["data_mark"], warned, rest))),
        tables=tuple(table for table in (values, checks, happened) if table.rows),
        paper=tuple(table for table in (_short(checks), happened) if table.rows),
    )


def marked(ask: Ask, part: Section) -> Section:
    """A part whose figures rest on assumed values says so, with the mark of the assumed."""
    found = ask("assumptions").filter(pl.col("subject").str.contains(part.assumed)) if part.assumed else None
    if found is None or found.is_empty():
        return part
    decided = list(dict.fromkeys(map(words.decides, found["subject"])))
    named = [one for one in decided if one != UNNAMED]
    others = ["other values of the policy" if named else "values of the policy"] if UNNAMED in decided else []
    said = "; ".join([*named, *others])
    mark = words.MARK_OF_ASSUMED
    note = f"{mark} Assumed here: {said}. Each value stands in the workbook, on the sheet Basis."
    return replace(part, title=f"{part.title} {mark}", notes=(*part.notes, note))


def _short(table: Table) -> Table:
    """Without the details, which a page has no room for."""
    return Table(
        table.headings[:-1], table.kinds[:-1], tuple(row[:-1] for row in table.rows), table.sums, table.title
    )
