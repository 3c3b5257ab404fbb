"""Aging at month ends going out: it equals the ledger, it is continuous, and it does not jump."""

from expectations.declare import SampleExpectation, Suite, agree, never, none_found, within
from expectations.suites.common import cents, month_of

_BUCKETS = ("not_yet_due_usd", "d1_30_usd", "d31_60_usd", "d61_90_usd", "d91_120_usd", "over_120_usd")
# Months in which the receivable moves for a reason that the calendar knows, and the month after.
_EXPLAINED_BY = "('billing_suspension', 'due_date_extension', 'channel_outage', 'one_time_credit')"

_LEDGER_BY_MONTH = f"""
    SELECT utility_id, last_day(month_on) AS month_end_on,
        sum(sum(amount_usd)) OVER (PARTITION BY utility_id ORDER BY month_on) AS ledger_usd
    FROM (SELECT utility_id, {month_of("posted_on")} AS month_on, amount_usd FROM marts.fct_ledger)
    GROUP BY utility_id, month_on"""

_MISSING_MONTHS = f"""
    SELECT months.utility_id, months.month_end_on AS missing_month_end_on, l.ledger_usd FROM (
        SELECT u.utility_id, d.day_on AS month_end_on
        FROM marts.dim_utilities AS u
        INNER JOIN marts.dim_dates AS d
            ON d.is_month_end AND d.day_on BETWEEN u.first_posted_on AND u.as_of_on
    ) AS months
    ASOF LEFT JOIN ({_LEDGER_BY_MONTH}) AS l
        ON months.utility_id = l.utility_id AND months.month_end_on >= l.month_end_on
    ANTI JOIN marts.fct_aging_monthly AS a
        ON months.utility_id = a.utility_id AND months.month_end_on = a.month_end_on
    WHERE l.ledger_usd <> 0"""

_JUMPS = f"""
    SELECT utility_id, month_end_on, total_usd, usual_usd FROM (
        SELECT *, median(total_usd) OVER before AS usual_usd, count(*) OVER before AS months_before
        FROM (
            SELECT utility_id, month_end_on, sum(total_usd) AS total_usd FROM marts.fct_aging_monthly
            GROUP BY utility_id, month_end_on
        )
        WINDOW before AS (
            PARTITION BY utility_id ORDER BY month_end_on ROWS BETWEEN 6 PRECEDING AND 1 PRECEDING
        )
    ) AS m
    WHERE months_before = 6 AND total_usd NOT BETWEEN 0.4 * usual_usd AND 2.5 * usual_usd AND NOT EXISTS (
        SELECT 1 FROM (
            SELECT * FROM marts.dim_policy_events
            QUALIFY row_number() OVER (PARTITION BY utility_id, event_id ORDER BY version_no DESC) = 1
        ) AS e
        WHERE e.utility_id = m.utility_id AND e.event_kind IN {_EXPLAINED_BY}
            AND e.starts_on <= m.month_end_on
            AND coalesce(e.ends_on, e.starts_on) >= {month_of("m.month_end_on")} - INTERVAL 1 MONTH
    )"""

AGING = Suite(
    subject="fct_aging_monthly",
    table="marts.fct_aging_monthly",
    boundary="out",
    key=("account_id", "service", "month_end_on"),
    shown=(*_BUCKETS, "unapplied_usd", "total_usd"),
    measures={"class_unknown": "count(*) FILTER (WHERE customer_class IS NULL)"},
    beside={
        "last_month": f"""
            SELECT utility_id, {cents("sum(total_usd)")} AS aged_cents,
                {cents("sum(d91_120_usd + over_120_usd)")} AS late_cents,
                {cents("sum(unapplied_usd)")} AS unapplied_cents,
                {cents("sum(total_usd + unapplied_usd)")} AS gross_cents
            FROM marts.fct_aging_monthly AS a
            SEMI JOIN (
                SELECT utility_id, max(month_end_on) AS month_end_on FROM marts.fct_aging_monthly
                GROUP BY utility_id
            ) AS last ON a.utility_id = last.utility_id AND a.month_end_on = last.month_end_on
            GROUP BY utility_id""",
        "ledger": f"""
            SELECT l.utility_id, {cents("coalesce(sum(amount_usd), 0)")} AS ledger_cents
            FROM marts.fct_ledger AS l
            INNER JOIN (
                SELECT u.utility_id, max(d.day_on) AS month_end_on
                FROM marts.dim_utilities AS u
                INNER JOIN marts.dim_dates AS d
                    ON d.is_month_end AND d.day_on BETWEEN u.first_posted_on AND u.as_of_on
                GROUP BY u.utility_id
            ) AS last ON l.utility_id = last.utility_id AND l.posted_on <= last.month_end_on
            GROUP BY l.utility_id""",
    },
    profile=(
        agree(
            "At the last month end the aging adds up to the ledger",
            "CASE WHEN ledger_cents IS NOT NULL THEN coalesce(aged_cents, 0) END",
            "ledger_cents",
            unit="cents",
        ),
        none_found("No month end is missing from the aging", _MISSING_MONTHS, severity="error"),
        never(
            "No age bucket is negative", " OR ".join(f"{bucket} < 0" for bucket in _BUCKETS), severity="error"
        ),
        never("No unapplied credit is negative", "unapplied_usd < 0", severity="error"),
        never(
            "Unapplied credit stands under no service",
            "unapplied_usd <> 0 AND service <> 'account'",
            severity="error",
        ),
        never("No account owes more than $10,000,000 for a service", "total_usd > 10000000"),
        within(
            "Nearly all balances have a customer class",
            "class_unknown / nullif(CAST(row_count AS DOUBLE), 0)",
            unit="share",
            most=0.01,
        ),
        none_found(
            "At every month end 40 % to 250 % of the median of the six before is owed, policy events aside",
            _JUMPS,
        ),
        within(
            "At the last month end at most half of what is owed is more than 90 days late",
            "late_cents / nullif(CAST(gross_cents AS DOUBLE), 0)",
            unit="share",
            most=0.5,
        ),
        within(
            "At the last month end unapplied credits are at most 30 % of what is owed",
            "unapplied_cents / nullif(CAST(gross_cents AS DOUBLE), 0)",
            unit="share",
            most=0.3,
        ),
    ),
    # The ledger knows what an account owes, not by service: the sampled row stands for its account.
    sample_where="""month_end_on = (
        SELECT max(m.month_end_on) FROM marts.fct_aging_monthly AS m WHERE m.utility_id = t.utility_id
    )""",
    sample_joins="""
        LEFT JOIN (
            SELECT l.utility_id, l.account_id, s.month_end_on, sum(l.amount_usd) AS ledger_usd
            FROM marts.fct_ledger AS l
            INNER JOIN (SELECT DISTINCT utility_id, account_id, month_end_on FROM sampled) AS s
                ON
                    l.utility_id = s.utility_id AND l.account_id = s.account_id
                    AND l.posted_on <= s.month_end_on
            GROUP BY ALL
        ) AS l ON t.utility_id = l.utility_id AND t.account_id = l.account_id
        LEFT JOIN (
            SELECT a.utility_id, a.account_id, a.month_end_on, sum(a.total_usd) AS aged_usd
            FROM marts.fct_aging_monthly AS a
            SEMI JOIN sampled AS s
                ON
                    a.utility_id = s.utility_id AND a.account_id = s.account_id
                    AND a.month_end_on = s.month_end_on
            GROUP BY ALL
        ) AS a ON t.utility_id = a.utility_id AND t.account_id = a.account_id""",
    sample=(
        SampleExpectation(
            "What an account owes in the aging is what the ledger says that it owes",
            cents("a.aged_usd"),
            equals=f"coalesce({cents('l.ledger_usd')}, 0)",
            severity="error",
        ),
    ),
)
