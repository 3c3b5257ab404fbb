with tariffs as (

    select distinct
        utility_id,
        service,
        component
    from {{ ref('stg_policy__tariffs') }}

),

charges as (

    select charges.*
    from {{ ref('stg_extracts__charges') }} as charges
    left join tariffs
        on
            charges.utility_id = tariffs.utility_id
            and charges.service = tariffs.service
            and charges.charge_code = tariffs.component
    where charges.service != 'account' and {{ is_tariffed('charges', 'tariffs') }}

),

contexts as (

    select * from {{ ref('int_billing__bill_contexts') }}

),

totals as (

    select * from {{ ref('int_billing__charge_totals') }}

),

-- A cancel bill takes off in the class of the bill that it names; without charges of its own it takes off that bill's, on its own date.
counted as (

    select
        contexts.utility_id,
        contexts.bill_id,
        contexts.fiscal_year,
        coalesce(cancelled.customer_class, contexts.customer_class) as customer_class,
        1 as sign
    from contexts
    left join contexts as cancelled
        on contexts.utility_id = cancelled.utility_id and contexts.cancels_bill_id = cancelled.bill_id
    union all
    select
        cancels.utility_id,
        cancels.cancels_bill_id as bill_id,
        cancels.fiscal_year,
        cancelled.customer_class,
        -1 as sign
    from contexts as cancels
    inner join contexts as cancelled
        on cancels.utility_id = cancelled.utility_id and cancels.cancels_bill_id = cancelled.bill_id
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
