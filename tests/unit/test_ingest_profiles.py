"""Foreign layouts that need YAML only."""

from __future__ import annotations

import textwrap
from decimal import Decimal

import pytest

import ingest
from ingest.profiles import read_profile
from ratehouse.errors import UsageError
from tests.support.ingesting import ACCOUNTS, UTILITY, Desk, account, csv_text

USAGE = """\
    title: one file of usage that feeds customers, meters and reads
    file: usage_*.csv
    delimiter: ";"
    encoding: latin-1
    skip_rows: 2
    entities:
      - entity: reads
        where_not: {cust: TOTAL}
        columns:
          read_id: {compose: [cust, day], number_repeats: true}
          meter_id: {compose: [cust], number_repeats: [cust, day]}
          read_on: {from: day, date: ["%m/%d/%Y", excel_serial]}
          usage: {from: use, number: {thousands: "."  , decimal: ","}}
          read_kind: {constant: actual}
        control:
          totals_row: {where: {cust: TOTAL}, rows: day, sums: {usage: use}}
      - entity: accounts
        distinct: true
        where_not: {cust: TOTAL}
        columns:
          account_id: {from: cust, pad: 6}
          customer_class: {from: kind, codes: {R: residential}, otherwise: commercial}
          billing_group: {from: cust, slice: [1, 1]}
          autopay: {from: auto, lower: true, empty: ["-"], codes: {"n": none}}
          budget_billing: {constant: false}
          service_address: street
      - entity: meters
        distinct: true
        where_not: {cust: TOTAL}
        columns:
          meter_id: {compose: [cust], number_repeats: [cust, day]}
          account_id: {from: cust, pad: 6}
          premise_id: cust
          service: {constant: water}
          unit: {constant: ccf}
          dials: {constant: 6}
          multiplier: {constant: 1}
          installed_on: {constant: 2010-01-01}
"""
USAGE_FILE = """\
Usage report
printed 1 August
cust;kind;auto;street;day;use
12;R;N;Häuserweg 1;07/01/2016;1.234,50
12;R;N;Häuserweg 1;07/01/2016;2,00
12;R;N;Häuserweg 1;07/01/2016;2,00
12;R;N;Häuserweg 1;42583;3,00
345;X;N;;07/01/2016;4,00
TOTAL;;;;5;1.245,50
"""
MONEY = """\
    file: cash*.txt
    header: [id, account, day, amount, kind]
    entities:
      - entity: payments
        columns:
          payment_id: id
          account_id: account
          received_on: {from: day, date: "%Y%m%d"}
          posted_on: {from: day, date: "%Y%m%d"}
          amount: {from: amount, number: NUMBER}
          channel: {constant: mail}
          tender: {constant: check}
"""


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def give_profile(desk, text, name="foreign"):
    path = desk.workspace.utilities / UTILITY / "profiles" / f"{name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text).replace("constant: false", 'constant: "false"'), "utf-8")
    return path


def give_usage(desk):
    text = USAGE.replace("2010-01-01", '"2010-01-01"')
    give_profile(desk, text)


def test_one_file_feeds_several_entities_distinct_by_key(desk):
    give_usage(desk)
    desk.deliver("usage_2016.csv", USAGE_FILE.encode("latin-1"))
    report = desk.ingest()
    counts = {
        file.entity: (file.received, file.loaded, file.unchanged, file.rejected) for file in report.files
    }
    assert counts == {"accounts": (5, 2, 3, 0), "meters": (5, 3, 2, 0), "reads": (5, 4, 1, 0)}
    accounts = (
        "SELECT account_id, customer_class, billing_group, autopay, service_address FROM accounts ORDER BY 1"
    )
    assert desk.rows(accounts) == [
        ("000012", "residential", "1", "none", "Häuserweg 1"),
        ("000345", "commercial", "3", "none", None),
    ]
    reads = "SELECT read_id, meter_id, CAST(read_on AS VARCHAR), usage, _line_number FROM reads ORDER BY 1"
    assert desk.rows(reads) == [
        ("12-07/01/2016", "12", "2016-07-01", Decimal("1234.500000"), 4),
        ("12-07/01/2016-2", "12-2", "2016-07-01", Decimal("2.000000"), 5),
        ("12-42583", "12", "2016-08-01", Decimal("3.000000"), 7),
        ("345-07/01/2016", "345", "2016-07-01", Decimal("4.000000"), 8),
    ]
    before = desk.tables()
    assert {file.status for file in desk.ingest().files} == {"already loaded"}
    assert desk.tables() == before


def test_a_record_has_the_same_running_number_in_every_entity(desk):
    """The first read is left out of the reads, and the second is still that of the second meter."""
    text = USAGE.replace("2010-01-01", '"2010-01-01"')
    control = text.index("        control:")
    text = text[:control] + text[text.index("      - entity: accounts") :]
    give_profile(
        desk, text.replace("where_not: {cust: TOTAL}", 'where_not: {use: "1.234,50", cust: TOTAL}', 1)
    )
    desk.deliver("usage_2016.csv", USAGE_FILE.encode("latin-1"))
    desk.ingest()
    reads = "SELECT read_id, meter_id, usage FROM reads WHERE read_id LIKE '12-07%' ORDER BY 1"
    assert desk.rows(reads) == [("12-07/01/2016-2", "12-2", Decimal(2))]
    assert desk.column("SELECT meter_id FROM meters") == ["12", "12-2", "345"]


def test_exact_copies_may_be_further_meters_and_every_repeat_is_told(desk):
    """Both reads of 2,00 stay: the file cannot say whether the second is a copy or a third meter."""
    text = USAGE.replace("2010-01-01", '"2010-01-01"')
    for repeats in ("number_repeats: [cust, day]", "number_repeats: true"):
        text = text.replace(repeats, f"{repeats}, number_copies: true")
    give_profile(desk, text)
    desk.deliver("usage_2016.csv", USAGE_FILE.encode("latin-1"))
    report = desk.ingest()
    counts = {file.entity: (file.received, file.loaded, file.unchanged) for file in report.files}
    assert counts == {"accounts": (5, 2, 3), "meters": (5, 4, 1), "reads": (5, 5, 0)}
    reads = "SELECT read_id, meter_id, usage, _line_number FROM reads WHERE read_id LIKE '12-07%' ORDER BY 1"
    assert desk.rows(reads) == [
        ("12-07/01/2016", "12", Decimal("1234.500000"), 4),
        ("12-07/01/2016-2", "12-2", Decimal("2.000000"), 5),
        ("12-07/01/2016-3", "12-3", Decimal("2.000000"), 6),
    ]
    messages = {file.entity: file.message for file in report.files}
    assert (
        "2 records repeat cust, day and have a running number, 1 of them as exact copies" in messages["reads"]
    )
    assert "running number" not in messages["accounts"]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("TOTAL;;;;5;", "TOTAL;;;;6;"), ("1.245,50", "1.245,51"), ("TOTAL", "Total")],
)
def test_control_totals_that_are_not_met_refuse_the_whole_file(desk, wrong, right):
    give_usage(desk)
    desk.deliver("usage_2016.csv", USAGE_FILE.replace(wrong, right).encode("latin-1"))
    report = desk.ingest()
    assert {file.status for file in report.files} == {"refused"}
    assert "control totals" in report.files[0].message
    assert desk.content() == {}


@pytest.mark.parametrize(
    ("number", "texts"),
    [
        ("{sign: parentheses}", {"12.30": "12.30"}),
        ('{thousands: ",", currency: "$"}', {'"$1,234.50"': "1234.50", "12.3400": "12.34"}),
        ("{sign: parentheses, is_reversed: true}", {"(12.30)": "12.30"}),
        ("{sign: trailing_cr, is_reversed: true}", {"12.30 CR": "12.30", "7.00cr": "7.00"}),
        ("{sign: trailing_minus, is_reversed: true}", {"12.30-": "12.30"}),
        ("{implied_decimals: 2}", {"1230": "12.30", "000005": "0.05"}),
        ('{decimal: ","}', {'"12,30"': "12.30"}),
    ],
)
def test_numbers_are_translated_without_losing_a_cent(desk, number, texts):
    give_profile(desk, MONEY.replace("NUMBER", number))
    desk.load("accounts.csv", csv_text(ACCOUNTS, account("1")))
    rows = [f"P{place},1,20160701,{text},x" for place, text in enumerate(texts)]
    desk.load("cash.txt", "\n".join(rows))
    assert desk.rejects() == {}
    amounts = desk.rows("SELECT amount FROM payments ORDER BY payment_id")
    assert amounts == [(Decimal(amount),) for amount in texts.values()]


def test_what_a_profile_cannot_translate_is_rejected_like_any_other(desk):
    give_profile(desk, MONEY.replace("NUMBER", "{sign: parentheses}"))
    desk.load("accounts.csv", csv_text(ACCOUNTS, account("1")))
    report = desk.load("cash.txt", "P1,1,20161332,5.00,x\nP2,1,20160701,five,x\nP3,2,20160701,5.00,x\nP4,1\n")
    assert (report.received, report.rejected) == (4, 4)
    assert {line: column for line, (column, _) in desk.rejects().items()} == {
        1: "received_on",
        2: "amount",
        3: "account_id",
        4: None,
    }


def test_a_column_that_the_file_lacks_refuses_it(desk):
    give_usage(desk)
    desk.deliver("usage_2016.csv", USAGE_FILE.replace("use", "usage", 1).encode("latin-1"))
    assert "the profile names the column use" in desk.ingest().files[0].message


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("file: usage_*.csv", "fil: x"), "fil: Extra inputs are not permitted"),
        (("entity: meters", "entity: metres"), "`metres` is no entity of the contract"),
        (("premise_id: cust", "premiss: cust"), "meters has no column premiss"),
        (("premise_id: cust\n", "\n"), "meters needs premise_id"),
        (("{compose: [cust], number", "{from: cust, number"), "`number_repeats` goes with `compose`"),
        (("number_repeats: true", "number_copies: true"), "`number_copies` goes with `number_repeats`"),
        (("encoding: latin-1", "encoding: latin-one"), "encoding `latin-one` is unknown"),
        (("usage: use}", "read_on: use}"), "control: read_on is not a mapped number"),
        (("title:", "title: ["), "is not readable as YAML"),
    ],
)
def test_a_profile_that_is_wrong_names_file_and_field(desk, change, sentence):
    path = give_profile(desk, USAGE.replace(*change).replace("2010-01-01", '"2010-01-01"'))
    with pytest.raises(UsageError) as caught:
        read_profile(path)
    assert sentence in str(caught.value)
    assert str(path) in str(caught.value)


def test_two_profiles_for_one_file_are_a_mistake(desk):
    give_usage(desk)
    give_profile(desk, MONEY.replace("NUMBER", "{}").replace("cash*.txt", "usage*"), "second")
    path = desk.deliver("usage_1.csv", "")
    with pytest.raises(UsageError, match="claimed by more than one"):
        ingest.ingest_files(desk.workspace, UTILITY, [path])
