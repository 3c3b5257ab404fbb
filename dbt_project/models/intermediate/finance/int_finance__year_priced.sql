{{ config(materialized='view') }}

with parts as (

    select * from {{ ref('int_finance__year_parts') }}

),

units as (

    select * from {{ ref('int_billing__determinants') }}
    where unit_id in (select unit_id from {{ ref('int_finance__year_units') }})

),

tariffs as (

    select * from {{ ref('stg_policy__tariffs') }}

),

-- Some price is asked, if only of nothing.
priced_units as (

    select distinct units.unit_id
    from units
    inner join tariffs
        on
            units.utility_id = tariffs.utility_id
            and units.service = tariffs.service
            and units.effective_from_on = tariffs.effective_from_on
            and units.tariff_class = tariffs.tariff_class
            and (tariffs.meter_size = '' or units.meter_size = tariffs.meter_size)

),

final as (

    select
        parts.utility_id,
        parts.bill_id,
        parts.service,
        parts.days_before
    from parts
    inner join priced_units
        on parts.unit_id = priced_units.unit_id

)

select * from final
