{{ config(materialized='table_function', parameters=['as_of', 'basis'], contract={'enforced': false}) }}

with open_rows as (

    select
        account_key,
        place_no,
        service,
        posted_on,
        due_on,
        net_usd,
        cast(as_of as date) as at_on
    from {{ ref('int_receivables__queue') }}
    where from_on <= cast(as_of as date) and to_on > cast(as_of as date)

),

balances_at as (

    select
        account_key,
        balance_usd,
        cast(as_of as date) as at_on
    from {{ ref('int_receivables__balances') }}
    where from_on <= cast(as_of as date) and to_on > cast(as_of as date)

),

open_items as (

    {{ settle('open_rows', 'balances_at') }}

),

final as (

    {{ age_receivable(
        'open_items', 'balances_at',
        "case basis when 'due_date' then due_on when 'bill_date' then posted_on "
        ~ "else error('basis is due_date or bill_date') end"
    ) }}

)

select
    utility_id,
    account_id,
    service,
    at_on as as_of_on,
    basis as aged_from,
    customer_class,
    billing_group,
    account_status,
    not_yet_due_usd,
    d1_30_usd,
    d31_60_usd,
    d61_90_usd,
    d91_120_usd,
    over_120_usd,
    unapplied_usd,
    total_usd
from final
