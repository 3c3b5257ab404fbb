"""Edits of prices as text, and scenarios as files: what is refused, and that nothing leaves its folder."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from dashboards import formats, pricing, rate_edits, rates, scenario_files, scenarios, words
from dashboards.bill_calculator import season_on
from ratehouse.errors import UsageError
from ratehouse.workspace import Workspace

BASE = rates.Price("base", "fixed", "", "", 0, None, Decimal("9.000000"), "month", "flat", None, True)
VOLUME = rates.Price("volume", "blocks", "", "", 1, Decimal(2), Decimal("2.70"), "ccf", "actual", Decimal(8))
OPEN = replace(VOLUME, block_no=2, upper_bound=None, unit_rate_usd=Decimal("5.11"))
PRICES = (BASE, VOLUME, OPEN)
LADDER = ("volume", "")


def edited(blocks, cap="8", base="9.00"):
    return rate_edits.edited(PRICES, {LADDER: blocks}, {"volume": cap}, [(base, "")])


class TestEdits:
    def test_texts_read_back_are_the_same_prices(self):
        assert rate_edits.checked(PRICES) == PRICES
        assert rate_edits.as_texts(PRICES) == rate_edits.Texts(
            {LADDER: [("2", "2.70"), ("", "5.11")]}, {"volume": "8"}, [("9.00", "")]
        )

    def test_a_price_that_is_changed_is_no_longer_assumed(self):
        same, changed = edited([("2", "2.7"), ("", "5.11")]), edited([("", "1")], base="9.01")
        assert same == PRICES
        assert [price.is_assumed for price in changed] == [False, False]

    def test_a_block_is_added_taken_away_and_the_cap_lifted(self):
        prices = edited([("2", "2.70"), ("", ""), ("8", "$5.11"), ("", "6.000001")], cap="")
        assert [(price.block_no, price.upper_bound, price.unit_rate_usd) for price in prices[1:]] == [
            (1, Decimal(2), Decimal("2.70")),
            (2, Decimal(8), Decimal("5.11")),
            (3, None, Decimal("6.000001")),
        ]
        assert {price.cap_quantity for price in prices} == {None}

    @pytest.mark.parametrize(
        ("blocks", "said"),
        [
            ([("2", "2.70"), ("2", "3"), ("", "5.11")], "block 2 goes up to 2, and the one before already"),
            ([("8", "2.70"), ("2", "3"), ("", "5.11")], "and the one before already up to 8"),
            ([("0", "2.70"), ("", "5.11")], "block 1 goes up to 0"),
            ([("", "2.70"), ("", "5.11")], "block 1 is open, and a block follows"),
            ([("2", "2.70"), ("8", "5.11")], "the last block is not open"),
            ([("2", "2.70"), ("", "")], "the last block is not open"),
            ([("", "")], "has no block"),
            ([("2", ""), ("", "5.11")], "block 1, rate: '' is no number"),
            ([("two", "2.70"), ("", "5.11")], "block 1, up to: 'two' is no number"),
        ],
    )  # fmt: skip
    def test_blocks_that_are_not_in_order_are_refused(self, blocks, said):
        with pytest.raises(rate_edits.WrongPrices) as wrong:
            edited(blocks)
        assert any(said in problem for problem in wrong.value.problems)

    @pytest.mark.parametrize(
        "text",
        ["", "-1", "1e3", "NaN", "Infinity", "1,5", "5.11.1", "1.0000001", "٣", "1234567890", "=1", "5 %"],
    )
    def test_what_is_no_plain_number_is_refused(self, text):
        with pytest.raises(rate_edits.WrongPrices):
            rate_edits.number(text, "Rate")

    def test_all_that_is_wrong_is_said_at_once(self):
        with pytest.raises(rate_edits.WrongPrices) as wrong:
            edited([("2", "x"), ("1", "1")], cap="no", base="y")
        assert len(wrong.value.problems) >= 2

    def test_a_percentage_is_at_most_the_bill(self):
        tax = replace(BASE, component="tax", component_kind="percent", unit="percent")
        with pytest.raises(rate_edits.WrongPrices, match="more than the bill"):
            rate_edits.edited((tax,), {}, {}, [("101", "")])


class TestPrices:
    def test_lower_bounds_follow_from_the_upper_ones(self):
        summer = [
            replace(price, season="06-01/10-31", component_kind="seasonal_blocks") for price in PRICES[1:]
        ]
        winter = [replace(price, season="11-01/05-31") for price in summer]
        days = [date(2020, 10, 1), date(2021, 10, 1)]
        found = rates.components(
            [BASE, *winter, *summer], days, utility="u", service="sewer", tariff_class="c", rounding="r"
        )
        assert found.height == 10
        blocks = found.filter(found["season"] == "06-01/10-31", found["effective_from_on"] == days[0])
        assert blocks["lower_bound"].to_list() == [Decimal(0), Decimal(2)]
        assert blocks["season_first"].to_list() == ["06-01"] * 2

    @pytest.mark.parametrize(
        ("prices", "others", "why"),
        [
            ((replace(VOLUME, season="06-01/10-31"),), (VOLUME,), "its bills do not tell the seasons"),
            ((VOLUME,), (replace(VOLUME, season="06-01/10-31"),), ""),
            ((replace(BASE, meter_size="1"),), (replace(BASE, meter_size="2"),),
             "it has meter sizes that these prices have not"),
            ((replace(BASE, component_kind="demand"),), (BASE,), "its bills tell no demand"),
            ((replace(VOLUME, basis="winter_average"),), (VOLUME,), "its bills tell no winter average"),
            ((VOLUME,), (replace(VOLUME, basis="winter_average"),), ""),
        ],
    )  # fmt: skip
    def test_prices_hold_only_for_bills_that_tell_what_they_need(self, prices, others, why):
        assert rates.why_not_in(prices, others) == why

    def test_changes_name_what_is_new_and_what_is_gone(self):
        later = (replace(BASE, unit_rate_usd=Decimal("9.90"), is_assumed=False), VOLUME)
        assert rates.changes(PRICES, later).rows() == [
            ("Base charge", "$9.00 a month †", "$9.90 a month", Decimal(10)),
            ("Volume, block 2", "$5.11 a ccf, capped at 8", formats.UNKNOWN, None),
        ]

    def test_meter_sizes_are_in_the_order_of_their_inches(self):
        sizes = ["2", "1 1/2", "3/4", "10", "1", "5/8", "large"]
        assert sorted(sizes, key=rates.size_order) == ["5/8", "3/4", "1", "1 1/2", "2", "10", "large"]

    def test_a_season_may_span_the_turn_of_the_year(self):
        seasons = ["06-01/10-31", "11-01/05-31"]
        assert [season_on(seasons, date(2021, month, 1)) for month in (5, 6, 10, 11, 1)] == [
            seasons[1], seasons[0], seasons[0], seasons[1], seasons[1],
        ]  # fmt: skip
        assert words.season(seasons[1]) == "1 Nov to 31 May"

    def test_uses_are_a_short_list_of_numbers(self):
        assert rate_edits.quantities("8, 2,2 , 4.5") == [Decimal(2), Decimal("4.5"), Decimal(8)]
        for text in ("", "a", ",".join(map(str, range(13)))):
            with pytest.raises(rate_edits.WrongPrices):
                rate_edits.quantities(text)
        for unit, text in pricing.TYPICAL.items():
            assert Decimal(pricing.TYPICAL_USE[unit]) in rate_edits.quantities(text), unit

    @pytest.mark.parametrize(
        ("rate", "text"),
        [("5.110000", "$5.11"), ("9", "$9.00"), ("0.126806", "$0.126806"), ("0.1349", "$0.1349"),
         ("1234.5", "$1,234.50"), ("0.000000", "$0.00")],
    )  # fmt: skip
    def test_a_rate_reads_as_adopted(self, rate, text):
        assert formats.rate(Decimal(rate)) == text


def scenario(name: str = "Plan A", utility: str = "warrensburg", **values) -> scenarios.Scenario:
    return scenarios.Scenario(**{
        "name": name, "utility_id": utility, "service": "sewer", "fiscal_year": 2019,
        "tariff_class": "residential_new", "effective_from_on": date(2018, 10, 1), "is_all_year": True,
        "prices": PRICES, "build_id": "2019-10-01T060000Z", "revenue_usd": Decimal("1234.56"), **values,
    })  # fmt: skip


class TestScenarios:
    def test_a_scenario_is_read_back_exactly(self, tmp_path):
        workspace = Workspace.at(tmp_path)
        name = "Größe: =1+1 <b> №1"
        slug = scenarios.save(workspace, scenario(name))
        found, problems = scenarios.saved(workspace, "warrensburg")
        assert not problems
        assert slug == "groe-1-1-b-no1"
        assert found[slug].name == name and found[slug].prices == PRICES
        assert found[slug].revenue_usd == Decimal("1234.56")
        assert found[slug].saved_by and found[slug].saved_at
        scenarios.delete(workspace, "warrensburg", slug)
        scenarios.delete(workspace, "warrensburg", slug)
        assert scenarios.saved(workspace, "warrensburg") == ({}, [])

    @pytest.mark.parametrize("name", ["../../evil", "/etc/passwd", "..", "a/b\\c", "con\x00.yml", "x" * 60])
    def test_a_name_never_becomes_a_path(self, tmp_path, name):
        workspace = Workspace.at(tmp_path)
        with suppress(UsageError):
            scenarios.save(workspace, scenario(name))
        written = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert all(path.parent == workspace.scenarios / "warrensburg" for path in written)
        assert all(scenario_files.SLUG.fullmatch(path.stem) for path in written)

    @pytest.mark.parametrize("name", ["", "   ", "!!!", "x" * 61])
    def test_a_name_needs_letters_and_has_an_end(self, tmp_path, name):
        with pytest.raises(UsageError, match="Give the scenario a name"):
            scenarios.save(Workspace.at(tmp_path), scenario(name))

    def test_another_one_is_never_written_over(self, tmp_path):
        workspace = Workspace.at(tmp_path)
        scenarios.save(workspace, scenario("Plan A"))
        with pytest.raises(UsageError, match="is saved already"):
            scenarios.save(workspace, scenario("plan-a", fiscal_year=2020))
        assert scenarios.saved(workspace, "warrensburg")[0]["plan-a"].fiscal_year == 2019

    @pytest.mark.parametrize("key", ["../plan", "plan/../../x", "", "Plan", "plan.yml"])
    def test_only_a_slug_is_deleted(self, tmp_path, key):
        with pytest.raises(UsageError):
            scenarios.delete(Workspace.at(tmp_path), "warrensburg", key)

    @pytest.mark.parametrize("utility", ["..", "../x", "", "/tmp"])
    def test_a_utility_that_could_be_a_path_is_refused(self, tmp_path, utility):
        with pytest.raises(UsageError):
            scenarios.save(Workspace.at(tmp_path), scenario(utility=utility))

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("'5.11'", "5.11"),
            ("'5.11'", "'1e9'"),
            ("upper_bound: '2'", "upper_bound: null"),
            ("utility_id: warrensburg", "utility_id: independence"),
            ("service: sewer", "service: 'sewer; drop'"),
            ("fiscal_year: 2019", "fiscal_year: '2019'"),
            ("effective_from_on: 2018-10-01", "effective_from_on: tomorrow"),
            ("name: Plan A", "name: Plan B"),
            ("name: Plan A", "name: [A]"),
            ("is_all_year: true", "is_all_year: 1"),
            ("revenue_usd: '1234.56'", "revenue_usd: NaN"),
            ("build_id:", "other:"),
            ("prices:", "prices: 3\nolder:"),
            ("# Rates", "- Rates"),
        ],
    )
    def test_a_file_of_another_kind_is_told_and_left_out(self, tmp_path, old, new):
        workspace = Workspace.at(tmp_path)
        slug = scenarios.save(workspace, scenario())
        path = workspace.scenarios / "warrensburg" / f"{slug}.yml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        found, problems = scenarios.saved(workspace, "warrensburg")
        assert not found
        assert len(problems) == 1 and "plan-a.yml" in problems[0]
