{{ config(materialized='view') }}

with bills as (

    select * from {{ ref('int_billing__bills') }}

),

final as (

    select
        utility_id,
        bill_id,
        account_id,
        bill_kind,
        cancels_bill_id,
        billing_period,
        delivery,
        billed_on,
        due_on,
        printed_due_on,
        penalty_on,
        service_from_on,
        service_to_on,
        cast({{ days_between('service_from_on', 'service_to_on') }} as integer) as service_days,
        amount_usd,
        revenue_usd,
        charge_count,
        cancelled_on,
        _load_id,
        _line_number
    from bills

)

select * from final
