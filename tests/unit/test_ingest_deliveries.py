"""Deliveries one after another: again, corrected, late, and in any order."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ingest
from ratehouse.errors import UsageError
from tests.support.ingesting import (
    ACCOUNTS,
    BILLS,
    CHARGES,
    PAYMENTS,
    RETURNS,
    UTILITY,
    Desk,
    account,
    bill,
    csv_text,
    payment,
)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def classes(desk):
    return dict(desk.rows("SELECT account_id, customer_class FROM accounts"))


def deliver_month(desk):
    desk.deliver("2016-07/delivery.yml", "origin: simulated\ndelivered_on: 2016-07-31\n")
    desk.deliver("2016-07/accounts.csv", csv_text(ACCOUNTS, account("1"), account("2"), account("3", "Bad")))
    desk.deliver(
        "2016-07/bills.csv", csv_text(BILLS, bill("B1", "1"), bill("B1", "1"), bill("B2", "unknown"))
    )
    desk.deliver("2016-07/payments.csv", "payment_id;amount\n")


def test_the_same_folder_twice_changes_no_table(desk):
    deliver_month(desk)
    desk.ingest()
    before = desk.tables()
    report = desk.ingest()
    assert desk.tables() == before
    assert [file.status for file in report.files] == ["already loaded", "already loaded", "refused"]


def test_the_same_content_under_another_name_is_known(desk):
    deliver_month(desk)
    desk.ingest()
    before = desk.tables()
    desk.deliver(
        "2016-07/accounts_2.csv", csv_text(ACCOUNTS, account("1"), account("2"), account("3", "Bad"))
    )
    statuses = {file.file: file.status for file in desk.ingest().files}
    assert statuses["2016-07/accounts_2.csv"] == "already loaded"
    assert desk.tables() == before


def test_the_same_content_under_another_date_is_a_delivery_of_its_own(desk):
    content = csv_text(ACCOUNTS, account("1"))
    desk.load("accounts.csv", content, date(2016, 7, 1))
    report = desk.load("accounts.csv", content, date(2016, 8, 1))
    assert (report.status, report.unchanged) == ("loaded", 1)
    assert desk.load("accounts.csv", content).status == "already loaded"
    assert desk.rows("SELECT _load_id FROM accounts") == [(1,)]


def test_a_later_delivery_restates_and_the_older_version_is_kept(desk):
    desk.load("accounts.csv", csv_text(ACCOUNTS, account("1"), account("2")), date(2016, 7, 1))
    report = desk.load(
        "accounts_2.csv", csv_text(ACCOUNTS, account("1", "commercial"), account("2")), date(2016, 8, 1)
    )
    assert (report.restated, report.unchanged, report.loaded) == (1, 1, 0)
    assert classes(desk) == {"1": "commercial", "2": "residential"}
    kept = desk.rows(
        "SELECT account_id, customer_class, _load_id, _superseded_by_load_id FROM accounts_superseded"
    )
    assert kept == [("1", "residential", 1, 2)]


def test_on_one_day_the_later_load_wins(desk):
    for customer_class in ("residential", "commercial", "municipal"):
        desk.load("accounts.csv", csv_text(ACCOUNTS, account("1", customer_class)), date(2016, 7, 1))
    assert classes(desk) == {"1": "municipal"}
    assert len(desk.rows("SELECT * FROM accounts_superseded")) == 2


def test_an_older_delivery_never_overwrites_a_newer_one(desk):
    desk.load("accounts.csv", csv_text(ACCOUNTS, account("1", "commercial")), date(2016, 8, 1))
    report = desk.load("accounts_2.csv", csv_text(ACCOUNTS, account("1"), account("2")), date(2016, 7, 1))
    assert (report.loaded, report.unchanged, report.restated) == (1, 1, 0)
    assert "1 rows are older than the version in force" in report.message
    assert classes(desk) == {"1": "commercial", "2": "residential"}
    assert desk.rows("SELECT customer_class, _superseded_by_load_id FROM accounts_superseded") == [
        ("residential", 1)
    ]


def test_a_version_that_a_later_delivery_repeated_stands_against_one_dated_in_between(desk):
    desk.load("accounts.csv", csv_text(ACCOUNTS, account("1")), date(2016, 6, 1))
    desk.load("accounts_2.csv", csv_text(ACCOUNTS, account("1"), ""), date(2016, 8, 1))
    desk.load("accounts_3.csv", csv_text(ACCOUNTS, account("1", "commercial")), date(2016, 7, 1))
    assert classes(desk) == {"1": "residential"}
    desk.load("accounts_4.csv", csv_text(ACCOUNTS, account("1", "municipal")), date(2016, 9, 1))
    assert classes(desk) == {"1": "municipal"}


FILES = {
    "accounts.csv": (date(2016, 7, 1), csv_text(ACCOUNTS, account("1"), account("2"))),
    "accounts_2.csv": (date(2016, 8, 1), csv_text(ACCOUNTS, account("1", "commercial"), account("3"))),
    "bills.csv": (date(2016, 7, 1), csv_text(BILLS, bill("B1", "1"), bill("B3", "3"), bill("B9", "9"))),
    "charges.csv": (
        date(2016, 7, 1),
        csv_text(CHARGES, "C1,B1,1,water,base,1.00", "C3,B3,3,water,base,2.00"),
    ),
    "payments.csv": (date(2016, 7, 2), csv_text(PAYMENTS, payment("P1", "3"))),
    "payment_returns.csv": (date(2016, 7, 3), csv_text(RETURNS, "R1,P1,2016-07-09,,50.00,return")),
}


def test_deliveries_in_any_order_come_to_the_same_rows(tmp_path):
    orders = list(permutations(FILES))[::150]
    contents = []
    for number, order in enumerate(orders):
        desk = Desk(tmp_path / str(number))
        for name in order:
            desk.load(name, FILES[name][1], FILES[name][0])
        contents.append(desk.content())
        assert [reason for _, reason in desk.rejects().values()] == ["unknown account 9"]
    assert all(content == contents[0] for content in contents)
    assert len(contents[0]["charges"]) == 2


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    versions=st.lists(
        st.tuples(st.integers(1, 6), st.sampled_from(["residential", "commercial"])),
        min_size=2,
        max_size=5,
        unique_by=lambda version: version[0],
    ),
    data=st.data(),
)
def test_the_version_in_force_is_the_one_with_the_latest_date(tmp_path_factory, versions, data):
    desk = Desk(tmp_path_factory.mktemp("desk"))
    for number, (month, customer_class) in enumerate(data.draw(st.permutations(versions))):
        content = csv_text(ACCOUNTS, account("1", customer_class), *[""] * number)
        desk.load(f"accounts_{number}.csv", content, date(2016, month, 1))
    assert classes(desk) == {"1": max(versions)[1]}


CELL = st.sampled_from(
    ["1", "2", "000123", "", "residential", "Bad", "none", "true", "false", '"', '"x"', "a,b", "é", "\t"]
)
LINE = st.one_of(
    st.lists(CELL, min_size=1, max_size=6).map(",".join),
    st.builds(account, st.sampled_from("123"), st.sampled_from(["residential", "commercial", "bad"])),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=st.lists(st.lists(LINE, max_size=12), min_size=1, max_size=2), end=st.sampled_from(["\n", "\r\n"])
)
def test_no_row_of_a_dirty_file_vanishes(tmp_path_factory, files, end):
    desk = Desk(tmp_path_factory.mktemp("desk"))
    for number, lines in enumerate(files):
        text = end.join([ACCOUNTS, *lines, ""])
        report = desk.load(f"accounts_{number}.csv", text)
        if report.status == "already loaded":
            continue
        assert report.received == report.loaded + report.unchanged + report.restated + report.rejected
        # Every physical line is the beginning of a received record or inside of one that spans lines.
        spanned = sum(
            raw.count("\n")
            for (raw,) in desk.rows("SELECT raw_text FROM rejects WHERE load_id = ?", [report.load_id])
        )
        blank = sum(not line for line in lines)
        assert report.received + spanned + blank >= len(lines)
        assert report.received <= len(lines) - blank


def test_the_callers_date_comes_before_the_folders_and_that_before_todays(desk):
    desk.deliver("delivery.yml", "delivered_on: 2016-07-31\n")
    desk.deliver("deep/er/accounts.csv", csv_text(ACCOUNTS, account("1")))
    desk.deliver("new/delivery.yml", "origin: delivered\ndelivered_on: 2016-08-31\n")
    desk.deliver("new/accounts.csv", csv_text(ACCOUNTS, account("2")))
    desk.ingest()
    desk.load("x/accounts.csv", csv_text(ACCOUNTS, account("3")), date(2016, 9, 30))
    found = desk.rows("SELECT account_id, CAST(_delivered_on AS VARCHAR) FROM accounts ORDER BY 1")
    assert found == [("1", "2016-07-31"), ("2", "2016-08-31"), ("3", "2016-09-30")]
    today = Desk(desk.workspace.root / "other")
    assert today.load("accounts.csv", csv_text(ACCOUNTS, account("1"))).delivered_on == date.today()


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        ("origin: invented\n", "origin"),
        ("delivered: 2016-07-31\n", "delivered"),
        ("delivered_on: soon\n", "delivered_on"),
        ("utility_id: warrensburg\n", "it lies in the folder of independence"),
        ("a: [", "is not readable as YAML"),
    ],
)
def test_a_delivery_note_that_is_wrong_stops_before_anything_loads(desk, note, sentence):
    ingest.prepare(desk.workspace)
    desk.deliver("a/accounts.csv", csv_text(ACCOUNTS, account("1")))
    path = desk.deliver("b/delivery.yml", note)
    desk.deliver("b/accounts.csv", csv_text(ACCOUNTS, account("2")))
    with pytest.raises(UsageError) as caught:
        desk.ingest()
    assert sentence in str(caught.value)
    assert path.name in str(caught.value)
    assert desk.rows("SELECT * FROM loads") == []


def test_a_utility_that_is_unknown_or_no_name_is_refused(desk):
    (desk.workspace.utilities / UTILITY).mkdir(parents=True)
    (desk.workspace.utilities / UTILITY / "utility.yml").touch()
    with pytest.raises(UsageError, match="Unknown utility 'independance'"):
        ingest.ingest_files(desk.workspace, "independance", [])
    with pytest.raises(UsageError, match="cannot name a utility"):
        ingest.ingest_files(desk.workspace, "../x", [])
    with pytest.raises(UsageError, match="does not exist"):
        ingest.ingest_files(desk.workspace, UTILITY, [desk.workspace.root / "none.csv"])
