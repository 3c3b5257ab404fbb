"""The settings of a simulation: the one file of rates, and what can be left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from simulator.cities import CITIES, without
from simulator.rates import SETTINGS, load_rates

SIMULATOR = Path(SETTINGS).parent


def leaves(node: dict, path: str = "") -> dict[str, dict]:
    """Every setting of the file by its dotted name."""
    found = {}
    for name, child in node.items():
        if isinstance(child, dict) and {"value", "independence", "warrensburg"} & child.keys():
            found[path + name] = child
        else:
            found |= leaves(child, f"{path}{name}.")
    return found


def is_read(name: str, code: str) -> bool:
    """Whether each part of a dotted name is read as an attribute, or by `getattr` on its section."""
    parts = name.split(".")
    sections = ["rates", *parts]
    return all(
        re.search(rf"\.{part}\b", code) or re.search(rf"getattr\([\w.]*\b{section},", code)
        for section, part in zip(sections, parts, strict=False)
    )


def test_every_setting_has_a_value_for_both_cities_and_is_read_somewhere():
    code = "\n".join(path.read_text(encoding="utf-8") for path in SIMULATOR.glob("*.py"))
    for name, leaf in leaves(yaml.safe_load(SETTINGS.read_text(encoding="utf-8"))).items():
        assert "value" in leaf or {"independence", "warrensburg"} <= leaf.keys(), name
        assert is_read(name, code), f"{name} is read nowhere"


def test_a_setting_that_is_only_mentioned_is_not_read():
    assert is_read("moves.owners", "rates = world.rates.moves\nrates.owners")
    assert is_read("dials.water", "getattr(rates.dials, service)")
    assert not is_read("moves.owners", "world.rates.moves  # of owners, and owners_share")
    assert not is_read("moves.owners", "world.rates.moves.owners_share")


def test_a_file_replaces_single_settings_and_nothing_else(tmp_path):
    changes = tmp_path / "rates.yml"
    changes.write_text("response: {none: {waits: {value: 0.25}}}\n", encoding="utf-8")
    changed, usual = load_rates("independence", changes), load_rates("independence")
    assert (usual.response.none.waits, changed.response.none.waits) == (0, 0.25)
    assert changed.response.strong == usual.response.strong


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("respons: {}", "respons is no setting"),
        ("response: {none: {wait: {value: 1}}}", "response.none.wait is no setting"),
        ("response: {none: {waits: 1}}", "response.none.waits is a single setting"),
        ("response: {value: 1}", "response is a section"),
        ("- 1", "holds no settings"),
        ("a: [", "cannot be read"),
    ],
)
def test_a_wrong_file_of_rates_is_refused_by_name(tmp_path, text, expected):
    changes = tmp_path / "mine.yml"
    changes.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="mine.yml") as refused:
        load_rates("independence", changes)
    assert expected in str(refused.value)


def test_without_the_waiver_only_waivers_are_absent():
    city, twin = CITIES["independence"], without(CITIES["independence"], ["waiver"])
    assert twin.outage == city.outage and twin.moratoria == city.moratoria
    assert {waiver.event_id for waiver in twin.waivers} == {
        "conversion_2018_late_fees",
        "covid_spring_late_fees",
    }
    # The card fees of COVID had been waived before: they end the day before the outage was found.
    assert [str(waiver.event_id) for waiver in twin.fee_waivers] == ["covid_card_fees"]
    assert twin.fee_waivers[0].last + 1 == city.outage.closed_first


def test_without_the_event_nothing_of_december_happened():
    twin = without(CITIES["independence"], ["event"])
    assert twin.outage is None
    assert {hold.event_id for hold in twin.moratoria} == {"conversion_2018_shutoffs", "covid_spring_shutoffs"}
    assert twin.one_time_credits == CITIES["independence"].one_time_credits


def test_one_of_two_waivers_leaves_the_other():
    twin = without(CITIES["independence"], ["covid_late_fees"])
    assert "outage_late_fees" in {waiver.event_id for waiver in twin.waivers}


def test_something_unknown_to_leave_out_is_refused_with_what_there_is():
    with pytest.raises(ValueError, match="nothing called 'flood'.*covid_late_fees.*event.*waiver"):
        without(CITIES["warrensburg"], ["flood"])
