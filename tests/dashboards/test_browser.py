"""The pages in a real browser: they load, say nothing in the console and ask nobody but this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from urllib.parse import urlparse

import pytest

from .conftest import APP, SECOND_BUILD

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the path"),
]


@pytest.fixture(scope="module")
def address(town):
    """A running server on a free port of the loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = [sys.executable, "-m", "streamlit", "run", str(APP), "--server.port", str(port)]
    process = subprocess.Popen(
        arguments, cwd=APP.parents[1], env={**os.environ, "RATEHOUSE_WORKSPACE": str(town.workspace.root)},
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
