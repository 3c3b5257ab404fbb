"""Reads and meters of a simulated city as tests look at them, and settings that make rare things common."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tests.support.cities import rows_of

# What is rare happens more often here.
OFTEN = """
metering:
  leaks: {monthly: {value: 0.01}}
  meters:
    multiplier: {large_from_times: {value: 1.0}}
    changed_yearly: {value: 0.15}
    stuck_yearly: {value: 0.05}
  estimates: {access_share: {value: 0.10}}
  water_provider: {unbilled_share: {value: 0.05}, unlisted_share: {value: 0.03}}
"""
CYCLE = ("E", "W")  # letters of the reads of a cycle


def meters_of(folder: Path) -> pl.DataFrame:
    """Meters as they stand after the last delivery."""
    return rows_of(folder, "meters").unique("meter_id", keep="last", maintain_order=True)


def reads_of(folder: Path) -> pl.DataFrame:
    """Reads in their order with their meter and the reading before; whole numbers."""
    reads = rows_of(folder, "reads").with_row_index("order")
    # Some come late, and some come twice: wrong at first.
    reads = reads.with_columns(pl.col("order").min().over("read_id")).unique("read_id", keep="last")
    reads = reads.join(meters_of(folder), on="meter_id").sort("read_on", "meter_id", "order")
    reads = reads.with_columns(pl.col("reading", "usage", "multiplier").cast(pl.Int64))
    return reads.with_columns(
        pl.col("reading").shift(1).over("meter_id").alias("before"),
        pl.col("read_kind").shift(1).over("meter_id").alias("kind_before"),
    )
