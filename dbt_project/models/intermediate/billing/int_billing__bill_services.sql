with charges as (

    select * from {{ ref('stg_extracts__charges') }}

),

cancel_bills as (

    select * from {{ ref('stg_extracts__bills') }}
    where bill_kind = 'cancel'

),

delivered as (

    select
        utility_id,
        bill_id,
        service,
        {{ sum_money('amount_usd') }} as amount_usd,
        {{ sum_money('case when is_revenue then amount_usd end') }} as revenue_usd,
        cast(count(*) as integer) as charge_count
    from charges
    group by utility_id, bill_id, service

),

cancels_with_charges as (

    select distinct
        cancel_bills.utility_id,
        cancel_bills.bill_id
    from cancel_bills
    inner join delivered
        on cancel_bills.utility_id = delivered.utility_id and cancel_bills.bill_id = delivered.bill_id

),

-- A cancel bill without charges is read as the cancelled bill's with the sign turned.
mirrored as (

    select
        cancel_bills.utility_id,
        cancel_bills.bill_id,
        delivered.service,
        {{ as_money('-delivered.amount_usd') }} as amount_usd,
        {{ as_money('-delivered.revenue_usd') }} as revenue_usd,
        0 as charge_count
    from cancel_bills
    inner join delivered
        on
            cancel_bills.utility_id = delivered.utility_id
            and cancel_bills.cancels_bill_id = delivered.bill_id
    left join cancels_with_charges
        on
            cancel_bills.utility_id = cancels_with_charges.utility_id
            and cancel_bills.bill_id = cancels_with_charges.bill_id
    where cancels_with_charges.bill_id is null

),

final as (

    select * from delivered
    union all
    select * from mirrored

)

select * from final
