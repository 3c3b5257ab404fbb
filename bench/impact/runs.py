"""The runs of the study: a city as it was, and its two twins, for every seed and strength of response."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from simulator.run import run

CITY = "independence"
STRENGTHS = ("none", "moderate", "strong")
QUESTIONS = ("waiver", "event")
ACTUAL = "actual"


@dataclass(frozen=True)
class Run:
    """One life of one city.

    Attributes:
        folder: of the study.
        accounts: of the city.
        seed: of its luck.
        strength: how strongly people pay later while lateness costs nothing.
        life: `actual`, or the question whose twin it is.
        first_month: `YYYY-MM`, the first that is billed.
        months: how many.
    """

    folder: Path
    accounts: int
    seed: int
    strength: str
    life: str
    first_month: str = "2016-07"
    months: int = 72

    @property
    def city_folder(self) -> Path:
        """What the three lives of a city leave."""
        return self.folder / "runs" / f"s{self.seed:02}_{self.strength}"

    @property
    def flows(self) -> Path:
        """The answer sheet's flows, the last that a run writes."""
        return self.city_folder / f"flows_{self.life}.parquet"

    @property
    def extracts(self) -> Path:
        """The one delivery of the city as it was; twins leave none."""
        return self.city_folder / "extracts"

    @property
    def utility_id(self) -> str:
        """The utility under which the warehouse sees the city as it was."""
        return f"ind_s{self.seed:02}_{self.strength}"


def runs(folder: Path, accounts: int, seeds: int) -> list[Run]:
    """All runs of the study; those of a seed stand together."""
    return [
        Run(folder, accounts, seed, strength, life)
        for seed in range(1, seeds + 1)
        for strength in STRENGTHS
        for life in (ACTUAL, *QUESTIONS)
    ]


def simulate(one: Run) -> Run:
    """Lives a life and keeps of it what the study needs; what ends before the end leaves nothing."""
    scratch = one.city_folder / f"making_{one.life}"
    shutil.rmtree(scratch, ignore_errors=True)
    run(
        CITY,
        scratch,
        accounts=one.accounts,
        first_month=one.first_month,
        months=one.months,
        seed=one.seed,
        response=one.strength,
        absent=() if one.life == ACTUAL else (one.life,),
        delivery="whole",
    )
    flows = scratch / "answer_sheet" / "flows.parquet"
    if one.life == ACTUAL:
        shutil.rmtree(one.extracts, ignore_errors=True)
        kept = flows.rename(one.city_folder / f"making_{one.life}.parquet")
        shutil.rmtree(scratch / "answer_sheet")
        scratch.rename(one.extracts)
        kept.rename(one.flows)
    else:
        flows.rename(one.flows)
        shutil.rmtree(scratch)
    return one
