-- Who is the account, as of the build?
select
    account_id,
    customer_class,
    billing_group,
    account_status,
    opened_on,
    closed_on
from marts.dim_accounts
where utility_id = $utility and account_id = $account
