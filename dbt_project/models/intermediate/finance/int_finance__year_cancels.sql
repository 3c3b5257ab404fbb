with contexts as (

    select * from {{ ref('int_billing__bill_contexts') }}
    where bill_kind = 'cancel'

),

years as (

    select * from {{ ref('int_finance__test_years') }}

),

totals as (

    select * from {{ ref('int_billing__charge_totals') }}

),

final as (

    select
        contexts.utility_id,
        contexts.bill_id,
        contexts.cancels_bill_id,
        totals.bill_id is not null as has_charges
    from contexts
    inner join years
        on contexts.utility_id = years.utility_id and contexts.billed_on between years.from_on and years.through_on
    left join totals
        on contexts.utility_id = totals.utility_id and contexts.bill_id = totals.bill_id

)

select * from final
