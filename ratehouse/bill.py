"""One bill explained: its lines as billed and by tariff, the reads, and in a sentence what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from ratehouse.warehouse import fetch, reading
from ratehouse.workspace import PROJECT_ROOT

# A bill is asked the same questions here and on the page.
QUERIES = PROJECT_ROOT / "dashboards" / "queries"
Rows = list[dict]
ZERO = Decimal(0)
MARK_OF_ASSUMED = "\N{DAGGER}"


@dataclass(frozen=True)
class Bill:
    """What is known of a bill.

    Attributes:
        services: a row for each service, as `bill_services` gives it.
        differences: lines of the services that differ, billed beside recomputed.
        lines: what the tariff gives, line by line.
        reads: the reads that it rests on.
        utilities: the build's utilities, for the mark of simulated data.
    """

    services: Rows
    differences: Rows
    lines: Rows
    reads: Rows
    utilities: Rows


def bill(database: Path, utility_id: str, bill_id: str) -> Bill | None:
    """A bill of a build; None where the audit knows none of that name.

    Args:
        database: the build's file.
        utility_id: of the utility.
        bill_id: the bill.

    Raises:
        UsageError: the build was made by an earlier version.
    """
    asked = {"utility": utility_id, "bill": bill_id}
    questions = ("bill_services", "bill_differences", "bill_lines", "bill_reads", "utilities")
    with reading(database) as connection:
        answers = [
            fetch(
                connection,
                (QUERIES / f"{question}.sql").read_text(encoding="utf-8"),
                {} if question == "utilities" else asked,
            ).to_dicts()
            for question in questions
        ]
    return Bill(*answers) if answers[0] else None


def finding(service: Mapping, differences: Iterable[Mapping] = (), lines: Iterable[Mapping] = ()) -> str:
    """What is wrong with a service of a bill, in a plain sentence.

    Args:
        service: a row of `bill_services`.
        differences: rows of `bill_differences` of that service.
        lines: rows of `bill_lines` of that service.
    """
    reason, apart = service["reason"], abs(service["difference_usd"])
    billed, given = _usd(service["billed_usd"]), _usd(service["recomputed_usd"])
    unit = unit_name(service["usage_unit"])
    by_component: dict[str, list[Mapping]] = {}
    for line in differences:
        by_component.setdefault(line["component"], []).append(line)
    base = _total(by_component.get("base", ()), "recomputed_usd")
    tax = _total(by_component.get("tax", ()), "billed_usd")
    on = f"Billed on {quantity(service['billed_quantity'])} {unit}".rstrip()
    used = f"{quantity(service['usage_quantity'])} {unit}".rstrip()
    versions = sorted({line["effective_from_on"] for line in lines if line["effective_from_on"]})
    in_force = " and ".join(_day(version) for version in versions) or "the rates in force"
    is_version = reason == "wrong_rate_version"
    instead = _version(service["billed_as"]) if is_version else _words(service["billed_as"])
    sentences = {
        "none": f"Agrees to the cent: {billed}.",
        "rounding": f"Apart by {_usd(apart)} through rounding only.",
        "cancelled": f"The bill was cancelled on {_day(service.get('cancelled_on'))}; it was apart by "
        f"{_usd(apart)}.",
        "estimate": f"{on}, an estimate; the reads as they now stand give {used}. The next true read "
        "puts it right.",
        "missing_base": f"The base charge of {_usd(base)} is missing.",
        "tax_not_due": f"A tax of {_usd(tax)} was charged; this account pays none.",
        "wrong_winter_average": f"{on}; the winter average gives "
        f"{quantity(service['average_quantity'])} {unit}.",
        "wrong_usage": f"{on}; the reads show {used}.",
        "wrong_rate_version": f"Priced at the rates of {instead}; those of {in_force} were in force.",
        "wrong_class": f"Priced as {instead}; the account is {_words(service['tariff_class'])}.",
        "wrong_meter_size": f"Charged for a meter of {instead}; it is one of "
        f"{_words(service['meter_size'])}.",
        "wrong_months": f"Charged for one month; the days of service make {quantity(service['months'])}.",
        "service_not_billed": f"The service was left out: {given} is missing.",
        "billed_twice": f"Another bill that stands charges the same days: {billed} was charged once more.",
        "no_use": f"Neither reads nor the bill tell the use: {billed} cannot be checked.",
        "no_tariff": f"No tariff prices it: {billed} cannot be checked. Add its rates to tariffs/ and "
        "run again.",
    }
    return sentences.get(
        reason, f"Billed {billed}, the tariff gives {given}; no single mistake explains {_usd(apart)}."
    )


def lines(found: Bill) -> list[tuple[str, ...]]:
    """The lines of a bill as text: service, line, then quantity, rate and amount as billed and by tariff.

    A service that agrees to the cent has its lines by tariff only, in both places.
    """
    shown = [
        (
            line["service"],
            _marked(line),
            *_three(line["billed_quantity"], line["billed_rate_usd"], line["billed_usd"]),
            *_three(line["recomputed_quantity"], line["recomputed_rate_usd"], line["recomputed_usd"]),
        )
        for line in found.differences
    ]
    differing = {line["service"] for line in found.differences}
    for line in found.lines:
        if line["service"] not in differing:
            same = _three(line["quantity"], line["unit_rate_usd"], line["amount_usd"])
            shown.append((line["service"], _marked(line), *same, *same))
    return sorted(shown, key=lambda line: line[0])


def line_name(line: Mapping) -> str:
    """A line as `volume, block 2`."""
    name = _words(line["component"])
    return f"{name}, block {line['block_no']}" if line["block_no"] else name


def _marked(line: Mapping) -> str:
    return line_name(line) + (f" {MARK_OF_ASSUMED}" if line["is_assumed"] else "")


def _three(number: Decimal | None, rate: Decimal | None, amount: Decimal | None) -> tuple[str, str, str]:
    if amount is None:
        return "-", "-", "-"
    return "-" if number is None else quantity(number), "-" if rate is None else _rate(rate), _usd(amount)


def unit_name(unit: str | None) -> str:
    """A unit as people write it."""
    return {"kwh": "kWh", "kw": "kW"}.get(unit or "", unit or "")


def _total(lines: Iterable[Mapping], column: str) -> Decimal:
    return sum((line[column] or ZERO for line in lines), ZERO)


def _usd(amount: Decimal) -> str:
    return f"{'−' if amount < 0 else ''}${abs(amount):,.2f}"


def quantity(value: Decimal | None) -> str:
    """A quantity without zeros at its end."""
    if value is None:
        return "an unknown use"
    text = f"{abs(value):,f}"
    return ("−" if value < 0 else "") + (text.rstrip("0").rstrip(".") if "." in text else text)


def _rate(value: Decimal) -> str:
    """A price with two decimals at least."""
    text = quantity(value)
    decimals = len(text.partition(".")[2])
    return text + ("." if not decimals else "") + "0" * (2 - decimals)


def _day(value: date | None) -> str:
    return f"{value.day} {value:%b %Y}" if value else "an unknown day"


def _version(text: str | None) -> str:
    return _day(date.fromisoformat(text)) if text else "another time"


def _words(code: str | None) -> str:
    return (code or "another kind").replace("_", " ")
