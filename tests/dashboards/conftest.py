"""A small published warehouse for the pages, made once per session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from ratehouse.workspace import Workspace

from .billed_town import BilledTown, billed_town
from .fund_towns import fund_towns
from .late_town import late_town
from .published import write_build
from .town import Rows, town_rows

APP = Path(__file__).parents[2] / "dashboards" / "app.py"
PAGES = {
    "overview": "views/overview.py",
    "aging": "views/aging.py",
    "rate_design": "views/rate_design.py",
    "tariffs": "views/tariffs.py",
    "households": "views/households.py",
    "penalties": "views/penalties.py",
    "collections": "views/collections.py",
    "disconnects": "views/disconnects.py",
    "payments": "views/payments.py",
    "impact": "views/impact.py",
    "sufficiency": "views/sufficiency.py",
    "scenarios": "views/scenarios.py",
}
# Of a page on the town, which has no tariffs and few rules.
DOWNLOADS = {"overview": 1, "aging": 4, "penalties": 5, "collections": 5, "disconnects": 1, "payments": 4}
FIRST_BUILD, SECOND_BUILD = "2021-06-30T060000Z", "2021-07-01T061200Z"
BILLED_BUILD = "2016-10-01T060000Z"
LATE_BUILD = "2020-09-01T060000Z"
FUNDS_BUILD = "2025-07-01T060000Z"


@dataclass(frozen=True)
class PublishedTown:
    """A workspace with two builds, and the rows that they were made of."""

    workspace: Workspace
    rows: Rows
    rows_before: Rows


@pytest.fixture(scope="session")
def town(tmp_path_factory) -> PublishedTown:
    """Two towns; the build before did not know a payment of June, which was delivered late."""
    workspace = Workspace.at(tmp_path_factory.mktemp("town"))
    workspace.utilities.mkdir()
    rows = town_rows()
    late = max(
        (
            row
            for row in rows["payments"]
            if row["utility_id"] == "independence" and row["posted_on"] < date(2021, 6, 20)
        ),
        key=lambda row: row["posted_on"],
    )
    before = rows | {"payments": [row for row in rows["payments"] if row is not late]}
    write_build(workspace, FIRST_BUILD, before, books=False)
    write_build(workspace, SECOND_BUILD, rows, previous=FIRST_BUILD)
    return PublishedTown(workspace, rows, before)


@pytest.fixture(scope="session")
def billed(tmp_path_factory) -> tuple[Workspace, BilledTown]:
    """Utilities whose bills are priced by hand."""
    workspace = Workspace.at(tmp_path_factory.mktemp("billed"))
    workspace.utilities.mkdir()
    rows = billed_town()
    write_build(workspace, BILLED_BUILD, rows.rows, books=False, audit_mark="passed")
    return workspace, rows


@pytest.fixture(scope="session")
def late(tmp_path_factory) -> Workspace:
    """Accounts whose penalties, fees and holds are known by hand."""
    workspace = Workspace.at(tmp_path_factory.mktemp("late"))
    workspace.utilities.mkdir()
    write_build(workspace, LATE_BUILD, late_town(), books=False, audit_mark="passed")
    return workspace


@pytest.fixture(scope="session")
def funds(tmp_path_factory) -> Workspace:
    """Funds whose requirement and tests are known by hand."""
    workspace = Workspace.at(tmp_path_factory.mktemp("funds"))
    workspace.utilities.mkdir()
    write_build(workspace, FUNDS_BUILD, fund_towns(), books=False, audit_mark="passed")
    return workspace


@pytest.fixture
def open_funds(funds, at_workspace):
    """Runs a page of the app on the funds that are known by hand."""
    at_workspace(funds)

    def opened(name: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=60)
        for key, value in query.items():
            app.query_params[key] = value
        app.switch_page(PAGES[name]).run()
        assert not app.exception, app.exception[0].message
        return app

    return opened


@pytest.fixture
def open_late(late, at_workspace):
    """Runs a page of the app on the accounts that are known by hand."""
    at_workspace(late)

    def opened(name: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=60)
        for key, value in query.items():
            app.query_params[key] = value
        app.switch_page(PAGES[name]).run()
        assert not app.exception, app.exception[0].message
        return app

    return opened


@pytest.fixture
def town_build(town) -> Workspace:
    """The workspace of the two towns."""
    return town.workspace


@pytest.fixture
def at_workspace(monkeypatch):
    """Points the dashboards at a workspace, with empty caches."""

    def point(workspace: Workspace) -> None:
        monkeypatch.setenv("RATEHOUSE_WORKSPACE", str(workspace.root))

    st.cache_data.clear()
    yield point
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def open_page(town, at_workspace):
    """Runs a page of the app on the town's warehouse."""
    at_workspace(town.workspace)

    def opened(name: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=60)
        for key, value in query.items():
            app.query_params[key] = value
        app.switch_page(PAGES[name])
        app.run()
        assert not app.exception, app.exception[0].message
        return app

    return opened
