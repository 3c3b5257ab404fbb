"""Accounts coming in."""

from expectations.declare import SampleExpectation, Suite, never, none_found, within
from expectations.suites.common import arrival, filled_where_given, load_figures

_GROUP, _HAS_GROUP = filled_where_given("accounts", "billing_group", "a billing group", 0.05)
_ADDRESS, _HAS_ADDRESS = filled_where_given("accounts", "service_address", "a service address", 0.05)
_OPENED, _HAS_OPENED = filled_where_given("accounts", "opened_on", "an opening date", 0.05)

ACCOUNTS = Suite(
    subject="accounts",
    table="raw.accounts",
    boundary="in",
    key=("account_id",),
    shown=("customer_class", "billing_group", "opened_on", "closed_on"),
    measures={
        "usual_length": "mode(length(account_id))",
        "residential_count": "count(*) FILTER (WHERE customer_class = 'residential')",
        "open_count": "count(*) FILTER (WHERE closed_on IS NULL OR closed_on > _delivered_on)",
        **_GROUP,
        **_ADDRESS,
        **_OPENED,
    },
    beside_raw=load_figures("accounts"),
    profile=(
        *arrival("accounts", is_required=True),
        _HAS_GROUP,
        _HAS_ADDRESS,
        _HAS_OPENED,
        never("No account is closed before it is opened", "closed_on < opened_on"),
        never("No account is opened after the delivery that brought it", "opened_on > _delivered_on"),
        none_found(
            "No account number is shorter or longer than nearly all others (were leading zeros lost?)",
            """
            SELECT a.utility_id, a.account_id, a._source_file, a._line_number FROM raw.accounts AS a
            INNER JOIN (
                SELECT utility_id, usual_length,
                    sum(number) FILTER (length = usual_length) / CAST(sum(number) AS DOUBLE) AS usual_share
                FROM (
                    SELECT utility_id, length(account_id) AS length, count(*) AS number,
                        arg_max(length(account_id), count(*)) OVER (PARTITION BY utility_id) AS usual_length
                    FROM raw.accounts GROUP BY utility_id, length(account_id)
                ) GROUP BY utility_id, usual_length
            ) AS u ON a.utility_id = u.utility_id
            WHERE u.usual_share >= 0.95 AND length(a.account_id) <> u.usual_length""",
        ),
        within(
            "At least half of the accounts are residential",
            "residential_count / CAST(row_count AS DOUBLE)",
            unit="share",
            least=0.5,
        ),
        within(
            "At least a quarter of the accounts are open",
            "open_count / CAST(row_count AS DOUBLE)",
            unit="share",
            least=0.25,
        ),
    ),
    sample_joins_raw="""
        LEFT JOIN (
            SELECT b.utility_id, b.account_id, max(b.bill_date) AS billed_on FROM raw.bills AS b
            SEMI JOIN sampled AS s ON b.utility_id = s.utility_id AND b.account_id = s.account_id
            GROUP BY b.utility_id, b.account_id
        ) AS latest ON t.utility_id = latest.utility_id AND t.account_id = latest.account_id
        LEFT JOIN (
            SELECT utility_id, max(bill_date) AS billing_on FROM raw.bills
            WHERE bill_date <= _delivered_on GROUP BY utility_id
        ) AS billing ON t.utility_id = billing.utility_id""",
    sample=(
        SampleExpectation(
            "Nearly all accounts that are open were billed within 120 days before the latest bill",
            """CASE WHEN (t.closed_on IS NULL OR t.closed_on > billing.billing_on)
                AND (t.opened_on IS NULL OR t.opened_on < billing.billing_on - INTERVAL 120 DAY)
                AND billing.billing_on IS NOT NULL
                THEN date_diff('day', coalesce(latest.billed_on, DATE '1900-01-01'), billing.billing_on)
                END""",
            most=120,
            mostly=0.95,
        ),
        SampleExpectation(
            "Nearly no account pays automatically since before it was opened",
            "date_diff('day', t.opened_on, t.autopay_since)",
            least=0,
            mostly=0.99,
        ),
    ),
)
