"""What is expected of every entity that comes in: it arrived, it is complete, fresh and steady."""

from __future__ import annotations

from expectations.declare import ProfileExpectation, agree, never, none_found, within

EARLIEST = "DATE '1950-01-01'"
MOST_REJECTED = 0.02
LEAST_OF_USUAL_DELIVERY = 0.5
MOST_MISDATED = 0.01  # more than one row in a hundred is no slip but a wrong column or date format


def cents(amount: str) -> str:
    """SQL for an amount in whole cents."""
    return f"CAST(({amount}) * 100 AS BIGINT)"


CHARGED = f"""
    SELECT utility_id, {cents("sum(amount)")} AS charged_cents FROM raw.charges GROUP BY utility_id"""


def month_of(day: str) -> str:
    """SQL for the first day of a date's month."""
    return f"CAST(date_trunc('month', {day}) AS DATE)"


def known_before_delivery(day: str) -> str:
    """SQL condition: the date is one that the row's delivery can speak for."""
    return f"{day} BETWEEN {EARLIEST} AND _delivered_on"


def load_figures(entity: str) -> dict[str, str]:
    """What stands beside an entity's measures: what its load reports and the deliveries say."""
    loads = f"SELECT * FROM raw.loads WHERE entity = '{entity}' AND status = 'loaded'"
    by_delivery = f"SELECT utility_id, delivered_on, sum(received) AS received FROM ({loads}) GROUP BY ALL"
    return {
        "reported": f"""
            SELECT utility_id, sum(loaded) AS reported_count,
                sum(rejected) / nullif(CAST(sum(received) AS DOUBLE), 0) AS rejected_share
            FROM ({loads}) GROUP BY utility_id""",
        "delivered": """
            SELECT utility_id, max(delivered_on) AS delivered_on FROM raw.loads
            WHERE status = 'loaded' GROUP BY utility_id""",
        "latest": f"""
            SELECT utility_id, max(received) FILTER (newest_no = 1) AS latest_received,
                median(received) FILTER (newest_no > 1 AND delivery_no > 1) AS usual_received
            FROM (
                SELECT *, row_number() OVER (PARTITION BY utility_id ORDER BY delivered_on) AS delivery_no,
                    row_number() OVER (PARTITION BY utility_id ORDER BY delivered_on DESC) AS newest_no
                FROM ({by_delivery})
            ) GROUP BY utility_id""",
    }


def arrival(entity: str, *, is_required: bool = False) -> tuple[ProfileExpectation, ...]:
    """What is expected of the loads of an entity. Needs `load_figures`."""
    noun = entity.replace("_", " ")
    required = within(
        f"There are {noun} for every utility that delivered anything",
        "CASE WHEN delivered_on IS NOT NULL THEN coalesce(row_count, 0) END",
        unit="rows",
        least=1,
        severity="error",
    )
    always = (
        agree(
            f"There are as many {noun} as the load reports say were loaded",
            "CASE WHEN reported_count IS NOT NULL THEN coalesce(row_count, 0) END",
            "reported_count",
            unit="rows",
        ),
        within(
            f"Nearly no row of the {noun} was rejected",
            "rejected_share",
            unit="share",
            most=MOST_REJECTED,
            offenders=f"""
                SELECT utility_id, source_file, line_number, column_name, reason FROM raw.rejects
                WHERE entity = '{entity}' AND taken_up_by_load_id IS NULL""",
        ),
        within(
            f"The latest delivery of {noun} is not much smaller than those before it",
            "latest_received / nullif(usual_received, 0)",
            unit="share",
            least=LEAST_OF_USUAL_DELIVERY,
            offenders=f"""
                SELECT * FROM (
                    SELECT utility_id, delivered_on, sum(received) AS received FROM raw.loads
                    WHERE entity = '{entity}' AND status = 'loaded' GROUP BY utility_id, delivered_on
                ) QUALIFY row_number() OVER (PARTITION BY utility_id ORDER BY delivered_on DESC) <= 5""",
        ),
    )
    return (required, *always) if is_required else always


def fresh(entity: str, day: str, most_days: int) -> ProfileExpectation:
    """The latest row of an entity is not much older than the latest delivery. Needs `load_figures`."""
    noun = entity.replace("_", " ")
    return within(
        f"The latest of the {noun} is at most {most_days} days older than the latest delivery",
        "date_diff('day', latest_on, delivered_on)",
        unit="days",
        most=most_days,
        offenders=f"""
            SELECT utility_id, max({day}) AS latest_on FROM raw.{entity}
            WHERE {known_before_delivery(day)} GROUP BY utility_id""",
    )


def latest_on(day: str) -> dict[str, str]:
    """The measure that `fresh` needs."""
    return {"latest_on": f"max({day}) FILTER (WHERE {known_before_delivery(day)})"}


def dated_plausibly(entity: str, day: str, what: str) -> tuple[ProfileExpectation, ...]:
    """Dates lie neither after the delivery that brought them nor before any record.

    Args:
        entity: the table.
        day: its date.
        what: what the date says: `is posted`.
    """
    noun = entity.replace("_", " ")
    return (
        never(
            f"None of the {noun} {what} after the delivery that brought it",
            f"{day} > _delivered_on",
            error_above=MOST_MISDATED,
        ),
        never(f"None of the {noun} {what} before 1950", f"{day} < {EARLIEST}", severity="error"),
    )


def no_silent_month(entity: str, day: str, explained_by: tuple[str, ...] = ()) -> ProfileExpectation:
    """No month between the first and the last is without rows, unless a policy event explains it."""
    noun = entity.replace("_", " ")
    kinds = ", ".join(f"'{kind}'" for kind in explained_by) or "NULL"
    unless = " that no policy event explains" if explained_by else ""
    rows = f"""
        SELECT DISTINCT utility_id, {month_of(day)} AS month_on FROM raw.{entity}
        WHERE {known_before_delivery(day)}"""
    return none_found(
        f"There is no month without {noun} between the first and the latest{unless}",
        f"""
        SELECT utility_id, month_on AS month_without_rows FROM (
            SELECT utility_id, CAST(
                unnest(generate_series(min(month_on), max(month_on), INTERVAL 1 MONTH)) AS DATE
            ) AS month_on
            FROM ({rows}) GROUP BY utility_id
        ) AS months
        ANTI JOIN ({rows}) AS present USING (utility_id, month_on)
        WHERE NOT EXISTS (
            SELECT 1 FROM (
                SELECT utility_id, kind, starts_on, ends_on FROM raw.policy_events
                QUALIFY row_number() OVER (
                    PARTITION BY utility_id, event_id ORDER BY known_on DESC NULLS LAST, starts_on DESC
                ) = 1
            ) AS e
            WHERE e.utility_id = months.utility_id AND e.kind IN ({kinds})
                AND e.starts_on <= last_day(months.month_on)
                AND coalesce(e.ends_on, DATE '9999-12-31') >= months.month_on
        )""",
    )


def filled_where_given(
    noun: str, column: str, title: str, most: float
) -> tuple[dict[str, str], ProfileExpectation]:
    """An optional column that is delivered at all is filled nearly everywhere.

    Returns:
        The measure that it needs, and the expectation.
    """
    name = f"{column}_nulls"
    return {name: f"count(*) FILTER (WHERE {column} IS NULL)"}, within(
        f"Nearly all {noun} have {title}, where that is delivered at all",
        f"CASE WHEN {name} < row_count THEN {name} / CAST(row_count AS DOUBLE) END",
        unit="share",
        most=most,
    )
