"""Recovery and the cost of extending on the small simulated cities: nothing is lost on the way to these marts."""

from __future__ import annotations

from collections.abc import Iterator

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

    def cost(until) -> object:
        return published.execute(
            "SELECT charged_usd FROM marts.extension_cost_of($until) "
            "WHERE utility_id = $city AND episode_id = $episode AND component = 'penalties'",
            {"until": until, "city": city, "episode": EXTENDED[city]},
        ).fetchone()[0]

    (before,) = published.execute(
        "SELECT last_day($first - INTERVAL 1 MONTH)", {"first": charged[0][0]}
    ).fetchone()
    so_far = cost(before)
    for month_end, amount in charged:
        assert cost(month_end) - so_far == amount
        so_far += amount


def test_what_is_open_is_what_the_curves_leave(published):
    """Two years are not longer than the curves: what no bill's curve has collected by a month end is open then."""
    differing = published.execute(
        """
        WITH left_over AS (
            SELECT utility_id, month_end_on, sum(collectible_usd - own_money_usd - assistance_usd) AS open_usd
            FROM marts.rpt_collection_curves
            WHERE is_month_complete
            GROUP BY utility_id, month_end_on
        )
        SELECT count(*), sum(CASE WHEN recovery.actual_open_usd = left_over.open_usd THEN 0 ELSE 1 END)
        FROM marts.rpt_recovery AS recovery
        INNER JOIN left_over USING (utility_id, month_end_on)
        """
    ).fetchone()
    assert differing[0] > 20 and differing[1] == 0


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
    import time

    began = time.perf_counter()
    for _ in range(5):
        published.execute("SELECT * FROM marts.extension_cost_of(DATE '2023-06-30')").fetchall()
    assert time.perf_counter() - began < 1.5
