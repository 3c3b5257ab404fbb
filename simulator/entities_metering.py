"""Rows of meters, reads and the water provider's list, and the pages of the answer sheet about them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from simulator import columns as col
from simulator.accounts import NEVER, Premises
from simulator.agenda import Rows
from simulator.cities import METER_SIZES, SERVICES, City
from simulator.meters import LETTERS, READ_KINDS, REASONS, UNITS
from simulator.water_provider import BEHIND
from simulator.world import reference

AccountIds = Callable[..., pa.Array]
MICRO = 1_000_000
DIGITS = 11
_LETTER = np.zeros(len(SERVICES), np.uint8)
_LETTER[list(LETTERS)] = [ord(letter) for letter in LETTERS.values()]


def meter_ids(rows: Rows) -> pa.Array:
    """Meter numbers: a letter for the service, six digits of the premise, one for how many came before."""
    return col.identifiers(_LETTER[rows["service"]], rows["premise"] * 10 + rows["generation"], 7)


def addresses(premise: np.ndarray, city: City) -> pa.Array:
    """Street addresses; premises without an account stand across the street."""
    streets = city.streets
    across = premise > BEHIND
    place, street = np.divmod(np.where(across, premise - BEHIND, premise), len(streets))
    houses = 100 + 2 * place + across
    return col.texts(
        [f"{house} {streets[at]}" for house, at in zip(houses.tolist(), street.tolist(), strict=True)]
    )


def meters(rows: Rows, premises: Premises) -> pa.Table:
    """Meters as they stand now."""
    service = rows["service"]
    size = np.where(service == SERVICES.index("water"), premises.meter_size[rows["premise"]], -1)
    return pa.table(
        {
            "meter_id": meter_ids(rows),
            "premise_id": col.identifiers("L", rows["premise"], 6),
            "service": col.codes(service, SERVICES),
            "meter_size": col.codes(size, METER_SIZES),
            "unit": col.codes(service, tuple(UNITS.get(number, "") for number in range(len(SERVICES)))),
            "dials": col.integers(rows["dials"]),
            "multiplier": col.quantity(rows["multiplier"] * MICRO),
            "installed_on": col.dates(rows["installed"]),
            "removed_on": col.dates(np.maximum(rows["removed"], 0), rows["removed"] >= 0),
        }
    )


def reads(rows: Rows, city: City) -> pa.Table:
    """Reads: the reading, what it meant, and why it was estimated."""
    return pa.table(
        {
            "read_id": col.identifiers(
                rows["letter"].astype(np.uint8), reference(rows["key"], rows["month"]), DIGITS
            ),
            "meter_id": meter_ids(rows),
            "read_on": col.dates(rows["read_on"]),
            "reading": col.quantity(rows["reading"] * MICRO),
            "read_kind": col.codes(rows["kind"], READ_KINDS),
            "estimate_reason": col.codes(rows["reason"], REASONS),
            "usage": col.quantity(rows["usage"] * MICRO),
            "billing_group": col.codes(rows["group"], city.groups),
        }
    )


def source_accounts(rows: Rows, account_ids: AccountIds, city: City) -> pa.Table:
    """The water provider's accounts."""
    ended = rows["ended"]
    return pa.table(
        {
            "source_account_id": col.identifiers("M", rows["key"], 8),
            "account_id": account_ids(np.where(rows["account"] < 0, 0, rows["key"]), rows["account"] >= 0),
            "premise_id": col.identifiers("L", rows["premise"], 6),
            "service_address": addresses(rows["premise"], city),
            "activated_on": col.dates(rows["activated"]),
            "ended_on": col.dates(np.where(ended < NEVER, ended, 0), ended < NEVER),
        }
    )


def _estimates(rows: Rows, account_ids: AccountIds) -> pa.Table:
    """What was estimated, and what the register truly counted in the same days."""
    return pa.table(
        {
            "account_id": account_ids(rows["key"]),
            "meter_id": meter_ids(rows),
            "service": col.codes(rows["service"], SERVICES),
            "read_on": col.dates(rows["read_on"]),
            "reason": col.codes(rows["reason"], REASONS),
            "estimated_usage": col.quantity(rows["estimated"] * MICRO),
            "true_usage": col.quantity(rows["true"] * MICRO),
        }
    )


def _stuck_meters(rows: Rows, account_ids: AccountIds) -> pa.Table:
    """Registers that did not move, from when until they were found, and what they missed."""
    until = rows["stuck_to"]
    return pa.table(
        {
            "meter_id": meter_ids(rows),
            "premise_id": col.identifiers("L", rows["premise"], 6),
            "service": col.codes(rows["service"], SERVICES),
            "stuck_from": col.dates(rows["stuck_from"]),
            "stuck_to": col.dates(np.maximum(until, 0), until >= 0),
            "unmetered_usage": col.quantity(rows["unmetered"] * MICRO),
        }
    )


# Pages of the answer sheet: the sink's name, the file, the builder.
SHEETS = {
    "estimate_sheet": ("estimates.parquet", _estimates),
    "stuck_sheet": ("stuck_meters.parquet", _stuck_meters),
}
