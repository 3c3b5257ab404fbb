"""The bank: one row for each day's takings by way of payment, on the day on which they are good money.

Every payment and every return is in exactly one row. While the outage keeps the ledger closed the bank still
has what was taken.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from simulator import columns as col
from simulator.agenda import Rows
from simulator.calendars import date_of
from simulator.payers import (
    AGENT,
    ASSISTANCE,
    AUTOPAY_CHANNEL,
    BANK_DRAFT,
    CARD_TENDER,
    CHANNELS,
    DROP_BOX,
    MAIL,
    ONLINE,
    PHONE,
)
from simulator.world import World

# Streams of money: name, BAI2 type code, bank account, open days until it is there.
STREAMS = (
    ("counter", "301", "operating", 1),
    ("drop_box", "301", "operating", 1),
    ("lockbox", "115", "lockbox", 1),
    ("cards", "142", "operating", 2),  # gross; fees are invoiced apart
    ("electronic", "142", "operating", 1),  # electronic checks, the agent, assistance
    ("drafts", "165", "operating", 1),
    ("returned_items", "555", "operating", 0),
    ("returned_drafts", "557", "operating", 0),
    ("chargebacks", "455", "operating", 0),
)
_NAMES, _CODES, _ACCOUNTS, _DAYS = zip(*STREAMS, strict=True)
COUNTER, DROPPED, LOCKBOX, CARDS, ELECTRONIC, DRAFTS, ITEMS_BACK, DRAFTS_BACK, CARDS_BACK = range(
    len(STREAMS)
)
_BY_CHANNEL = np.full(len(CHANNELS), COUNTER)
_BY_CHANNEL[[DROP_BOX, MAIL, PHONE, AUTOPAY_CHANNEL]] = (DROPPED, LOCKBOX, CARDS, DRAFTS)
_BY_CHANNEL[[ONLINE, AGENT, ASSISTANCE]] = ELECTRONIC


def take_in(world: World, rows: Rows) -> None:
    """Count the payments received today."""
    stream = np.where(rows["tender"] == CARD_TENDER, CARDS, _BY_CHANNEL[rows["channel"]])
    np.add.at(world.till, stream, rows["cents"])


def give_back(world: World, rows: Rows) -> None:
    """Count the payments returned today."""
    tender = rows["tender"]
    stream = np.where(
        tender == CARD_TENDER, CARDS_BACK, np.where(tender == BANK_DRAFT, DRAFTS_BACK, ITEMS_BACK)
    )
    np.subtract.at(world.till, stream, rows["cents"])


def close_day(world: World, on: int) -> None:
    """Send the day's takings to the bank, and keep the rows of what is there today."""
    streams = np.flatnonzero(world.till)
    if len(streams):
        days = world.work.after(np.full(len(streams), on), np.array(_DAYS)[streams])
        taken = np.full(len(streams), on)
        world.bankings.put(days, stream=streams, cents=world.till[streams].copy(), taken_on=taken)
        world.till[:] = 0
    rows = world.bankings.pop(on)
    if rows is not None:
        world.sink.add("bank_transactions", len(rows["stream"]), value_on=on, **rows)


def bank_transactions(rows: Rows) -> pa.Table:
    """Rows of the bank's statement; the reference tells the day of the takings and the way of payment."""
    stream, taken = rows["stream"], rows["taken_on"]
    references = [
        f"{date_of(int(on)):%Y%m%d}-{_NAMES[number]}" for on, number in zip(taken, stream, strict=True)
    ]
    return pa.table(
        {
            "bank_transaction_id": col.identifiers((stream + ord("A")).astype(np.uint8), taken, 11),
            "bank_account": col.codes(stream, _ACCOUNTS),
            "value_on": col.dates(rows["value_on"]),
            "amount": col.money(rows["cents"]),
            "type_code": col.codes(stream, _CODES),
            "reference": col.texts(references),
            "text": col.codes(stream, tuple(name.replace("_", " ") for name in _NAMES)),
        }
    )
