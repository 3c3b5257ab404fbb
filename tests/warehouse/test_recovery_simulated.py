"""Recovery and the cost of extending on the small simulated cities: nothing is lost on the way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal

import duckdb
import pytest

from ratehouse import publish
from ratehouse.warehouse import connect

# Closed waivers of penalties after which months have passed.
EXTENDED = {"independence": "covid_spring_2020", "warrensburg": "covid_2020"}


@pytest.fixture(scope="module")
def published(demo_workspace) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(publish.required_build(demo_workspace), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize("city", EXTENDED)
def test_each_month_of_an_extension_costs_the_penalties_of_that_month(published, city):
    """Independence waives for all services, Warrensburg has one: nothing that was charged is outside."""
    charged = published.execute(
        """
        SELECT month_end_on, sum(assessed_usd - waived_event_usd - waived_courtesy_usd)
        FROM marts.rpt_penalty_revenue
        WHERE utility_id = $city
            AND month_end_on > (
                SELECT last_day(penalty_waiver_to_on) FROM marts.dim_policy_episodes
                WHERE utility_id = $city AND episode_id = $episode
            )
        GROUP BY month_end_on ORDER BY month_end_on
        """,
        {"city": city, "episode": EXTENDED[city]},
    ).fetchall()
    assert len(charged) > 3 and sum(amount for _, amount in charged) > 0

    def cost(until) -> Decimal:
        """Nothing through the last day of the waiver itself."""
        row = published.execute(
            "SELECT charged_usd FROM marts.extension_cost_of($until) "
            "WHERE utility_id = $city AND episode_id = $episode AND component = 'penalties'",
            {"until": until, "city": city, "episode": EXTENDED[city]},
        ).fetchone()
        return row[0] if row else Decimal(0)

    (before,) = published.execute(
        "SELECT last_day($first - INTERVAL 1 MONTH)", {"first": charged[0][0]}
    ).fetchone()
    so_far = cost(before)
    for month_end, amount in charged:
        assert cost(month_end) - so_far == amount
        so_far += amount


def test_curves_of_half_a_year_hold_what_was_billed(published):
    """Net bills of a month are what the collection curves call collectible."""
    compared, differing = published.execute(
        """
        WITH collectible AS (
            SELECT utility_id, billed_month_end_on, sum(collectible_usd) AS net_usd
            FROM marts.rpt_collection_curves
            WHERE age_months = 0
            GROUP BY utility_id, billed_month_end_on
        )
        SELECT count(*), sum(CASE WHEN recovery.net_billed_usd = collectible.net_usd THEN 0 ELSE 1 END)
        FROM marts.rpt_recovery_curves AS recovery
        INNER JOIN collectible USING (utility_id, billed_month_end_on)
        """
    ).fetchone()
    assert compared > 100 and differing == 0


def test_penalties_of_those_helped_are_those_not_charged(published):
    """Here no penalty is covered by waivers of two episodes."""
    query = """
        SELECT utility_id, sum(penalties_usd) FROM marts.fct_waiver_help GROUP BY utility_id
        EXCEPT
        SELECT utility_id, sum(shadow_usd) FROM marts.fct_penalties GROUP BY utility_id
    """
    assert published.execute("SELECT sum(penalties_usd) > 0 FROM marts.fct_waiver_help").fetchone() == (True,)
    assert published.execute(query).fetchall() == []


def test_the_answer_for_any_day_comes_at_once(published):
    """A slider asks again at every step."""
    began = time.perf_counter()
    for _ in range(5):
        published.execute("SELECT * FROM marts.extension_cost_of(DATE '2023-06-30')").fetchall()
    assert time.perf_counter() - began < 1.5
