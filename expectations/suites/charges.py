"""Charges coming in: the largest table, so that nothing here joins all of it."""

from expectations.declare import SampleExpectation, Suite, never, none_found, seldom, within
from expectations.suites.common import arrival, cents, load_figures

CHARGES = Suite(
    subject="charges",
    table="raw.charges",
    boundary="in",
    key=("charge_id",),
    shown=("bill_id", "account_id", "service", "charge_code", "quantity", "unit", "rate", "amount"),
    measures={"total_cents": cents("sum(amount)")},
    beside_raw=load_figures("charges"),
    profile=(
        *arrival("charges", is_required=True),
        within(
            "The charges of a utility add up to more than nothing",
            "total_cents",
            unit="cents",
            least=1,
            severity="error",
        ),
        never("No charge is above $1,000,000", "abs(amount) > 1000000"),
        seldom("At most 15 % of the charges are credits", "amount < 0", 0.15),
        seldom("At most 30 % of the charges are zero", "amount = 0", 0.30),
        seldom(
            "Nearly no charge has a negative rate, discounts aside",
            "rate < 0",
            0.01,
            among="charge_code <> 'discount'",
        ),
        seldom(
            "Nearly all charges with a quantity say its unit",
            "unit IS NULL",
            0.05,
            among="quantity IS NOT NULL",
        ),
        none_found(
            "Every service that is charged is one of the utility's services",
            """
            SELECT c.utility_id, c.service, c.charge_count FROM (
                SELECT utility_id, service, count(*) AS charge_count FROM raw.charges
                GROUP BY utility_id, service
            ) AS c
            SEMI JOIN raw.policy_services AS known ON c.utility_id = known.utility_id
            ANTI JOIN raw.policy_services AS p ON c.utility_id = p.utility_id AND c.service = p.service
            WHERE c.service <> 'account'""",
            severity="error",
        ),
        none_found(
            "Every service that was charged before is charged in the latest delivery of charges",
            """
            SELECT utility_id, service, last_delivered_on, charge_count FROM (
                SELECT utility_id, service, max(_delivered_on) AS last_delivered_on, count(*) AS charge_count
                FROM raw.charges GROUP BY utility_id, service
            )
            QUALIFY service <> 'account'
                AND last_delivered_on < max(last_delivered_on) OVER (PARTITION BY utility_id)""",
        ),
    ),
    sample_joins_raw="LEFT JOIN raw.bills AS b ON t.utility_id = b.utility_id AND t.bill_id = b.bill_id",
    sample=(
        SampleExpectation(
            "Every charge stands on the account of its bill",
            "t.account_id",
            equals="b.account_id",
            severity="error",
        ),
        SampleExpectation(
            "Nearly all charges are their quantity times their rate, to the cent",
            "abs(CAST(100 * (t.amount - t.quantity * t.rate) AS BIGINT))",
            most=1,
            mostly=0.95,
        ),
    ),
)
