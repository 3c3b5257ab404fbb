"""`ratehouse bill`: what is wrong with a bill, in words, on bills priced by hand."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from ratehouse.bill import bill as known_bill
from ratehouse.bill import finding, lines
from ratehouse.demo import bring_policy
from ratehouse.warehouse import connect
from ratehouse.workspace import Workspace
from tests.dashboards.billed_town import INDEPENDENCE, WARRENSBURG, BilledTown, billed_town
from tests.dashboards.published import write_build

BUILD = "2016-10-01T060000Z"
MARK = "Simulated data. Not figures of the City of Warrensburg Sewer Utility."


@pytest.fixture(scope="module")
def billed(tmp_path_factory) -> tuple[Workspace, BilledTown]:
    workspace = Workspace.at(tmp_path_factory.mktemp("billed"))
    bring_policy(workspace, [WARRENSBURG, INDEPENDENCE])
    town = billed_town()
    write_build(workspace, BUILD, town.rows, books=False, audit_mark="passed")
    return workspace, town


def test_a_planted_mistake_is_explained_with_its_lines_and_reads(billed, ratehouse):
    ended = ratehouse("bill", "010000002-1605", "--utility", WARRENSBURG, "--workspace", billed[0].root)
    assert ended.code == 0, ended.err
    assert "Bill 010000002-1605 of 16 May 2016 to account 010000002" in ended.out
    assert "sewer: The base charge of $9.00 is missing." in ended.out
    base = next(line for line in ended.out.splitlines() if "│ base" in line)
    assert [cell.strip() for cell in base.split("│")[2:9]] == ["base", "-", "-", "-", "1", "9.00", "$9.00"]
    assert "10 May 2016" in ended.out
    assert MARK in ended.out


def test_the_lines_of_every_bill_add_up_to_what_was_billed_and_to_what_is_due(billed):
    workspace, town = billed
    database = workspace.build_database(BUILD)
    for number in town.billed:
        found = known_bill(database, WARRENSBURG, number)
        sides = [
            sum(Decimal(line[at].strip("$")) for line in lines(found) if line[at] != "-") for at in (4, 7)
        ]
        assert sides == [town.billed[number], town.due[number]], number


def test_a_bill_that_agrees(billed, ratehouse):
    ended = ratehouse("bill", "020000003-1601", "--utility", WARRENSBURG, "--workspace", billed[0].root)
    assert ended.code == 0
    assert "sewer: Agrees to the cent: $55.28." in ended.out


def test_a_bill_without_reads_says_so(billed, ratehouse):
    ended = ratehouse("bill", "00010000-1702", "--utility", INDEPENDENCE, "--workspace", billed[0].root)
    assert ended.code == 0
    assert "No read was delivered for these days." in ended.out


def test_a_bill_that_is_not_there_ends_with_2(billed, ratehouse):
    ended = ratehouse("bill", "B1", "--utility", WARRENSBURG, "--workspace", billed[0].root)
    assert ended.code == 2
    assert f"Build {BUILD} has no bill B1 of warrensburg" in ended.err
    assert "ratehouse export fct_bill_audit" in ended.err


def test_a_build_of_an_earlier_version_ends_with_2(tmp_path, ratehouse):
    workspace = Workspace.at(tmp_path)
    bring_policy(workspace, [WARRENSBURG])
    with connect(workspace.build_database("old")) as connection:
        connection.execute("create schema marts")
    pointer = {"build_id": "old", "file": "builds/old.duckdb", "published_at": "", "audit_mark": "passed"}
    workspace.pointer.write_text(json.dumps(pointer), encoding="utf-8")
    ended = ratehouse("bill", "B1", "--workspace", workspace.root)
    assert ended.code == 2
    assert "made by an earlier version" in ended.err


SERVICE = {
    "service": "water", "usage_unit": "kwh", "billed_usd": Decimal("45.00"),
    "recomputed_usd": Decimal("50.06"), "difference_usd": Decimal("-5.06"),
    "billed_quantity": Decimal("1200.000000"),
    "usage_quantity": Decimal("1250.500000"), "average_quantity": Decimal("0"), "months": Decimal("2.000000"),
    "tariff_class": "residential", "meter_size": "5/8", "billed_as": None, "cancelled_on": date(2016, 7, 9),
}  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "billed_as", "said"),
    [
        ("none", None, "Agrees to the cent: $45.00."),
        ("rounding", None, "Apart by $5.06 through rounding only."),
        ("cancelled", None, "The bill was cancelled on 9 Jul 2016; it was apart by $5.06."),
        (
            "estimate",
            None,
            "Billed on 1,200 kWh, an estimate; the reads as they now stand give 1,250.5 kWh. "
            "The next true read puts it right.",
        ),
        ("wrong_usage", None, "Billed on 1,200 kWh; the reads show 1,250.5 kWh."),
        (
            "wrong_rate_version",
            "2014-10-01",
            "Priced at the rates of 1 Oct 2014; those of 1 Oct 2015 were in force.",
        ),
        ("wrong_class", "small_business", "Priced as small business; the account is residential."),
        ("wrong_meter_size", "1", "Charged for a meter of 1; it is one of 5/8."),
        ("wrong_months", None, "Charged for one month; the days of service make 2."),
        ("service_not_billed", None, "The service was left out: $50.06 is missing."),
        (
            "no_tariff",
            None,
            "No tariff prices it: $45.00 cannot be checked. Add its rates to tariffs/ and run again.",
        ),
        (
            "unexplained",
            None,
            "Billed $45.00, the tariff gives $50.06; no single mistake explains $5.06.",
        ),
    ],
)
def test_every_reason_is_a_sentence(reason, billed_as, said):
    in_force = [{"effective_from_on": date(2015, 10, 1)}]
    assert finding(SERVICE | {"reason": reason, "billed_as": billed_as}, lines=in_force) == said
