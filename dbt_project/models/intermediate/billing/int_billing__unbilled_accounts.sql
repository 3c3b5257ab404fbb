{{ config(materialized='view') }}

with spans as (

    select * from {{ ref('int_billing__unbilled_spans') }}

),

keys as (

    select * from {{ ref('int_receivables__accounts') }}

),

accounts as (

    select * from {{ ref('stg_extracts__accounts') }}

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

rules as (

    select * from {{ ref('int_billing__rules') }}

),

final as (

    select
        spans.*,
        accounts.account_id,
        accounts.premise_id,
        periods.customer_class,
        periods.rate_code,
        rules.default_meter_size
    from spans
    inner join keys
        on spans.account_key = keys.account_key
    inner join accounts
        on keys.utility_id = accounts.utility_id and keys.account_id = accounts.account_id
    inner join periods
        on spans.account_key = periods.account_key and spans.from_on >= periods.from_on and spans.from_on < periods.to_on
    inner join rules
        on spans.utility_id = rules.utility_id and spans.from_on >= rules.from_on and spans.from_on < rules.to_on

)

select * from final
