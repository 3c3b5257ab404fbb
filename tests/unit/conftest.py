"""Small simulated cities, made once for all the tests that read them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from filelock import FileLock

import simulator
from tests.support.collections import OFTEN
from tests.support.metering import OFTEN as OFTEN_METERS

# Two years around the outage, and two fiscal years of the sewer city.
SMALL = {
    "independence": {"accounts": 500, "first_month": "2020-01", "months": 24, "seed": 7},
    "warrensburg": {"accounts": 400, "first_month": "2017-10", "months": 24, "seed": 7},
}
# Two years around the outage, and around the moratorium of 2020.
TROUBLED = {
    "independence": {"first_month": "2019-07", "months": 24},
    "warrensburg": {"first_month": "2019-01", "months": 24},
}


def _simulated(tmp_path_factory, city: str) -> Path:
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    out = shared / f"simulated_{city}"
    with FileLock(str(shared / f"simulated_{city}.lock")):
        if not (out / "answer_sheet" / "summary.json").exists():
            simulator.run(city, out, **SMALL[city])
    return out


@pytest.fixture(scope="session")
def independence(tmp_path_factory) -> Path:
    """The folder of Independence. Read only: others read it too."""
    return _simulated(tmp_path_factory, "independence")


@pytest.fixture(scope="session")
def warrensburg(tmp_path_factory) -> Path:
    """The folder of Warrensburg. Read only: others read it too."""
    return _simulated(tmp_path_factory, "warrensburg")


@pytest.fixture(scope="session")
def often(tmp_path_factory) -> dict[str, Path]:
    """The folders of both cities with much trouble. Read only."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folders = {name: shared / f"often_{name}" for name in TROUBLED}
    with FileLock(str(shared / "often.lock")):
        rates = shared / "often.yml"
        rates.write_text(OFTEN)
        for name, settings in TROUBLED.items():
            if not (folders[name] / "answer_sheet" / "summary.json").exists():
                simulator.run(name, folders[name], accounts=400, seed=5, rates=rates, **settings)
    return folders


@pytest.fixture(params=["independence", "warrensburg"])
def troubled(request, often) -> tuple[str, Path]:
    """The name of each of them and its folder."""
    return request.param, often[request.param]


@pytest.fixture(params=["independence", "warrensburg"])
def city(request) -> Path:
    """Each of them."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def town(tmp_path_factory) -> Path:
    """Warrensburg, where another company reads the meters, with much trouble at the meters. Read only."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "provider"
    with FileLock(str(shared / "provider.lock")):
        rates = shared / "often_meters.yml"
        rates.write_text(OFTEN_METERS)
        if not (folder / "answer_sheet" / "summary.json").exists():
            simulator.run("warrensburg", folder, accounts=400, first_month="2018-10", months=24, rates=rates)
    return folder
