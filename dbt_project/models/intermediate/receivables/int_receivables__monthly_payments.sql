{{ config(materialized='view') }}

with flows as (

    select * from {{ ref('int_receivables__monthly_flows') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

month_ends as (

    select * from {{ ref('int_receivables__month_ends') }}

),

final as (

    select
        flows.utility_id,
        month_ends.month_end_on,
        {{ sum_money('flows.payments_usd') }} as payments_usd
    from flows
    inner join utilities
        on flows.utility_id = utilities.utility_id
    inner join month_ends
        on flows.month_no = month_ends.month_no and utilities.as_of_on >= month_ends.month_end_on
    group by flows.utility_id, month_ends.month_end_on

)

select * from final
