select
    utility_id,
    account_id,
    payment_id,
    received_on,
    posted_on,
    amount_usd
from {{ ref('stg_extracts__payments') }}
where received_on < posted_on
