"""The expectations as they stand in `docs/audit.md`; `python -m expectations.catalogue` prints them."""

from __future__ import annotations

from expectations.declare import ProfileExpectation, SampleExpectation
from expectations.suites import SUITES

BOUNDARIES = {"in": "Deliveries coming in", "out": "Marts going out"}
HEAD = "| expectation | looks at | if not |\n| --- | --- | --- |\n"


def tables() -> str:
    """One table per entity and mart, in Markdown."""
    text = ""
    for boundary, title in BOUNDARIES.items():
        text += f"\n### {title}\n"
        for suite in SUITES:
            if suite.boundary == boundary:
                rows = [_line(one, "whole table") for one in suite.profile]
                rows += [_line(one, "sample") for one in suite.sample]
                text += f"\n**`{suite.subject}`**\n\n{HEAD}{''.join(rows)}"
    return text


def _line(one: ProfileExpectation | SampleExpectation, where: str) -> str:
    severity: str = one.severity
    if isinstance(one, ProfileExpectation) and one.error_above is not None:
        severity += f"; error above {100 * one.error_above:g} % of the rows"
    if isinstance(one, SampleExpectation) and one.mostly < 1:
        where += f", {100 * one.mostly:g} % of it"
    return f"| {one.sentence} | {where} | {severity} |\n"


if __name__ == "__main__":
    print(tables(), end="")
