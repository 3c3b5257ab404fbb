"""The audit of bills going out: it adds up, and few bills are wrong."""

from expectations.declare import Suite, never, seldom, within

# A cancelled bill was taken back; where no tariff has a price, nothing can be said.
_JUDGED = "NOT is_cancelled AND reason NOT IN ('no_tariff', 'no_use')"
MOST_MISTAKEN = 0.01
MOST_UNEXPLAINED = 0.001
LEAST_FROM_READS = 0.95

# Services whose use was read on all days of the bill. Sewer is measured by the water that comes in.
_COULD_BE_READ = f"""
    SELECT t.utility_id, t.bill_id, t.service, t.account_id, t.billed_on, t.service_from_on, t.service_to_on,
        t.usage_source, t.usage_quantity, t.recomputed_usd
    FROM marts.fct_bill_audit AS t
    INNER JOIN (
        SELECT utility_id, service, min(month_end_on) AS month_end_on FROM (
            SELECT utility_id, service, month_end_on FROM marts.rpt_reads_monthly
            UNION ALL
            SELECT utility_id, 'sewer' AS service, month_end_on FROM marts.rpt_reads_monthly
            WHERE service = 'water'
        ) GROUP BY utility_id, service
    ) AS first_read
        ON
            t.utility_id = first_read.utility_id AND t.service = first_read.service
            AND t.service_from_on >= first_read.month_end_on
    WHERE {_JUDGED} AND t.usage_source IN ('reads', 'bill')"""

BILL_AUDIT = Suite(
    subject="fct_bill_audit",
    table="marts.fct_bill_audit",
    boundary="out",
    key=("bill_id", "service"),
    shown=(
        "account_id",
        "billed_on",
        "tariff_class",
        "usage_source",
        "usage_quantity",
        "billed_usd",
        "recomputed_usd",
        "difference_usd",
        "reason",
        "is_error",
        "at_stake_usd",
    ),
    beside={
        "read_figures": f"""
            SELECT utility_id,
                count(*) FILTER (WHERE usage_source = 'reads') / CAST(count(*) AS DOUBLE) AS from_reads
            FROM ({_COULD_BE_READ}) GROUP BY utility_id""",
    },
    profile=(
        never(
            "Where a service is billed right nothing is at stake",
            "NOT is_error AND at_stake_usd IS DISTINCT FROM 0",
            severity="error",
        ),
        never(
            "What was billed less what was recomputed is the difference",
            "billed_usd - recomputed_usd IS DISTINCT FROM difference_usd",
            severity="error",
        ),
        seldom(
            "At most 1 % of the services that a tariff prices are billed wrong, cancelled bills aside",
            "is_error",
            MOST_MISTAKEN,
            among=_JUDGED,
        ),
        seldom(
            "At most one service in a thousand is billed differently for a reason that is not found",
            "reason = 'unexplained'",
            MOST_UNEXPLAINED,
            among=_JUDGED,
        ),
        within(
            "Where reads are delivered at least 95 % of the services are recomputed from them",
            "from_reads",
            unit="share",
            least=LEAST_FROM_READS,
            offenders=f"SELECT * FROM ({_COULD_BE_READ}) WHERE usage_source <> 'reads'",
        ),
    ),
)
