"""What a single file may look like, and what happens to one that does not."""

from __future__ import annotations

import gzip

import pytest

from tests.support.ingesting import ACCOUNTS, BILLS, Desk, account, bill, csv_text

GOOD = csv_text(ACCOUNTS, account("000123"), account("A-7"), account("99"))


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def ids(desk):
    return desk.column("SELECT account_id FROM accounts")


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode(),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode(),
        gzip.compress(GOOD.encode()),
        GOOD.replace(",", " ,\t ").encode(),
        (GOOD + "\n\n").encode(),
        GOOD.rstrip("\n").encode(),
    ],
    ids=["plain", "bom", "crlf", "bom and crlf", "gzip", "blanks around", "blank lines", "no last line end"],
)
def test_the_same_rows_arrive_however_they_are_written(desk, content):
    report = desk.load("accounts.csv", content)
    assert (report.status, report.received, report.loaded, report.rejected) == ("loaded", 3, 3, 0)
    assert ids(desk) == ["000123", "99", "A-7"]


def test_every_row_knows_file_line_load_and_delivery(desk):
    desk.deliver("delivery.yml", "origin: simulated\ndelivered_on: 2016-07-31\n")
    desk.deliver("july/accounts_2016-07.csv", csv_text(ACCOUNTS, account("1"), "", account("2")))
    desk.ingest()
    found = desk.rows(
        "SELECT account_id, _load_id, _source_file, _line_number, _delivered_on::VARCHAR FROM accounts "
        "ORDER BY 1"
    )
    assert found == [
        ("1", 1, "july/accounts_2016-07.csv", 2, "2016-07-31"),
        ("2", 1, "july/accounts_2016-07.csv", 4, "2016-07-31"),
    ]
    assert desk.rows("SELECT origin, status, entity FROM loads") == [("simulated", "loaded", "accounts")]


def test_a_record_over_several_lines_counts_from_where_it_begins(desk):
    header = f"{ACCOUNTS},service_address"
    rows = [
        '1,residential,none,false,"12 Main\nrear\nhouse"',
        "2,residential,none,false",
        "3,residential,none,false,x",
    ]
    desk.load("accounts.csv", csv_text(header, *rows))
    assert desk.rows("SELECT account_id, _line_number FROM accounts ORDER BY 1") == [("1", 2), ("3", 6)]
    assert desk.rows("SELECT line_number, raw_text FROM rejects") == [(5, "2,residential,none,false")]


def test_a_record_with_a_wrong_number_of_fields_is_rejected_and_the_rest_loads(desk):
    content = csv_text(ACCOUNTS, account("1"), account("2") + ",surplus", "3,residential", account("4"))
    report = desk.load("accounts.csv", content)
    assert (report.received, report.loaded, report.rejected) == (4, 2, 2)
    assert desk.rejects() == {
        3: (
            None,
            "the record has 5 fields and the header 4; is a value that contains the delimiter not in quotes?",
        ),
        4: (None, "the record has 2 fields and the header 4; was the line cut off?"),
    }


def test_a_file_cut_in_half_loads_its_whole_records_and_rejects_the_cut_one(desk):
    content = csv_text(ACCOUNTS, *(account(str(number)) for number in range(100)))
    cut = content[: content.index("\n50,") + 8]
    report = desk.load("accounts.csv", cut)
    assert (report.received, report.loaded, report.rejected) == (51, 50, 1)
    assert "was the line cut off?" in desk.rejects()[52][1]


def test_an_open_quotation_mark_is_one_rejected_record(desk):
    content = csv_text(ACCOUNTS, account("1"), '2,residential,"none,false', account("3"))
    report = desk.load("accounts.csv", content)
    assert (report.received, report.loaded, report.rejected) == (2, 1, 1)
    assert "quotation mark opens here" in desk.rejects()[3][1]
    assert account("3") in desk.rows("SELECT raw_text FROM rejects")[0][0]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("accounts.csv", GOOD.replace(",", ";"), "the delimiter is a semicolon and a comma is expected"),
        ("accounts.csv", GOOD.replace(",", "\t"), "the delimiter is a tab"),
        ("accounts.csv", GOOD.replace(",", "|"), "the delimiter is a vertical bar"),
        (
            "accounts.csv",
            "account_id,autopay\n1,none\n",
            "columns customer_class, budget_billing are missing",
        ),
        ("accounts.csv", "account_id,account_id,autopay\n", "the column account_id appears more than once"),
        ("accounts.csv", GOOD.replace("A-7", "Ä").encode("latin-1"), "byte 79 (0xC4) is not UTF-8"),
        ("accounts.csv", GOOD.encode("utf-16"), "byte 0 (0xFF) is not UTF-8"),
        ("accounts.csv", b"", "the file is empty"),
        (
            "accounts.csv.gz",
            gzip.compress(GOOD.encode() * 500, mtime=0)[:60],
            "the gzip file is damaged or cut off",
        ),
        ("accounts.parquet", b"PAR1 and nothing else", "the Parquet file is damaged or cut off"),
        ("acounts.csv", GOOD, "no entity of the contract has this name"),
    ],
)
def test_what_cannot_be_read_is_refused_whole_with_one_sentence(desk, name, content, sentence):
    report = desk.load(name, content)
    assert report.status == "refused"
    assert report.message.startswith(f"{name}: ")
    assert sentence in report.message
    assert "\n" not in report.message
    assert desk.content() == {}
    assert desk.rows("SELECT status, received FROM loads") == [("refused", 0)]


def test_a_broken_encoding_far_into_the_file_leaves_nothing_behind(desk):
    rows = [account(str(number)) for number in range(150_000)]
    content = csv_text(ACCOUNTS, *rows).encode() + b"\xff\xfe,residential,none,false\n"
    report = desk.load("accounts.csv", content)
    assert report.status == "refused"
    assert f"byte {len(content) - 26} " in report.message
    assert desk.content() == {}


def test_the_same_refusal_leaves_one_row_in_the_manifest(desk):
    for _ in range(2):
        assert desk.load("accounts.csv", "account_id\n1\n").status == "refused"
    assert len(desk.rows("SELECT * FROM loads")) == 1


def test_unknown_columns_are_reported_and_kept_out(desk):
    report = desk.load("accounts.csv", csv_text(f"{ACCOUNTS},colour,", account("1") + ",red,x"))
    assert report.loaded == 1
    assert report.unknown_columns == ["colour", "column 6 (no name)"]
    assert desk.rows("SELECT unknown_columns FROM loads") == [("colour, column 6 (no name)",)]


def test_a_header_without_rows_is_an_empty_delivery(desk):
    assert desk.load("bills.csv", BILLS).received == 0
    assert desk.rows("SELECT status, received FROM loads") == [("loaded", 0)]


@pytest.mark.parametrize(
    ("name", "entity"),
    [
        ("bills.csv", "bills"),
        ("bills_2016-07.csv", "bills"),
        ("bills-20160731.csv", "bills"),
        ("Bills2016.CSV", "bills"),
        ("bills.part1.csv", "bills"),
        ("account_history_2016.csv", "account_history"),
    ],
)
def test_the_entity_is_the_name_up_to_the_first_dot_or_digits(desk, name, entity):
    assert desk.load(name, csv_text(BILLS)).entity == entity


def test_what_is_no_extract_is_left_alone(desk):
    desk.deliver("README.md", "about this delivery")
    desk.deliver("answer_sheet/accounts.csv", GOOD)
    desk.deliver(".hidden.csv", GOOD)
    report = desk.ingest()
    assert [(file.file, file.status) for file in report.files] == [("README.md", "ignored")]
    assert desk.rows("SELECT * FROM loads") == []


def test_all_or_nothing_when_the_process_dies_inside_a_file(desk, monkeypatch):
    desk.load("accounts.csv", GOOD)
    before = desk.tables()

    def die(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("ingest.manifest.write", die)
    with pytest.raises(KeyboardInterrupt):
        desk.load("bills.csv", csv_text(BILLS, bill("B1", "99"), bill("B2", "nobody")))
    monkeypatch.undo()
    assert desk.tables() == before
    assert desk.load("bills.csv", csv_text(BILLS, bill("B1", "99"), bill("B2", "nobody"))).loaded == 1


def test_progress_is_told_before_each_file(desk):
    desk.deliver("accounts.csv", GOOD)
    desk.deliver("bills.csv", csv_text(BILLS))
    told = []
    desk.ingest(progress=lambda *step: told.append(step))
    assert told == [
        ("independence: accounts.csv", 0, 2),
        ("independence: bills.csv", 1, 2),
        ("all files read", 2, 2),
    ]
