"""Two small simulated cities that many tests read, and how they read them."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from ingest.contract import ENTITIES


def rows_of(folder: Path, entity: str) -> pl.DataFrame:
    """All rows of an entity as delivered, over all deliveries in their order; empty where there are none."""
    files = sorted(folder.glob(f"*/{entity}.parquet"))
    return pl.concat([pl.read_parquet(file) for file in files], how="diagonal") if files else pl.DataFrame()


def latest_of(folder: Path, entity: str) -> pl.DataFrame:
    """The rows of an entity as all deliveries together tell them: of each key the version delivered last."""
    rows = rows_of(folder, entity)
    key = ENTITIES[entity].key
    return rows.unique(key, keep="last", maintain_order=True) if rows.height else rows
