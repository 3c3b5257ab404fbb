"""Meter reads coming in: optional, and for many utilities the longest table but one."""

from expectations.declare import SampleExpectation, Suite, seldom, within
from expectations.suites.common import (
    arrival,
    dated_plausibly,
    filled_where_given,
    fresh,
    latest_on,
    load_figures,
    no_silent_month,
)

_READING, _HAS_READING = filled_where_given("reads", "reading", "a reading", 0.05)
_ESTIMATED = "read_kind = 'estimated'"

READS = Suite(
    subject="reads",
    table="raw.reads",
    boundary="in",
    key=("read_id",),
    shown=("meter_id", "read_on", "read_kind", "estimate_reason", "reading", "usage", "billing_group"),
    measures={
        **latest_on("read_on"),
        **_READING,
        "estimated": f"count(*) FILTER (WHERE {_ESTIMATED})",
        "unreasoned": f"count(*) FILTER (WHERE {_ESTIMATED} AND estimate_reason IS NULL)",
    },
    beside_raw=load_figures("reads"),
    profile=(
        *arrival("reads"),
        fresh("reads", "read_on", 45),
        no_silent_month("reads", "read_on", ("billing_suspension",)),
        *dated_plausibly("reads", "read_on", "is dated"),
        _HAS_READING,
        seldom("At most one read in ten is estimated", _ESTIMATED, 0.1),
        within(
            "Nearly all estimates say why they were made, where any does",
            "CASE WHEN unreasoned < estimated THEN unreasoned / CAST(estimated AS DOUBLE) END",
            unit="share",
            most=0.05,
            offenders=f"""
                SELECT utility_id, read_id, meter_id, read_on, read_kind, _source_file, _line_number
                FROM raw.reads WHERE {_ESTIMATED} AND estimate_reason IS NULL""",
        ),
        seldom("Nearly no read has a use below zero", "usage < 0", 0.01, among="usage IS NOT NULL"),
        seldom("At most half of the reads have a use of zero", "usage = 0", 0.5, among="usage IS NOT NULL"),
    ),
    sample_joins_raw="LEFT JOIN raw.meters AS m ON t.utility_id = m.utility_id AND t.meter_id = m.meter_id",
    sample=(
        SampleExpectation(
            "Nearly no read is dated before its meter was installed",
            "date_diff('day', m.installed_on, t.read_on)",
            least=0,
            mostly=0.99,
        ),
        SampleExpectation(
            "Nearly no read is dated after its meter was removed",
            "date_diff('day', t.read_on, m.removed_on)",
            least=0,
            mostly=0.99,
        ),
        SampleExpectation(
            "Nearly no reading has more digits than its register",
            "t.reading / power(10, m.dials)",
            most=1,
            mostly=0.99,
        ),
        SampleExpectation(
            "Nearly no use is more than its register can count",
            "t.usage / nullif(power(10, m.dials) * coalesce(m.multiplier, 1), 0)",
            most=1,
            mostly=0.99,
        ),
    ),
)
