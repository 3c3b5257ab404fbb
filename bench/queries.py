"""The one question of the comparison, asked in three ways, and the tables that the peers get.

The question: what is owed on a day, by service and by how late, and how much credit is unapplied?
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

COLUMNS = (
    "not_yet_due_usd",
    "d1_30_usd",
    "d31_60_usd",
    "d61_90_usd",
    "d91_120_usd",
    "over_120_usd",
    "unapplied_usd",
    "total_usd",
)
SUMS = ", ".join(f"sum({name}) AS {name}" for name in COLUMNS)

# What an analyst types.
RATEHOUSE = f"""
SELECT service, {SUMS}
FROM marts.aging_as_of(DATE '{{day}}', 'due_date')
GROUP BY service
"""

# What becomes of open items, in both peers' queries. Age is whole days, the due date itself is not late.
AGED = f"""
aged AS (
    SELECT
        service,
        sum(CASE WHEN due_on IS NULL OR due_on >= DATE '{{day}}' THEN open_usd ELSE 0 END) AS not_yet_due_usd,
        sum(CASE WHEN DATE '{{day}}' - due_on BETWEEN 1 AND 30 THEN open_usd ELSE 0 END) AS d1_30_usd,
        sum(CASE WHEN DATE '{{day}}' - due_on BETWEEN 31 AND 60 THEN open_usd ELSE 0 END) AS d31_60_usd,
        sum(CASE WHEN DATE '{{day}}' - due_on BETWEEN 61 AND 90 THEN open_usd ELSE 0 END) AS d61_90_usd,
        sum(CASE WHEN DATE '{{day}}' - due_on BETWEEN 91 AND 120 THEN open_usd ELSE 0 END) AS d91_120_usd,
        sum(CASE WHEN DATE '{{day}}' - due_on > 120 THEN open_usd ELSE 0 END) AS over_120_usd,
        0 AS unapplied_usd,
        sum(open_usd) AS total_usd
    FROM open_items
    GROUP BY service
    UNION ALL
    SELECT 'account', 0, 0, 0, 0, 0, 0, coalesce(sum(-balance_usd), 0), coalesce(sum(balance_usd), 0)
    FROM balances_at
    WHERE balance_usd < 0
)

SELECT service, {SUMS}
FROM aged
GROUP BY service
"""

# The definition of docs/invariants.md, from the front of the queue, over the ledger alone. The same text runs
# on DuckDB and on PostgreSQL.
LEDGER = f"""
WITH standing AS NOT MATERIALIZED (
    SELECT
        account_key, queue_no, bill_id, debit_class, service, is_named, amount_usd,
        CASE WHEN due_known_on <= DATE '{{day}}' THEN due_on END AS due_on,
        CASE WHEN due_known_on <= DATE '{{day}}' THEN queue_no ELSE waiting_no END AS place_no
    FROM debits
    WHERE posted_on <= DATE '{{day}}'
),

pools AS (
    SELECT account_key, bill_id, fits_class, named_service, sum(credit_usd) AS pool_usd
    FROM named_credits
    WHERE posted_on <= DATE '{{day}}'
    GROUP BY account_key, bill_id, fits_class, named_service
),

-- credits that name a bill: those for one service first, then the others, each debit by at most its amount
by_service AS (
    SELECT
        standing.*,
        coalesce(pools.pool_usd, 0) AS pool_usd,
        coalesce(sum(standing.amount_usd) OVER (
            PARTITION BY standing.account_key, standing.bill_id, standing.debit_class, standing.service
            ORDER BY standing.place_no
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), 0) AS before_usd
    FROM standing
    LEFT JOIN pools
        ON standing.account_key = pools.account_key AND standing.bill_id = pools.bill_id
        AND standing.debit_class = pools.fits_class AND standing.service = pools.named_service
    WHERE standing.is_named
),

after_service AS (
    SELECT
        account_key, queue_no, bill_id, debit_class, service, amount_usd, due_on, place_no,
        amount_usd - least(amount_usd, greatest(0, pool_usd - before_usd)) AS left_usd
    FROM by_service
),

by_bill AS (
    SELECT
        after_service.*,
        coalesce(pools.pool_usd, 0) AS pool_usd,
        coalesce(sum(after_service.left_usd) OVER (
            PARTITION BY after_service.account_key, after_service.bill_id, after_service.debit_class
            ORDER BY after_service.place_no
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), 0) AS before_usd
    FROM after_service
    LEFT JOIN pools
        ON after_service.account_key = pools.account_key AND after_service.bill_id = pools.bill_id
        AND after_service.debit_class = pools.fits_class AND pools.named_service IS NULL
),

named AS (
    SELECT
        account_key, queue_no, service, due_on, place_no, amount_usd,
        left_usd - least(left_usd, greatest(0, pool_usd - before_usd)) AS net_usd
    FROM by_bill
),

queue AS (
    SELECT
        account_key, service, due_on, net_usd,
        sum(net_usd) OVER (
            PARTITION BY account_key ORDER BY place_no
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS hi_usd
    FROM (
        SELECT account_key, queue_no, service, due_on, place_no, amount_usd AS net_usd
        FROM standing
        WHERE NOT is_named
        UNION ALL
        SELECT account_key, queue_no, service, due_on, place_no, net_usd FROM named
    ) AS nets
),

-- payments and credits less returns, without what went to the bills that they name
levels AS (
    SELECT account_key, sum(change_usd) AS level_usd
    FROM (
        SELECT account_key, -amount_usd AS change_usd FROM movements WHERE posted_on <= DATE '{{day}}'
        UNION ALL
        SELECT account_key, net_usd - amount_usd AS change_usd FROM named
    ) AS changes
    GROUP BY account_key
),

open_items AS (
    SELECT
        queue.service, queue.due_on,
        least(queue.net_usd, queue.hi_usd - coalesce(levels.level_usd, 0)) AS open_usd
    FROM queue
    LEFT JOIN levels ON queue.account_key = levels.account_key
    WHERE queue.net_usd > 0 AND queue.hi_usd > coalesce(levels.level_usd, 0)
),

-- a level beyond the queue is a balance below zero
balances_at AS (
    SELECT account_key, sum(amount_usd) AS balance_usd
    FROM (
        SELECT account_key, amount_usd FROM debits WHERE posted_on <= DATE '{{day}}'
        UNION ALL
        SELECT account_key, amount_usd FROM movements WHERE posted_on <= DATE '{{day}}'
    ) AS postings
    GROUP BY account_key
),
{AGED}"""

# The way of ratehouse, over its own tables of intervals, for PostgreSQL with an index on the intervals.
INTERVALS = f"""
WITH balances_at AS MATERIALIZED (
    SELECT account_key, balance_usd FROM balances WHERE daterange(from_on, to_on) @> DATE '{{day}}'
),

queued AS (
    SELECT
        account_key, service, due_on, net_usd,
        coalesce(sum(net_usd) OVER (
            PARTITION BY account_key ORDER BY place_no DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), 0) AS behind_usd
    FROM queue
    WHERE daterange(from_on, to_on) @> DATE '{{day}}'
),

open_items AS (
    SELECT queued.service, queued.due_on, least(net_usd, balance_usd - behind_usd) AS open_usd
    FROM queued
    INNER JOIN balances_at ON queued.account_key = balances_at.account_key
    WHERE balance_usd > behind_usd
),
{AGED}"""


@dataclass(frozen=True)
class PeerTable:
    """A table of the peers.

    Attributes:
        name: of the table.
        columns: as PostgreSQL declares them.
        source: what it holds, as a query over a build.
        order: how its rows lie on disk; where a DBA would cluster it.
        indexes: what stands behind `CREATE INDEX ON table`.
    """

    name: str
    columns: str
    source: str
    order: str
    indexes: tuple[str, ...]


LEDGER_TABLES = (
    PeerTable(
        "debits",
        "account_key int, queue_no int, waiting_no bigint, bill_id text, debit_class text, service text, "
        "posted_on date, due_on date, due_known_on date, is_named boolean, amount_usd numeric(18, 2)",
        "SELECT account_key, queue_no, waiting_no, bill_id, debit_class, service, posted_on, due_on, "
        "due_known_on, is_named, amount_usd FROM intermediate.int_receivables__debits",
        "account_key, queue_no",
        (
            "(account_key, queue_no)",
            "(posted_on)",
            "(account_key, posted_on) INCLUDE (amount_usd)",
            "(account_key, bill_id, debit_class) WHERE is_named",
        ),
    ),
    PeerTable(
        "movements",
        "account_key int, posted_on date, amount_usd numeric(18, 2)",
        "SELECT account_key, posted_on, amount_usd FROM intermediate.int_receivables__postings "
        "WHERE debit_class IS NULL",
        "account_key, posted_on",
        ("(account_key, posted_on) INCLUDE (amount_usd)", "(posted_on)"),
    ),
    PeerTable(
        "named_credits",
        "account_key int, bill_id text, fits_class text, named_service text, posted_on date, "
        "credit_usd numeric(18, 2)",
        "SELECT account_key, bill_id, fits_class, named_service, posted_on, credit_usd "
        "FROM intermediate.int_receivables__named_postings",
        "account_key, bill_id",
        ("(account_key, bill_id, fits_class)",),
    ),
)
INTERVAL_TABLES = (
    PeerTable(
        "queue",
        "account_key int, place_no bigint, service text, due_on date, net_usd numeric(18, 2), from_on date, "
        "to_on date",
        "SELECT account_key, place_no, service, due_on, net_usd, from_on, to_on "
        "FROM intermediate.int_receivables__queue",
        "from_on, account_key",
        ("USING gist (daterange(from_on, to_on))",),
    ),
    PeerTable(
        "balances",
        "account_key int, from_on date, to_on date, balance_usd numeric(18, 2)",
        "SELECT account_key, from_on, to_on, balance_usd FROM intermediate.int_receivables__balances",
        "from_on, account_key",
        ("USING gist (daterange(from_on, to_on))",),
    ),
)

Answer = dict[str, list[str]]


def on_day(query: str, day: date) -> str:
    """A query for one day."""
    return query.replace("{day}", day.isoformat())


def answer(rows: Iterable[Sequence[object]]) -> Answer:
    """The answer, comparable to the cent: amounts by service; a service without any is left out."""
    found = {}
    for service, *amounts in rows:
        cents = [Decimal(str(amount)).quantize(Decimal("0.01")) for amount in amounts]
        if any(cents):
            found[str(service)] = [str(amount) for amount in cents]
    return dict(sorted(found.items()))
