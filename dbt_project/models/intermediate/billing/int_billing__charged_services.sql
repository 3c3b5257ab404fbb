with charges as (

    select * from {{ ref('stg_extracts__charges') }}
    where service != 'account'

),

tariffs as (

    select distinct
        utility_id,
        service,
        component
    from {{ ref('stg_policy__tariffs') }}

),

-- Deposits, loan instalments and connections are no part of a tariff; what else is billed stands in one, or should not be billed.
coded as (

    select
        charges.utility_id,
        charges.bill_id,
        charges.service,
        charges.charge_code,
        charges.basis,
        charges.unit,
        charges.quantity,
        charges.amount_usd,
        charges.is_revenue,
        {{ is_tariffed('charges', 'tariffs') }} as is_tariffed
    from charges
    left join tariffs
        on
            charges.utility_id = tariffs.utility_id
            and charges.service = tariffs.service
            and charges.charge_code = tariffs.component

),

final as (

    select
        utility_id,
        bill_id,
        service,
        {{ sum_money('case when is_tariffed then amount_usd end') }} as billed_usd,
        {{ sum_money('case when is_tariffed and is_revenue then amount_usd end') }} as billed_revenue_usd,
        {{ sum_money('case when not is_tariffed then amount_usd end') }} as outside_tariff_usd,
        {{ sum_money("case when charge_code = 'base' then amount_usd end") }} as base_usd,
        {{ sum_money("case when charge_code = 'tax' then amount_usd end") }} as tax_usd,
        max(case when charge_code = 'base' then 1 else 0 end) = 1 as has_base,
        max(case when charge_code = 'tax' then 1 else 0 end) = 1 as has_tax,
        cast(sum(case when charge_code = 'volume' then quantity end) as decimal(18, 6)) as volume_quantity,
        max(case when charge_code = 'volume' then unit end) as volume_unit,
        cast(coalesce(sum(case when charge_code = 'demand' then quantity end), 0) as decimal(18, 6)) as demand_quantity,
        max(case when basis = 'winter_average' then 1 else 0 end) = 1 as has_winter_average,
        max(case when basis = 'estimated' then 1 else 0 end) = 1 as is_estimated,
        -- Deposits, loan instalments and connections alone are no billing of the service.
        max(case when is_tariffed or charge_code = 'other' then 1 else 0 end) = 1 as is_service_billed,
        cast(count(*) as integer) as line_count
    from coded
    group by utility_id, bill_id, service

)

select * from final
