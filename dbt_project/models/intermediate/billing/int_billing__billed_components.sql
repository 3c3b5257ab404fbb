with charges as (

    select * from {{ ref('stg_extracts__charges') }}
    where service != 'account' and charge_code not in ('deposit', 'loan', 'connection')

),

contexts as (

    select * from {{ ref('int_billing__bill_contexts') }}

),

totals as (

    select * from {{ ref('int_billing__charge_totals') }}

),

-- A cancel bill without charges of its own takes off those of the bill that it names, on its own date.
counted as (

    select
        utility_id,
        bill_id,
        fiscal_year,
        customer_class,
        1 as sign
    from contexts
    union all
    select
        cancels.utility_id,
        cancels.cancels_bill_id as bill_id,
        cancels.fiscal_year,
        cancels.customer_class,
        -1 as sign
    from contexts as cancels
    left join totals
        on cancels.utility_id = totals.utility_id and cancels.bill_id = totals.bill_id
    where cancels.bill_kind = 'cancel' and totals.bill_id is null

),

final as (

    select
        counted.utility_id,
        counted.fiscal_year,
        charges.service,
        counted.customer_class,
        charges.charge_code as component,
        {{ sum_money('counted.sign * charges.amount_usd') }} as billed_usd,
        {{ sum_money('case when charges.is_revenue then counted.sign * charges.amount_usd end') }} as billed_revenue_usd
    from counted
    inner join charges
        on counted.utility_id = charges.utility_id and counted.bill_id = charges.bill_id
    group by counted.utility_id, counted.fiscal_year, charges.service, counted.customer_class, charges.charge_code

)

select * from final
