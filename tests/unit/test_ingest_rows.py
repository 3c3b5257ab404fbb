"""What a row must look like, what it may name, and how rejected rows come in later."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.contract import CREDITS, DEBITS, EITHER
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

CHARGE_WITH_NUMBERS = f"{CHARGES},block,quantity,is_revenue"
READS = "read_id,meter_id,read_on,reading,usage,read_kind"
METERS = "meter_id,account_id,premise_id,service,unit,dials,multiplier,installed_on"
ADJUSTMENTS = "adjustment_id,account_id,posted_on,kind,amount"
HISTORY = f"account_id,effective_from,{ACCOUNTS.split(',', 1)[1]},status"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A workspace with two accounts and a bill, made once."""
    desk = Desk(tmp_path_factory.mktemp("prepared"))
    desk.load("accounts.csv", csv_text(ACCOUNTS, account("000123"), account("2")))
    desk.load("bills.csv", csv_text(BILLS, bill("B1", "000123")))
    return desk.workspace.root


@pytest.fixture
def desk(prepared, tmp_path):
    shutil.copytree(prepared, tmp_path / "workspace")
    return Desk(tmp_path / "workspace")


def charges(desk, *values):
    """Loads one charge for each set of values; they differ in nothing else."""
    plain = {"amount": "1.00", "block": "", "quantity": "", "is_revenue": "", "service": "water"}
    rows = []
    for number, row in enumerate({**plain, **given} for given in values):
        numbers = f"{row['amount']},{row['block']},{row['quantity']},{row['is_revenue']}"
        rows.append(f"C{number},B1,000123,{row['service']},base,{numbers}")
    return desk.load("charges.csv", csv_text(CHARGE_WITH_NUMBERS, *rows))


def test_plain_amounts_are_taken_to_the_cent(desk):
    amounts = ["0", "12", "12.3", "-12.30", "9999999999999999.99", "-0.01", "  7.50\t", "007"]
    assert charges(desk, *({"amount": amount} for amount in amounts)).loaded == len(amounts)
    loaded = desk.rows("SELECT amount FROM charges ORDER BY charge_id")
    assert loaded == [(Decimal(amount.strip()).quantize(Decimal("0.01")),) for amount in amounts]


def test_an_amount_that_is_not_plain_is_rejected_with_what_to_write(desk):
    why = {
        '"1,234.50"': "'1,234.50' has a thousands separator; write 1234.50",
        "$12.00": "'$12.00' has a currency sign; write 12.00",
        "+12.00": "'+12.00' has a plus sign; write 12.00",
        "(12.00)": "'(12.00)' is in parentheses; write -12.00",
        "1e3": "'1e3' is written with an exponent; write the digits out",
        "12.345": "'12.345' has more than 16 digits before or 2 after the point",
        "12345678901234567": "'12345678901234567' has more than 16 digits before or 2 after the point",
        "12.": "'12.' is not an amount; write it as 1234.50 or -12.30",
        ".50": "'.50' is not an amount; write it as 1234.50 or -12.30",
        "nan": "'nan' is not an amount; write it as 1234.50 or -12.30",
        "1_000": "'1_000' is not an amount; write it as 1234.50 or -12.30",
        "12.30CR": "'12.30CR' is not an amount; write it as 1234.50 or -12.30",
        "\u0661\u0662": "'\u0661\u0662' is not an amount; write it as 1234.50 or -12.30",
        "": "is empty, and every row needs one",
        "   ": "is empty, and every row needs one",
    }
    report = charges(desk, *({"amount": amount} for amount in why))
    assert (report.loaded, report.rejected) == (0, len(why))
    assert desk.rejects() == {
        line: ("amount", f"amount: {sentence}") for line, sentence in enumerate(why.values(), start=2)
    }


@pytest.mark.rule("R82")
def test_other_values_that_do_not_fit_are_rejected_by_column(desk):
    wrong = [
        ("quantity", "1.1234567"),
        ("quantity", "1234567890123"),
        ("block", "1.0"),
        ("block", "99999999999"),
        ("is_revenue", "TRUE"),
        ("is_revenue", "1"),
        ("service", "Water"),
        ("service", "gas"),
    ]
    charges(desk, *({column: value} for column, value in wrong))
    assert [desk.rejects()[line][0] for line in range(2, 10)] == [column for column, _ in wrong]
    assert desk.rejects()[8][1] == "service: 'Water' is not lower case; write water"


def test_a_date_is_a_day_that_exists(desk):
    why = {
        "2016-02-30": "is no day of the calendar",
        "07/01/2016": "is not a date; write it as 2016-07-31",
        "2016-7-1": "is not a date; write it as 2016-07-31",
        "2016-07-01T00:00:00": "is not a date; write it as 2016-07-31",
    }
    rows = [f"N{number},2,{day},2016-07-11,regular" for number, day in enumerate(why)]
    desk.load("bills_2.csv", csv_text(BILLS, *rows, "OK,2,2016-02-29,2016-07-11,regular"))
    assert [reason for _, reason in desk.rejects().values()] == [
        f"bill_date: '{day}' {sentence}" for day, sentence in why.items()
    ]


def test_leading_zeros_survive_and_keys_are_case_sensitive(desk):
    desk.load("accounts_2.csv", csv_text(ACCOUNTS, account("0123"), account("a-1"), account("A-1")))
    assert desk.column("SELECT account_id FROM accounts") == ["000123", "0123", "2", "A-1", "a-1"]


@pytest.mark.rule("R15")
def test_where_the_policy_has_a_pattern_only_matching_account_ids_load(desk):
    with duckdb.connect(str(desk.workspace.raw_database)) as connection:
        connection.execute(
            "INSERT INTO policy_utilities (utility_id, account_id_pattern) VALUES (?, ?)",
            [UTILITY, "^0[1-4]"],
        )
    desk.load("accounts_2.csv", csv_text(ACCOUNTS, account("000124"), account("01-7")))
    assert desk.column("SELECT account_id FROM accounts") == ["000123", "01-7", "2"]
    column, why = desk.rejects()[2]
    assert (column, "'000124' does not match ^0[1-4]" in why) == ("account_id", True)

    with duckdb.connect(str(desk.workspace.raw_database)) as connection:
        connection.execute("UPDATE policy_utilities SET account_id_pattern = NULL")
    assert desk.ingest().taken_up == 1
    assert "000124" in desk.column("SELECT account_id FROM accounts")


def test_the_sign_of_an_adjustment_follows_its_kind(desk):
    rows, wrong = [], []
    for kind in DEBITS + CREDITS + EITHER:
        for amount in ("5.00", "-5.00", "0"):
            rows.append(f"{kind}{amount},2,2016-07-01,{kind},{amount}")
            if (kind in DEBITS and amount == "-5.00") or (kind in CREDITS and amount == "5.00"):
                wrong.append(len(rows) + 1)
    desk.load("adjustments.csv", csv_text(ADJUSTMENTS, *rows))
    assert {line: column for line, (column, _) in desk.rejects().items()} == dict.fromkeys(wrong, "amount")
    assert len(wrong) == 14


def test_a_payment_is_more_than_nothing(desk):
    amounts = ["0", "0.00", "-5.00", "0.01"]
    rows = [payment(f"P{number}", "2", amount) for number, amount in enumerate(amounts)]
    desk.load("payments.csv", csv_text(PAYMENTS, *rows))
    assert [column for column, _ in desk.rejects().values()] == ["amount"] * 3
    assert desk.column("SELECT payment_id FROM payments") == ["P3"]


def test_a_read_needs_a_reading_or_a_usage(desk):
    desk.load("meters.csv", csv_text(METERS, "M1,2,P,water,ccf,5,1,2010-01-01"))
    rows = ["R1,M1,2016-07-01,100,,actual", "R2,M1,2016-08-01,,4.5,actual", "R3,M1,2016-09-01,,,actual"]
    report = desk.load("reads.csv", csv_text(READS, *rows))
    assert (report.loaded, list(desk.rejects())) == (2, [4])


def test_a_cancel_bill_names_the_bill_it_cancels_even_in_its_own_file(desk):
    header = f"{BILLS},cancels_bill_id"
    rows = [
        f"{bill('X1', '2', 'cancel')},B2",
        f"{bill('B2', '2')},",
        f"{bill('X2', '2', 'cancel')},",
        f"{bill('X3', '2', 'cancel')},B9",
        f"{bill('X4', '2', 'cancel')},X3",
    ]
    report = desk.load("bills_2.csv", csv_text(header, *rows))
    assert (report.loaded, report.rejected) == (2, 3)
    rejects = desk.rejects()
    assert rejects[5] == ("cancels_bill_id", "unknown bill B9")
    assert rejects[6] == ("cancels_bill_id", "unknown bill X3")
    assert "must name the bill" in rejects[4][1]


def test_exact_copies_count_as_unchanged_and_contradictions_are_both_rejected(desk):
    rows = [
        account("5"),
        account("6"),
        account("5"),
        account("6", "commercial"),
        account("7"),
        account("7", "Home"),
    ]
    report = desk.load("accounts_2.csv", csv_text(ACCOUNTS, *rows))
    assert (report.received, report.loaded, report.unchanged, report.rejected) == (6, 1, 1, 4)
    assert desk.column("SELECT account_id FROM accounts") == ["000123", "2", "5"]
    assert sorted(desk.rejects()) == [3, 5, 6, 7]
    assert "more than once with different content" in desk.rejects()[3][1]
    assert "1 exact copies" in report.message


def test_a_row_that_names_the_unknown_waits_and_comes_in_by_itself(desk):
    desk.load("charges.csv", csv_text(CHARGES, "C1,B7,77,water,base,12.30"))
    assert desk.rejects() == {2: ("bill_id", "unknown bill B7")}
    desk.load("bills_2.csv", csv_text(BILLS, bill("B7", "77")))
    assert len(desk.rows("SELECT * FROM bills")) == 1

    desk.load("accounts_2.csv", csv_text(ACCOUNTS, account("77")))
    assert desk.rejects() == {}
    assert desk.rows("SELECT charge_id, _source_file, _line_number, _load_id FROM charges") == [
        ("C1", "charges.csv", 2, 3)
    ]
    assert desk.rows("SELECT load_id, taken_up_by_load_id FROM rejects ORDER BY 1") == [(3, 5), (4, 5)]
    assert (
        desk.rows("SELECT received, loaded, rejected FROM loads WHERE load_id IN (3, 4)") == [(1, 1, 0)] * 2
    )


def test_a_row_with_two_unknowns_names_the_one_that_is_still_missing(desk):
    desk.load("charges.csv", csv_text(CHARGES, "C1,B7,77,water,base,12.30"))
    desk.load("bills_2.csv", csv_text(BILLS, bill("B7", "2")))
    assert desk.rejects() == {2: ("account_id", "unknown account 77")}


def test_a_row_that_is_wrong_in_itself_is_not_tried_again(desk):
    desk.load("charges.csv", csv_text(CHARGES, "C1,B7,2,water,base,12.345"))
    desk.load("bills_2.csv", csv_text(BILLS, bill("B7", "2")))
    assert desk.rejects()[2][0] == "amount"


def test_another_utilitys_rows_are_unknown_here(desk):
    desk.deliver("bills.csv", csv_text(BILLS, bill("W1", "2")), utility="warrensburg")
    desk.ingest()
    assert desk.rejects() == {2: ("account_id", "unknown account 2")}


def test_returns_stay_within_their_payment_and_after_its_posting(desk):
    desk.load("payments.csv", csv_text(PAYMENTS, payment("P1", "2", "100.00"), payment("P2", "2", "40.00")))
    rows = [
        "R1,P1,2016-07-10,2016-07-11,60.00,return",
        "R2,P1,2016-07-12,,60.00,return",
        "R3,P1,2016-07-13,,40.00,chargeback",
        "R4,P2,2016-07-04,,10.00,return",
        "R5,P2,2016-07-04,2016-07-05,10.00,return",
        "R6,P9,2016-07-14,,10.00,return",
        "R7,P2,2016-07-14,,-1.00,return",
    ]
    report = desk.load("payment_returns.csv", csv_text(RETURNS, *rows))
    assert (report.loaded, report.rejected) == (3, 4)
    assert desk.column("SELECT return_id FROM payment_returns") == ["R1", "R3", "R5"]
    rejects = desk.rejects()
    assert "more than what is left of payment 'P1'" in rejects[3][1]
    assert "before payment 'P2' was posted" in rejects[5][1]
    assert rejects[7] == ("payment_id", "unknown payment P9")

    desk.load("payment_returns_2.csv", csv_text(RETURNS, "R8,P1,2016-07-20,,0.01,return"))
    assert "R8" not in desk.column("SELECT return_id FROM payment_returns")
    desk.load("payments_2.csv", csv_text(PAYMENTS, payment("P1", "2", "200.00")))
    assert desk.column("SELECT return_id FROM payment_returns") == ["R1", "R2", "R3", "R5", "R8"]


def test_card_numbers_are_masked_and_counted_but_keys_references_and_traces_are_not(desk):
    card, key, trace = "4111111111111111", "6011111111111117", "5555555555554444"
    header = f"{PAYMENTS},card_brand,trace,fund_source"
    rows = [
        f"{payment(key, '2')},visa 4111 1111-1111 1111,{trace},816-325-7930",
        f"{payment('P2', '2', '$' + card)},{card},{trace},",
        f"{payment('P3', '2')},{card},surplus,x,y",
    ]
    report = desk.load("payments.csv", csv_text(header, *rows))
    assert (report.loaded, report.rejected, report.masked) == (1, 2, 4)
    assert desk.rows("SELECT payment_id, card_brand, trace, fund_source FROM payments") == [
        (key, "visa ****1111", trace, "816-325-7930")
    ]
    kept = desk.rows("SELECT raw_text, reason, row_json FROM rejects ORDER BY line_number")
    assert card not in repr(kept)
    assert f'"trace": "{trace}"' in kept[0][2]
    assert trace in kept[0][0]


def parquet(path, columns):
    pq.write_table(pa.table(columns), path)
    return path.read_bytes()


def test_parquet_and_csv_come_to_the_same_rows(desk, tmp_path):
    other = Desk(tmp_path / "other")
    other.load("accounts.csv", csv_text(ACCOUNTS, account("000123"), account("2")))
    exact = {
        "bill_id": ["B1", " B2 ", "B3", "B4"],
        "account_id": pa.array(["000123", "2", "nobody", "2"]).dictionary_encode(),
        "bill_date": pa.array([date(2016, 7, 1)] * 4),
        "due_date": ["2016-07-11", "2016-07-11", "2016-07-11", "2016-02-30"],
        "kind": ["regular"] * 4,
        "amount_due": pa.array(
            [Decimal("12.30"), None, Decimal("1.00"), Decimal("2.00")], pa.decimal128(9, 2)
        ),
        "budget_amount": [10.5, None, 1.0, 2.0],
        "colour": ["red"] * 4,
    }
    report = other.load("bills.parquet", parquet(tmp_path / "bills.parquet", exact))
    rows = [
        "B1,000123,2016-07-01,2016-07-11,regular,12.30,10.5,red",
        "B2,2,2016-07-01,2016-07-11,regular,,,red",
        "B3,nobody,2016-07-01,2016-07-11,regular,1.00,1.0,red",
        "B4,2,2016-07-01,2016-02-30,regular,2.00,2.0,red",
    ]
    with duckdb.connect(str(desk.workspace.raw_database)) as connection:
        connection.execute("DELETE FROM bills")
    as_csv = desk.load("bills_2.csv", csv_text(f"{BILLS},amount_due,budget_amount,colour", *rows))
    assert (report.loaded, report.rejected, report.unknown_columns) == (2, 2, ["colour"])
    assert (as_csv.loaded, as_csv.rejected) == (2, 2)
    assert desk.content() == other.content()
    reasons = "SELECT column_name, reason FROM rejects ORDER BY 1"
    assert desk.rows(reasons) == other.rows(reasons)
    assert other.rows("SELECT line_number FROM rejects ORDER BY 1") == [(3,), (4,)]


def test_a_late_account_takes_parquet_rows_up_with_their_exact_values(desk, tmp_path):
    columns = {
        "payment_id": ["P1"],
        "account_id": ["late"],
        "received_on": [date(2016, 7, 1)],
        "posted_on": [date(2016, 7, 2)],
        "amount": pa.array([Decimal("1234567.89")], pa.decimal128(18, 2)),
        "channel": ["mail"],
        "tender": ["check"],
    }
    desk.load("payments.parquet", parquet(tmp_path / "p.parquet", columns))
    desk.load("accounts_2.csv", csv_text(ACCOUNTS, account("late")))
    assert desk.rows("SELECT amount, posted_on FROM payments") == [(Decimal("1234567.89"), date(2016, 7, 2))]


def test_a_key_of_several_columns(desk):
    row = "2,2016-01-01,residential,none,false,active"
    desk.load("account_history.csv", csv_text(HISTORY, row, row.replace("2016-01", "2016-02")))
    report = desk.load("account_history_2.csv", csv_text(HISTORY, row.replace("active", "final")))
    assert report.restated == 1
    assert desk.rows("SELECT status FROM account_history ORDER BY effective_from") == [
        ("final",),
        ("active",),
    ]


def test_of_a_deposit_the_kind_says_the_direction_and_not_the_sign(desk):
    """A released deposit delivered with a minus would be added to what the city holds."""
    rows = ("D1,000123,2016-07-01,received,250.00", "D2,000123,2016-08-01,applied,-180.00")
    report = desk.load("deposits.csv", csv_text("deposit_id,account_id,posted_on,kind,amount", *rows))
    assert (report.loaded, report.rejected) == (1, 1)
    assert desk.rejects()[3] == (
        "amount", "amount: '-180.00': a deposit is given positive; its kind says which way it goes",
    )  # fmt: skip


def test_a_dispute_below_zero_would_raise_what_bears_a_penalty(desk):
    rows = ("D1,000123,B1,2016-07-20,collector,5.00", "D2,000123,B1,2016-07-20,collector,-5.00")
    head = "dispute_id,account_id,bill_id,filed_on,level,amount"
    assert desk.load("disputes.csv", csv_text(head, *rows)).rejected == 1
