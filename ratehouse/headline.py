"""The headline figures of a build: what a director asks first, one row per utility."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import duckdb

from ratehouse.warehouse import reading

UTILITIES = """
    SELECT utility_id, utility_name, data_mark, first_posted_on, as_of_on
    FROM marts.dim_utilities ORDER BY utility_id
"""
ACCOUNTS = """
    SELECT count(*) FROM marts.dim_accounts
    WHERE utility_id = $utility_id
        AND account_status = 'active'
        AND (opened_on IS NULL OR opened_on <= $as_of_on)
        AND (closed_on IS NULL OR closed_on > $as_of_on)
"""
# Billed is what bills said, cancellations taken off; collected is what was paid and not returned.
FLOWS = """
    SELECT
        coalesce(sum(amount_usd) FILTER (posting_kind = 'charge'), 0),
        coalesce(-sum(amount_usd) FILTER (posting_kind IN ('payment', 'return')), 0)
    FROM marts.fct_ledger
    WHERE utility_id = $utility_id AND posted_on <= $as_of_on
"""
AGING = """
    SELECT sum(not_yet_due_usd), sum(d1_30_usd), sum(d31_60_usd), sum(d61_90_usd), sum(d91_120_usd),
        sum(over_120_usd), -sum(unapplied_usd), sum(total_usd)
    FROM marts.aging_as_of($as_of_on, 'due_date')
    WHERE utility_id = $utility_id
"""
# Differences of either sign count: one fund's surplus does not make up for what another one lacks.
BOOKS = """
    WITH months AS (
        SELECT month_end_on, sum(abs(difference_usd)) AS difference_usd
        FROM marts.rpt_receivable_rollforward
        WHERE utility_id = $utility_id AND books_usd IS NOT NULL
        GROUP BY month_end_on
    )
    SELECT max(month_end_on), max_by(difference_usd, month_end_on), count(*) FILTER (difference_usd <> 0)
    FROM months
"""
# A bill is right where each of its services is; one that was cancelled has been put right already.
BILLS = """
    WITH bills AS (
        SELECT bill_id, bool_or(is_error) AS is_wrong, sum(at_stake_usd) AS at_stake_usd
        FROM marts.fct_bill_audit
        WHERE utility_id = $utility_id AND NOT is_cancelled AND reason NOT IN ('no_tariff', 'no_use')
        GROUP BY bill_id
    )
    SELECT count(*), count(*) FILTER (is_wrong), coalesce(sum(at_stake_usd), 0) FROM bills
"""
# Service that no bill covers shows in reads and in the water provider's list.
NEVER_BILLED = """
    SELECT
        CASE
            WHEN EXISTS (
                FROM marts.rpt_deliveries
                WHERE utility_id = $utility_id AND entity IN ('reads', 'source_accounts')
                    AND load_status = 'loaded'
            ) THEN count(DISTINCT subject_id)
        END,
        coalesce(sum(missed_usd), 0)
    FROM marts.rpt_never_billed WHERE utility_id = $utility_id AND missed_usd IS NOT NULL
"""
# Not known where no service has a tariff and bills that tell their days.
UNBILLED = """
    SELECT CASE
        WHEN EXISTS (
            FROM marts.fct_revenue_monthly
            WHERE utility_id = $utility_id AND known_unbilled_usd IS NOT NULL
        ) THEN coalesce(sum(known_unbilled_usd), 0)
    END
    FROM marts.unbilled_as_of($as_of_on)
    WHERE utility_id = $utility_id
"""
# What stands is what was charged, less what an event took back; beside it what waivers stopped. It is not
# known without adjustments.
PENALTIES = """
    SELECT
        CASE
            WHEN EXISTS (
                FROM marts.rpt_deliveries
                WHERE utility_id = $utility_id AND entity = 'adjustments' AND load_status = 'loaded'
            ) THEN coalesce(sum(assessed_usd - waived_event_usd), 0)
        END,
        coalesce(sum(shadow_usd), 0)
    FROM marts.fct_penalties WHERE utility_id = $utility_id
"""
# Without the notices and shut-offs among the service orders nobody knows who may be shut off.
SHUT_OFFS = """
    SELECT
        CASE
            WHEN EXISTS (
                FROM marts.rpt_deliveries
                WHERE utility_id = $utility_id AND entity = 'service_orders' AND load_status = 'loaded'
            ) THEN count(*)
        END,
        coalesce(sum(past_due_usd), 0)
    FROM marts.rpt_disconnect_list
    WHERE utility_id = $utility_id AND is_eligible AND blocked_by = ''
"""
# The first fiscal year that is not in the books, by the scenario that stands first in the policy.
SUFFICIENCY = """
    SELECT answers.fund, answers.fiscal_year, answers.surplus_usd, answers.adjustment_in_year_pct
    FROM marts.rpt_sufficiency_answers AS answers
    INNER JOIN marts.dim_scenarios AS scenarios USING (utility_id, scenario)
    WHERE utility_id = $utility_id AND answers.year_kind <> 'actual'
    QUALIFY row_number() OVER (PARTITION BY answers.fund ORDER BY scenarios.sort, answers.fiscal_year) = 1
    ORDER BY answers.fund
"""
FINDINGS = "SELECT count(*) FROM marts.rpt_policy_findings WHERE utility_id = $utility_id"
AGES = ("not yet due", "1 to 30 days", "31 to 60", "61 to 90", "91 to 120", "over 120", "unapplied credit")


class Sufficiency(NamedTuple):
    """Whether rates as they are cover a fund's year, before reserve draws.

    Attributes:
        fund: of the ledger.
        fiscal_year: the first that is not in the books.
        surplus_usd: revenue less costs; below zero is short.
        adjustment_pct: percent by which rates would have to move in that year, from the month in which the
            city moves them; None where none would do.
    """

    fund: str
    fiscal_year: int
    surplus_usd: Decimal | None
    adjustment_pct: Decimal | None


@dataclass(frozen=True)
class Headline:
    """The figures of one utility.

    Attributes:
        utility_id: of the utility.
        name: as pages show it.
        data_mark: the sentence that simulated data carries; None for a city's own.
        first_on: first day of the ledger.
        as_of_on: the build's as-of date; None where nothing was posted.
        accounts: active on that date.
        billed_usd: over the whole time.
        collected_usd: over the whole time, without returned payments.
        by_age: receivable by age, in the order of `AGES`; unapplied credit counts below zero.
        receivable_usd: their sum.
        books_on: the last month end that the books speak for.
        books_difference_usd: by how much aging and books differ on that day, over all funds without sign.
        months_differing: month ends on which they differ in any fund.
        bills: recomputed from reads and tariffs; without those cancelled, and those no tariff prices.
        wrong_bills: of them, those with a mistake.
        at_stake_usd: dollars of the mistakes, without sign.
        never_billed: accounts, or the water provider's, with service that no bill covers;
            None without reads and without the provider's list.
        missed_usd: revenue missed with them.
        unbilled_usd: earned and not yet billed on the as-of date, as could be known then; None: cannot be.
        penalties_usd: charged, less what waivers of an event took back; None without adjustments.
        stopped_penalties_usd: what those waivers stopped.
        shut_offs: accounts far enough past due on the as-of date, with nothing in the way;
            None without service orders.
        shut_offs_usd: what they are past due.
        findings: things done against the policy.
        funds: of each fund with books the first fiscal year ahead: what its rates as they are leave over.
    """

    utility_id: str
    name: str
    data_mark: str | None
    first_on: date | None
    as_of_on: date | None
    accounts: int
    billed_usd: Decimal
    collected_usd: Decimal
    by_age: tuple[Decimal, ...]
    receivable_usd: Decimal
    books_on: date | None
    books_difference_usd: Decimal | None
    months_differing: int
    bills: int
    wrong_bills: int
    at_stake_usd: Decimal
    never_billed: int | None
    missed_usd: Decimal
    unbilled_usd: Decimal | None
    penalties_usd: Decimal | None
    stopped_penalties_usd: Decimal
    shut_offs: int | None
    shut_offs_usd: Decimal
    findings: int
    funds: tuple[Sufficiency, ...]

    @property
    def over_90_pct(self) -> Decimal | None:
        """The share of what is open that is more than 90 days past due."""
        owed = sum(self.by_age[:6], Decimal(0))
        return 100 * (self.by_age[4] + self.by_age[5]) / owed if owed else None


def headlines(database: Path) -> list[Headline]:
    """The figures of every utility in a build.

    Raises:
        UsageError: the build was made by a version that did not have all of them.
    """
    with reading(database) as connection:
        return [_headline(connection, row) for row in connection.execute(UTILITIES).fetchall()]


def _headline(connection: duckdb.DuckDBPyConnection, row: tuple) -> Headline:
    utility_id, name, data_mark, first_on, as_of_on = row
    utility = {"utility_id": utility_id}
    at = {**utility, "as_of_on": as_of_on}
    accounts = connection.execute(ACCOUNTS, at).fetchone() or (0,)
    billed, collected = connection.execute(FLOWS, at).fetchone() or (Decimal(0), Decimal(0))
    ages = connection.execute(AGING, at).fetchone() or (None,) * 8
    *by_age, receivable = (amount or Decimal(0) for amount in ages)
    books_on, difference, differing = connection.execute(BOOKS, utility).fetchone() or (None, None, 0)
    bills = connection.execute(BILLS, utility).fetchone() or (0, 0, Decimal(0))
    never_billed = connection.execute(NEVER_BILLED, utility).fetchone() or (0, Decimal(0))
    unbilled = connection.execute(UNBILLED, at).fetchone() or (Decimal(0),)
    penalties = connection.execute(PENALTIES, utility).fetchone() or (Decimal(0), Decimal(0))
    shut_offs = connection.execute(SHUT_OFFS, utility).fetchone() or (0, Decimal(0))
    findings = connection.execute(FINDINGS, utility).fetchone() or (0,)
    funds = tuple(Sufficiency(*fund) for fund in connection.execute(SUFFICIENCY, utility).fetchall())
    return Headline(
        utility_id, name, data_mark, first_on, as_of_on, accounts[0], billed, collected, tuple(by_age),
        receivable, books_on, difference, differing, *bills, *never_billed, *unbilled,
        *penalties, *shut_offs, *findings, funds,
    )  # fmt: skip
