with metered as (

    select * from {{ ref('int_billing__bill_periods') }}

),

contexts as (

    select * from {{ ref('int_billing__bill_contexts') }}

),

units as (

    select * from {{ ref('int_billing__service_units') }}

),

rules as (

    select * from {{ ref('int_billing__rules') }}

),

-- Sewer is measured by its own meter where there is one, else by the water that comes in.
measured as (

    select * from metered
    union all
    select
        water.utility_id,
        water.bill_id,
        'sewer' as service,
        water.period_end_on,
        water.unit,
        water.usage_quantity,
        water.meter_size,
        water.is_estimated
    from metered as water
    left join (
        select distinct
            utility_id,
            bill_id
        from metered
        where service = 'sewer'
    ) as own
        on water.utility_id = own.utility_id and water.bill_id = own.bill_id
    where water.service = 'water' and own.bill_id is null

),

summed as (

    select
        utility_id,
        bill_id,
        service,
        max(unit) as unit,
        cast(sum(usage_quantity) as decimal(18, 6)) as usage_quantity,
        {{ latest_size('meter_size', 'period_end_on') }} as meter_size,
        max(case when is_estimated then 1 else 0 end) = 1 as is_estimated,
        cast(count(*) as integer) as read_count
    from measured
    group by utility_id, bill_id, service

),

final as (

    select
        summed.utility_id,
        summed.bill_id,
        summed.service,
        units.unit,
        summed.meter_size,
        summed.is_estimated,
        summed.read_count,
        {{ converted('summed.usage_quantity', 'summed.unit', 'units.unit', 'rules') }} as usage_quantity
    from summed
    inner join contexts
        on summed.utility_id = contexts.utility_id and summed.bill_id = contexts.bill_id
    inner join units
        on summed.utility_id = units.utility_id and summed.service = units.service
    inner join rules
        on summed.utility_id = rules.utility_id and contexts.rules_from_on = rules.from_on

)

select * from final
