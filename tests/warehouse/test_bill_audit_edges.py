"""The bill audit on what cities do beside the usual; each right bill is worked out by hand."""

from __future__ import annotations

import pytest

from tests.support.plain_city import PlainCity

WATER = {"residential": (10, 2)}
MARCH = ("B1", "2022-02-28", "2022-03-31", "2022-04-01")


@pytest.mark.rule("R55")
def test_a_million_units_are_no_reason_to_stop():
    """25,001 steps x 40 are 1,000,040 kWh; at ten cents 100,004.00 and the base."""
    city = PlainCity()
    city.tariff("electric", "2020-01-01", {"residential": (10, "0.10")})
    city.meter("E", "electric", "kwh", dials=5, multiplier=40)
    city.reads("E", ("2022-02-28", 1000, 0), ("2022-03-31", 26001, None))
    city.bill(*MARCH, ("electric", "base", "10.00", 1), ("electric", "volume", "100004.00", 1000040))
    assert city.reasons() == {("B1", "electric"): ("none", "100014.00")}


@pytest.mark.parametrize("dials", [11, 12, 20])
def test_a_register_may_have_any_number_of_dials(dials):
    city = PlainCity()
    city.tariff("water", "2020-01-01", WATER)
    city.meter(dials=dials)
    city.reads("M", ("2022-02-28", 100, 0), ("2022-03-31", 105, None))
    city.bill(*MARCH, ("water", "base", "10.00", 1), ("water", "volume", "10.00", 5))
    assert city.reasons() == {("B1", "water"): ("none", "20.00")}


def test_a_first_reading_tells_no_use_and_accuses_nobody():
    city = PlainCity()
    city.tariff("water", "2020-01-01", WATER)
    city.meter()
    city.reads("M", ("2022-02-28", 100, None), ("2022-03-31", 105, None))
    feb = ("B0", "2022-01-31", "2022-02-28", "2022-03-01")
    for bill in (feb, MARCH):
        city.bill(*bill, ("water", "base", "10.00", 1), ("water", "volume", "10.00", 5))
    assert city.reasons() == {("B0", "water"): ("none", "20.00"), ("B1", "water"): ("none", "20.00")}
    sources = city.warehouse("fct_bill_audit").execute(
        "SELECT bill_id, usage_source FROM marts.fct_bill_audit ORDER BY bill_id"
    )
    assert sources.fetchall() == [("B0", "bill"), ("B1", "reads")]


def test_a_city_may_send_one_bill_for_each_service():
    city = PlainCity()
    city.tariff("water", "2020-01-01", WATER)
    city.tariff("electric", "2020-01-01", {"residential": (10, "0.10")})
    city.meter()
    city.meter("E", "electric", "kwh")
    for meter, use in (("M", 5), ("E", 100)):
        city.reads(meter, ("2022-02-28", 0, 0), ("2022-03-31", use, use))
    city.bill(*MARCH, ("water", "base", "10.00", 1), ("water", "volume", "10.00", 5))
    city.bill("B2", *MARCH[1:], ("electric", "base", "10.00", 1), ("electric", "volume", "10.00", 100))
    assert city.reasons() == {("B1", "water"): ("none", "20.00"), ("B2", "electric"): ("none", "20.00")}


@pytest.mark.rule("R12")
def test_a_winter_average_over_two_months_is_that_of_two_months():
    """6 ccf a month in winter and now: base 2 x 9 and 12 ccf at 4."""
    city = PlainCity(
        ("sewer",), winter_average__class_with_average="old_home", winter_average__min_reads="2",
        winter_average__class_without_average="new_home", billing__frequency_months="2",
    )  # fmt: skip
    city.tariff("sewer", "2020-01-01", {"old_home": (9, 4), "new_home": (9, 4)}, basis="winter_average")
    city.meter()
    days = ("2021-11-30", "2022-01-31", "2022-03-31", "2022-05-31")
    city.reads("M", *((day, 12 * place, 12) for place, day in enumerate(days, start=1)))
    city.bill("B1", "2022-03-31", "2022-05-31", "2022-06-02", ("sewer", "base", "18.00", 2),
              ("sewer", "volume", "48.00", 12, {"basis": "winter_average"}))  # fmt: skip
    assert city.reasons() == {("B1", "sewer"): ("none", "66.00")}


def test_a_service_left_off_one_bill_is_missed():
    """Water and sewer before and after; the bill between has water only: base 10 and 5 ccf at 2 of sewer."""
    city = PlainCity()
    for service in ("water", "sewer"):
        city.tariff(service, "2020-01-01", WATER)
    city.meter()
    ends = ("2022-01-31", "2022-02-28", "2022-03-31", "2022-04-30")
    city.reads("M", *((day, 5 * place, 5) for place, day in enumerate(ends)))
    for number, (first, last) in enumerate(zip(ends, ends[1:], strict=False)):
        services = ("water",) if number == 1 else ("water", "sewer")
        charges = [
            (service, code, "10.00", quantity)
            for service in services
            for code, quantity in (("base", 1), ("volume", 5))
        ]
        city.bill(f"B{number}", first, last, last, *charges)
    found = city.reasons()
    assert found.pop(("B1", "sewer")) == ("service_not_billed", "20.00")
    assert set(found.values()) == {("none", "20.00")} and len(found) == 5


def test_a_bill_that_tells_no_use_cannot_be_judged_and_one_without_unit_is_in_the_tariffs():
    city = PlainCity()
    city.tariff("water", "2020-01-01", WATER)
    city.bill(*MARCH, ("water", "base", "10.00", 1), ("water", "volume", "10.00", None))
    city.bill("B2", "2022-03-31", "2022-04-30", "2022-05-01", ("water", "base", "10.00", 1),
              ("water", "volume", "10.00", 5, {"unit": None}))  # fmt: skip
    assert city.reasons() == {("B1", "water"): ("no_use", "10.00"), ("B2", "water"): ("none", "20.00")}


@pytest.mark.parametrize(("sizes", "base"), [(("2", "10"), "100.00"), (("5/8", "1 1/2"), "40.00")])
def test_the_largest_meter_is_the_largest_in_inches(sizes, base):
    city = PlainCity()
    bases = {"5/8": 10, "1 1/2": 40, "2": 50, "10": 100}
    city.tariff("water", "2020-01-01", {"residential": (bases, 2)}, by_size=True)
    for size in sizes:
        city.meter(size, meter_size=size)
        city.reads(size, ("2022-02-28", 0, 0), ("2022-03-31", 5, 5))
    city.bill(*MARCH, ("water", "base", base, 1), ("water", "volume", "20.00", 10))
    (answer,) = city.reasons().values()
    assert answer == ("none", f"{int(base[:-3]) + 20}.00")


def test_a_class_of_a_later_tariff_prices_no_earlier_bill():
    city = PlainCity()
    city.rows["accounts"][0]["rate_code"] = "senior"
    city.tariff("water", "2020-01-01", WATER)
    city.tariff("water", "2023-01-01", WATER | {"senior": (5, 1)})
    city.bill(*MARCH, ("water", "base", "10.00", 1), ("water", "volume", "10.00", 5))
    city.bill("B2", "2023-02-28", "2023-03-31", "2023-04-01", ("water", "base", "5.00", 1),
              ("water", "volume", "5.00", 5))  # fmt: skip
    assert city.reasons() == {("B1", "water"): ("none", "20.00"), ("B2", "water"): ("none", "10.00")}


def test_a_deposit_alone_is_no_bill_without_a_base():
    city = PlainCity()
    city.tariff("electric", "2020-01-01", {"residential": (10, "0.10")})
    city.bill("B1", None, None, "2022-04-01", ("electric", "deposit", "200.00", 1))
    assert city.reasons() == {}


@pytest.mark.parametrize(("kind", "reason"), [("estimated", "wrong_usage"), ("actual", "estimate")])
def test_an_estimate_excuses_only_what_was_read_since(kind, reason):
    """600 ccf billed as an estimate: an excuse only where the deliveries hold the later true read."""
    city = PlainCity()
    city.tariff("water", "2020-01-01", WATER)
    city.meter()
    city.reads("M", ("2022-02-28", 0, 0), ("2022-03-31", 6, 6))
    city.rows["reads"][-1]["read_kind"] = kind
    city.bill(*MARCH, ("water", "base", "10.00", 1),
              ("water", "volume", "1200.00", 600, {"basis": "estimated"}))  # fmt: skip
    assert city.reasons() == {("B1", "water"): (reason, "22.00")}


def test_the_same_days_may_be_billed_once():
    city = PlainCity()
    city.tariff("water", "2020-01-01", WATER)
    charges = (("water", "base", "10.00", 1), ("water", "volume", "10.00", 5))
    city.bill(*MARCH, *charges)
    city.bill("B2", *MARCH[1:], *charges)
    assert city.reasons() == {("B1", "water"): ("none", "20.00"), ("B2", "water"): ("billed_twice", "20.00")}


@pytest.mark.rule("R12")
def test_a_bill_over_the_days_of_a_cancelled_one_has_its_reads():
    """5 ccf in February, cancelled; 5 in March; one bill for both: base 2 x 10 and 10 ccf at 2."""
    city = PlainCity()
    city.tariff("water", "2020-01-01", WATER)
    city.meter()
    city.reads("M", ("2022-01-31", 0, 0), ("2022-02-28", 5, 5), ("2022-03-31", 10, 5))
    city.bill("B1", "2022-01-31", "2022-02-28", "2022-03-01", ("water", "base", "10.00", 1),
              ("water", "volume", "10.00", 5))  # fmt: skip
    city.add("bills", bill_id="C1", account_id="A", bill_date="2022-03-05", due_date="2022-03-05",
             kind="cancel", cancels_bill_id="B1")  # fmt: skip
    city.bill("B2", "2022-01-31", "2022-03-31", "2022-04-01", ("water", "base", "20.00", 2),
              ("water", "volume", "20.00", 10))  # fmt: skip
    assert city.reasons() == {("B1", "water"): ("none", "20.00"), ("B2", "water"): ("none", "40.00")}


def test_any_class_may_pay_by_the_winter_average():
    """Businesses with three winter reads of 6 ccf: base 9 and 6 ccf at 4, whatever April used."""
    city = PlainCity(
        ("sewer",), winter_average__class_with_average="old_home",
        winter_average__class_without_average="new_home",
    )  # fmt: skip
    city.rows["accounts"][0]["customer_class"] = "commercial"
    city.tariff("sewer", "2020-01-01", {"commercial": (9, 4)}, basis="winter_average")
    city.meter()
    city.reads("M", ("2021-12-31", 0, 0), ("2022-01-31", 6, 6), ("2022-02-28", 12, 6), ("2022-03-31", 18, 6),
               ("2022-04-30", 40, 22))  # fmt: skip
    city.bill("B1", "2022-03-31", "2022-04-30", "2022-05-02", ("sewer", "base", "9.00", 1),
              ("sewer", "volume", "24.00", 6, {"basis": "winter_average"}))  # fmt: skip
    assert city.reasons() == {("B1", "sewer"): ("none", "33.00")}
