"""The calendar of policy events as it was known on a day, and the episodes that events belong to."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.policy_checks import read_policy
from ingest.policy_rows import policy_rows
from ratehouse.workspace import PROJECT_ROOT


@pytest.fixture(scope="module")
def policies() -> dict[str, dict[str, list[dict]]]:
    folder = PROJECT_ROOT / "data" / "utilities"
    return {city: policy_rows(read_policy(folder / city)[0]) for city in ("independence", "warrensburg")}


def _in_force(rows: list[dict], known_on: date, on: date) -> dict[str, str]:
    """Event to its last day, of the events that were known on a day and cover one."""
    latest = {}
    for row in sorted(rows, key=lambda row: row["known_on"]):
        if row["known_on"] <= known_on:
            latest[row["event_id"]] = row
    return {
        name: str(row["ends_on"] or "until further notice")
        for name, row in latest.items()
        if row["starts_on"] <= on and (row["ends_on"] is None or on <= row["ends_on"])
    }


NOTICE = "until further notice"


def until(ends_on: str, *events: str) -> dict[str, str]:
    return dict.fromkeys(events, ends_on)


CARDS = until(NOTICE, "covid_card_fees")
WAIVERS = until(NOTICE, "covid_card_fees", "outage_card_fees", "covid_late_fees", "outage_late_fees")
CONVERSION = ("conversion_2018_shutoffs", "conversion_2018_late_fees")
SPRING = ("covid_spring_shutoffs", "covid_spring_late_fees")
SHUT_OFFS = ("outage_shutoffs", "covid_commercial_shutoffs")
CLOSED = ("outage_billing", "outage_channels", "outage_phone", "outage_assistance")
EXTENDED = until("2021-01-31", "outage_due_dates")
# Known on a day, in force on a day. Before the FAQ of 23 December: the release on late fees and shops,
# and systems that are down; with it the ends of both.
CALENDAR = [
    ("2018-08-01", "2018-08-01", until(NOTICE, *CONVERSION)),
    ("2018-11-20", "2018-11-25", until("2018-11-25", *CONVERSION)),
    ("2020-05-01", "2020-05-01", CARDS | until(NOTICE, *SPRING)),
    ("2020-07-14", "2020-07-14", CARDS | until("2020-07-14", *SPRING)),
    ("2020-07-15", "2020-07-15", CARDS),
    ("2020-12-20", "2020-12-20",
     CARDS | until("2021-01-30", "covid_late_fees", "covid_commercial_shutoffs")
     | until(NOTICE, *CLOSED, "outage_drafts", "outage_shutoffs")),
    ("2020-12-24", "2020-12-20",
     WAIVERS | until("2021-01-30", *SHUT_OFFS) | until("2020-12-27", *CLOSED)
     | until("2020-12-28", "outage_drafts")),
    ("2021-01-10", "2021-01-10", WAIVERS | EXTENDED | until("2021-01-30", *SHUT_OFFS)),
    ("2021-01-20", "2021-01-20",
     WAIVERS | EXTENDED | until("2021-01-30", "covid_commercial_shutoffs")
     | until("2021-02-28", "outage_shutoffs")),
    ("2021-01-20", "2021-02-02", WAIVERS | until("2021-02-28", "outage_shutoffs")),
    ("2021-02-02", "2021-02-02",
     WAIVERS | until("2021-02-28", "outage_shutoffs") | until("2021-02-02", "ipl_rebate_2021")),
    ("2021-07-01", "2021-06-30", WAIVERS | until("2021-06-30", "covid_late_fees", "outage_late_fees")),
    ("2021-07-01", "2021-07-01", CARDS | until(NOTICE, "outage_card_fees")),
]  # fmt: skip


@pytest.mark.rule("R60", "R62", "R63", "R66")
@pytest.mark.parametrize(("known_on", "on", "expected"), CALENDAR)
def test_the_calendar_of_independence_as_it_was_known(
    policies: dict, known_on: str, on: str, expected: dict
) -> None:
    """Read off the outage FAQ and the reports that the events name."""
    rows = policies["independence"]["policy_events"]
    assert _in_force(rows, date.fromisoformat(known_on), date.fromisoformat(on)) == expected


def test_events_belong_to_episodes(policies: dict) -> None:
    of_event = {
        (row["event_id"], row["episode_id"], row["episode_title"] is None)
        for city in ("independence", "warrensburg")
        for row in policies[city]["policy_events"]
    }
    assert {episode for _, episode, _ in of_event} == {
        "conversion_2018", "covid_spring_2020", "december_2020", "covid_2020", None,
    }  # fmt: skip
    assert {event for event, episode, untitled in of_event if episode is None or untitled} == {
        "ipl_rebate_2021"
    }
