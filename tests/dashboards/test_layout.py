"""The rules of `dashboards/`: queries ask marts only, views hold neither SQL nor colours."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from dashboards import pricing, rates, what_if
from ratehouse.warehouse import connect, fetch

from .conftest import BILLED_BUILD, FUNDS_BUILD, LATE_BUILD, SECOND_BUILD
from .late_town import AGREED
from .late_town import AS_OF as LATE_AS_OF

FOLDER = Path(__file__).parents[2] / "dashboards"
QUERIES = sorted((FOLDER / "queries").glob("*.sql"))
MODULES = sorted(FOLDER.rglob("*.py"))
VIEWS = [path for path in MODULES if path.parent.name == "views"]
PARAMETERS = {
    "utility": "independence",
    "as_of": date(2021, 6, 30),
    "basis": "due_date",
    "services": ["water"],
    "classes": [],
    "groups": [],
    "statuses": [],
    "account": "0101000",
    "account_part": "01",
    "sort_by": "past_due_usd",
    "row_limit": 5,
    "service": "electric",
    "fiscal_year": 2021,
    "tariff_class": "residential",
    "versions": [date(2012, 7, 1)],
    "meter_size": "",
    "season_day": "",
    "percentiles": [50],
    "scenario": "base",
    "fund": "sewer",
    "plan": "base",
}
# What the pages hand over beside the marts, and the queries that are empty where no tariff is known.
GIVEN = {"given_units": pricing.UNITS | {"unit_count": pl.Int64}, "given_components": rates.COMPONENTS}
# What the page What if sets, and what each of its questions hands to the next.
SET = {"given_assumptions": what_if.GIVEN, "given_paths": what_if.PATHS}
STEPS = {"given_lines": "int_finance__lines", "given_tests": "int_finance__tests"}
# What is asked about rates and costs is asked of a fund that is known by hand. Nothing is set there, it has
# no bills, and no waiver touched it.
OF_FUNDS = re.compile(r"\$plan\b|\$fund\b|marts\.(rpt_sufficiency|finance_|sufficiency_|cash_flow_of)")
FUND_PARAMETERS = PARAMETERS | {"utility": "steady", "fiscal_year": 2026}
EMPTY_OF_FUNDS = {
    "existing_revenue", "requirement_bridge", "collection_factor", "finance_findings", "what_if_lines",
    "what_if_tests", "what_if_answers", "what_if_cash_flow",
}  # fmt: skip
EMPTY_WITHOUT_TARIFFS = {
    "tariffs", "rate_years", "rate_units", "rate_revenue", "priced_lines", "usage_percentiles", "month_rules",
    "home_stages", "home_bills", "home_versions", "peer_bills", "affordability",
}  # fmt: skip
# What is asked about bills, reads and revenue is asked of the utilities whose bills are priced by hand.
OF_BILLS = re.compile(r"marts\.(fct_(bill_|reads|revenue)|rpt_(bill_|reads|never|proof|unbilled))")
BILL_PARAMETERS = PARAMETERS | {
    "utility": "warrensburg",
    "as_of": date(2016, 9, 30),
    "services": [],
    "classes": [],
    "reasons": [],
    "fiscal_year": 2016,
    "service": "sewer",
    "flag": "estimated",
    "bill": "010000001-1607",
    "bill_part": "01",
    "row_limit": 5,
}


# What is asked about penalties, payments and collections is asked of the accounts that are known by hand.
OF_LATE = re.compile(
    r"\$episode\b|marts\.(disconnect_list|dim_policy_episodes|fct_(penalties|fees|returned|agreement|disputes|assistance)"
    r"|rpt_(waiver|recovery|penalty|payment|policy|collect|delinquency|roll|allowance|write_off|refund|deposits))"
)
LATE_PARAMETERS = PARAMETERS | {
    "utility": "warrensburg",
    "as_of": LATE_AS_OF,
    "known_on": LATE_AS_OF,
    "services": [],
    "reasons": [],
    "channels": [],
    "tenders": [],
    "entities": ["payments"],
    "fiscal_year": 2019,
    "account": AGREED,
    "account_part": "01",
    "from_on": date(2018, 10, 1),
    "to_on": date(2020, 9, 30),
    "month_end_on": date(2019, 4, 30),
    "year_before_on": date(2018, 4, 30),
    "episode": "covid_2020",
    "dimension": "total",
    "until_on": date(2020, 8, 31),
}
# Nobody there left, is bankrupt, has a credit or deposit, or signed an agreement while late fees were waived;
# no fiscal year has write-offs to go by, and too few months are clean to expect anything.
EMPTY_OF_LATE = {
    "refund_candidates",
    "deposits_due",
    "write_off_candidates",
    "waiver_agreements",
    "recovery_by_month",
    "allowance_by_year",
    "allowance_by_age",
    "waiver_bridge",
}


@pytest.fixture(scope="module")
def builds(town, billed, late, funds):
    """The town's build, that of the bills, that of the late bills, and that of the funds."""
    connections = [
        connect(workspace.build_database(build_id), read_only=True)
        for workspace, build_id in (
            (town.workspace, SECOND_BUILD), (billed[0], BILLED_BUILD), (late, LATE_BUILD),
            (funds, FUNDS_BUILD),
        )
    ]  # fmt: skip
    yield connections
    for connection in connections:
        connection.close()


def code(sql: str) -> str:
    return re.sub(r"--[^\n]*|'[^']*'", "", sql)


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_query_runs_with_bound_parameters(builds, path):
    sql = path.read_text(encoding="utf-8")
    which = 3 if OF_FUNDS.search(sql) else 2 if OF_LATE.search(sql) else 1 if OF_BILLS.search(sql) else 0
    parameters = (PARAMETERS, BILL_PARAMETERS, LATE_PARAMETERS, FUND_PARAMETERS)[which]
    named = {name: parameters[name] for name in set(re.findall(r"\$(\w+)", code(sql)))}
    cursor = builds[which].cursor()
    for table, schema in (GIVEN | SET).items():
        cursor.register(table, pl.DataFrame(schema=schema).to_arrow())
    for table, model in STEPS.items():
        cursor.execute(f"create temp table {table} as from intermediate.{model} limit 0")
    rows = fetch(cursor, sql, named)
    assert rows.width
    if path.stem not in {"rejects", *EMPTY_WITHOUT_TARIFFS, *EMPTY_OF_LATE, *EMPTY_OF_FUNDS}:
        assert rows.height


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_query_reads_marts_and_audit_only(path):
    sql = code(path.read_text(encoding="utf-8"))
    ctes = set(re.findall(r"(\w+) as \(\s*select", sql))
    read = set(re.findall(r"\b(?:from|join)\s+([\w.]+)", sql)) - ctes
    assert read, "reads something"
    assert all(name.split(".")[0] in ("marts", "audit") for name in read - set(GIVEN)), read
    assert "{" not in sql


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_query_begins_with_its_question_and_is_asked(path):
    assert re.match(r"-- .*\?", path.read_text(encoding="utf-8"))
    asked = [module for module in MODULES if f'"{path.stem}"' in module.read_text(encoding="utf-8")]
    assert asked


@pytest.mark.parametrize("path", VIEWS, ids=lambda path: path.stem)
def test_a_view_is_short_and_holds_neither_sql_nor_colour(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150
    assert not re.search(r"#[0-9A-Fa-f]{6}\b", text)
    assert not re.search(r"(?i)\bselect\b[^'\"\n]*\bfrom\b", text)


def test_only_the_theme_names_colours():
    named = [
        path.name for path in MODULES if re.search(r"#[0-9A-Fa-f]{6}\b", path.read_text(encoding="utf-8"))
    ]
    assert named == ["theme.py"]


def test_only_one_place_writes_downloads_and_only_pictures_use_floats():
    for path in MODULES:
        calls = [
            node.func
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call)
        ]
        names = {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}
        assert "download_button" not in names or path.name == "components.py", path
        assert "float" not in names or path.name == "charts.py", path
        assert "round" not in names, path


def test_the_settings_are_quiet_and_local():
    text = (FOLDER.parent / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    assert "gatherUsageStats = false" in text
    assert 'address = "127.0.0.1"' in text
    assert "http" not in text
