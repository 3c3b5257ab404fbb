"""Moratoria on shut-offs as known then and as known now, and the notices that they void."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.support.policed_city import City
from tests.warehouse.test_disconnects import listed

DAY = timedelta(days=1)
THEN, NOW = date(2021, 1, 10), date(2021, 3, 31)


@pytest.fixture(scope="module")
def independence(tmp_path_factory):
    """Homes and a shop with a bill due on 13 November 2020: thirty days behind from 13 December on."""
    city = City("independence")
    for account_id, customer_class in (
        ("home", "residential"),
        ("shop", "commercial"),
        ("told anew", "residential"),
    ):
        city.account(account_id, customer_class=customer_class)
        city.bill(account_id, date(2020, 10, 17), date(2020, 11, 13), "200.00", service="electric")
        city.order(account_id, "written_notice", date(2020, 12, 3), effective_on=date(2020, 12, 16))
    city.account("long ahead")
    city.bill("long ahead", date(2020, 10, 17), date(2020, 11, 13), "200.00", service="electric")
    city.order("long ahead", "written_notice", date(2020, 12, 3), effective_on=date(2021, 3, 1))
    city.order("told anew", "written_notice", date(2021, 2, 18), effective_on=date(2021, 3, 1))
    city.account("early")
    city.bill("early", date(2020, 9, 1), date(2020, 9, 28), "200.00", service="electric")
    city.order("early", "written_notice", date(2020, 11, 3))
    connection = city.warehouse(tmp_path_factory.mktemp("independence"), ("disconnect_list_as_of",))
    yield connection
    connection.close()


@pytest.mark.rule("R62")
def test_end_of_the_moratorium_as_known_then_and_now(independence):
    """30 January was known from 23 December on, 28 February from 14 January on, and no end before."""
    on = date(2021, 1, 20)
    then, now = listed(independence, on, THEN)["home"], listed(independence, on, NOW)["home"]
    assert (then["is_moratorium"], then["moratorium_ends_on"]) == (True, date(2021, 1, 30))
    assert (now["is_moratorium"], now["moratorium_ends_on"]) == (True, date(2021, 2, 28))
    assert "moratorium" in now["blocked_by"].split(",")
    first = listed(independence, on, date(2020, 12, 20))["home"]
    assert (first["is_moratorium"], first["moratorium_ends_on"]) == (True, None)
    for on, known_on, stands in (
        (date(2021, 1, 30), THEN, True),
        (date(2021, 1, 31), THEN, False),
        (date(2021, 1, 31), date(2021, 1, 14), True),
        (date(2021, 2, 28), NOW, True),
        (date(2021, 3, 1), NOW, False),
    ):
        assert listed(independence, on, known_on)["home"]["is_moratorium"] == stands, (on, known_on)


@pytest.mark.rule("R62")
def test_commercial_accounts_were_protected_first(independence):
    on = date(2020, 12, 5)
    early = listed(independence, on)["early"]
    assert not early["is_moratorium"] and early["blocked_by"] == ""
    assert listed(independence, date(2020, 12, 7))["early"]["is_moratorium"]
    assert listed(independence, date(2020, 12, 13), date(2020, 12, 5))["shop"]["is_moratorium"]
    assert not listed(independence, date(2020, 12, 13), date(2020, 12, 5))["home"]["is_moratorium"]


@pytest.mark.rule("R70")
def test_a_notice_of_early_december_is_void_and_kept(independence):
    """After the moratorium it takes a new one; one given in its last days for the day after it counts."""
    after = listed(independence, date(2021, 3, 1))
    home, anew = after["home"], after["told anew"]
    assert home["blocked_by"] == "notice" and home["written_notice_occupant_on"] is None
    assert home["voided_notice_on"] == date(2020, 12, 3)
    assert anew["blocked_by"] == "" and anew["written_notice_occupant_on"] == date(2021, 2, 18)
    assert after["early"]["voided_notice_on"] == date(2020, 11, 3)
    assert after["long ahead"]["blocked_by"] == "notice"  # given before the moratorium, for a day after it


@pytest.mark.rule("R70")
def test_warrensburgs_notices_outlast_a_moratorium(tmp_path):
    city = City("warrensburg")
    city.account("home")
    city.bill("home", date(2020, 1, 6), date(2020, 1, 16), "45.06")
    city.order("home", "written_notice", date(2020, 2, 10))
    city.order("home", "hang_tag", date(2020, 3, 10))
    with city.warehouse(tmp_path, ("disconnect_list_as_of",)) as warehouse:
        during, after = listed(warehouse, date(2020, 6, 15)), listed(warehouse, date(2020, 7, 1))
    assert during["home"]["blocked_by"] == "moratorium"
    assert after["home"]["blocked_by"] == "" and after["home"]["voided_notice_on"] is None
