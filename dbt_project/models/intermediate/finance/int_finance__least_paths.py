"""The least rate paths of every fund and scenario, found with the functions of the build itself."""

import pyarrow as pa

from ratehouse.rate_paths import as_rows, least_paths


def model(dbt, session) -> pa.Table:
    """One row per utility, scenario, fund, path and fiscal year in which rates may move."""
    dbt.config(materialized="table")
    if False:  # dbt reads here what has to exist before; functions cannot be read as tables
        dbt.ref("finance_drivers_of")
        dbt.ref("finance_costs_of")
        dbt.ref("finance_existing_rates_of")
        dbt.ref("finance_path_lines_of")
        dbt.ref("sufficiency_of")
        dbt.ref("int_finance__fund_years")
        dbt.ref("int_finance__settings")
    dbt.ref("int_finance__assumptions")
    return as_rows(least_paths(session, "intermediate.int_finance__assumptions")).to_arrow()
