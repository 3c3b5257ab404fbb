"""The pages in a real browser: they load, say nothing in the console and ask nobody but this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlparse

import pytest

from ratehouse.workspace import Workspace

from .conftest import APP, SECOND_BUILD
from .published import write_build
from .rate_town import rate_town

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None,
        reason="needs a Chromium to drive; .ci/run installs one, so that CI always runs these",
    ),
]


@pytest.fixture(scope="module")
def address(town):
    """The dashboards of the two small towns."""
    with served(town.workspace) as url:
        yield url


@pytest.fixture(scope="module")
def rates_address(tmp_path_factory):
    """The dashboards of two towns with rates."""
    workspace = Workspace.at(tmp_path_factory.mktemp("rates"))
    workspace.utilities.mkdir()
    write_build(workspace, SECOND_BUILD, rate_town().rows, books=False, audit_mark="passed")
    with served(workspace) as url:
        yield url


@contextmanager
def served(workspace: Workspace) -> Iterator[str]:
    """A running server on a free port of the loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = [sys.executable, "-m", "streamlit", "run", str(APP), "--server.port", str(port)]
    process = subprocess.Popen(
        arguments, cwd=APP.parents[1], env={**os.environ, "RATEHOUSE_WORKSPACE": str(workspace.root)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(150):
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).read()
                break
            except OSError:
                time.sleep(0.2)
        else:
            pytest.fail("the server did not answer")
        yield url
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture
def tab(tmp_path):
    """A tab, and what it complained of and asked for."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.complaints, page.asked = [], []
        page.on(
            "console",
            lambda said: page.complaints.append(said.text) if said.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        yield page
        browser.close()


def test_both_pages_load_locally_and_without_complaint(address, tab, tmp_path):
    tab.goto(address)
    tab.wait_for_selector(".rh-footer", timeout=30_000)
    tab.wait_for_selector(".js-plotly-plot .bars", timeout=30_000)
    assert tab.get_by_text("What is owed, and can it be trusted?").is_visible()
    assert tab.get_by_text(
        "Simulated data. Not figures of the City of Independence Utilities."
    ).first.is_visible()
    assert tab.get_by_text(f"build {SECOND_BUILD}").first.is_visible()
    tab.screenshot(path=tmp_path / "overview.png")

    tab.get_by_role("link", name="Aging").click()
    tab.wait_for_url("**/aging*")
    tab.get_by_text("How late is what is owed?").wait_for(timeout=30_000)
    tab.get_by_text("Which accounts owe it?").wait_for(timeout=30_000)
    assert tab.get_by_text("aged from the due date").first.is_visible()
    tab.screenshot(path=tmp_path / "aging.png")

    account = tab.get_by_label("Account, or part of it")
    account.fill("0101000")
    account.press("Enter")
    tab.get_by_text("Statement of account 0101000").wait_for(timeout=30_000)
    assert "account=0101000" in tab.url

    hosts = {urlparse(url).hostname for url in tab.asked if url.startswith(("http", "ws"))}
    assert hosts == {"127.0.0.1"}
    assert tab.complaints == []
    assert all((tmp_path / name).stat().st_size > 20_000 for name in ("overview.png", "aging.png"))


def type_into(tab, table, text: str) -> None:
    """Types into the second column of the first row; cells are painted, so a place is clicked."""
    table.scroll_into_view_if_needed()
    cell = tab.locator("textarea.gdg-input")
    for _ in range(5):
        box = table.bounding_box()
        tab.mouse.dblclick(box["x"] + box["width"] * 0.6, box["y"] + 48)
        tab.wait_for_timeout(1000)
        if cell.count():
            break
    cell.fill(text)
    cell.press("Enter")


def test_a_rate_is_typed_over_saved_and_found_again(rates_address, tab, tmp_path):
    tab.goto(rates_address)
    tab.wait_for_selector(".rh-footer", timeout=30_000)
    tab.get_by_role("link", name="Rate design").click()
    tab.get_by_text("What would other rates bring?").wait_for(timeout=30_000)
    tab.get_by_text("No bill of a month changes").wait_for(timeout=30_000)
    tab.wait_for_selector(".js-plotly-plot", timeout=30_000)
    tab.get_by_text("Compare two scenarios").wait_for(timeout=30_000)
    tab.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=30_000)
    type_into(tab, tab.get_by_test_id("stDataFrame").first, "20.00")
    tab.get_by_text("Every month's bill changes by +$5.50.").wait_for(timeout=30_000)
    tab.screenshot(path=tmp_path / "rate_design.png", full_page=True)

    tab.get_by_label("Name of the scenario").fill("Twenty")
    tab.get_by_role("button", name="Save", exact=True).click()
    tab.get_by_text("Saved as Twenty.").wait_for(timeout=30_000)
    assert "scenario=Twenty" in tab.url
    assert tab.complaints == []
    tab.reload()
    tab.get_by_text("Every month's bill changes by +$5.50.").wait_for(timeout=30_000)

    tab.get_by_role("link", name="Tariffs").click()
    tab.get_by_text("What does a service cost, and who decided it?").wait_for(timeout=30_000)
    tab.get_by_text("The bill is").wait_for(timeout=30_000)
    hosts = {urlparse(url).hostname for url in tab.asked if url.startswith(("http", "ws"))}
    assert hosts == {"127.0.0.1"}
