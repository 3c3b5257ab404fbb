with homes as (

    select * from {{ ref('stg_policy__homes') }}

),

meters as (

    select * from {{ ref('int_finance__class_meters') }}

),

real_uses as (

    select * from {{ ref('int_finance__real_uses') }}

),

peer_uses as (

    select * from {{ ref('int_finance__peer_uses') }}

),

service_units as (

    select * from {{ ref('int_billing__service_units') }}

),

rules as (

    select * from {{ ref('int_billing__rules') }}
    where to_on = {{ end_of_time() }}

),

-- What the home uses is asked of every class of the service.
named as (

    select
        meters.utility_id,
        meters.service,
        meters.tariff_class,
        case when homes.is_typical and meters.is_home then 'typical' else 'fixed' end as use_kind,
        0 as percentile,
        meters.meter_size,
        case
            when homes.usage_unit is null then cast(0 as decimal(18, 6))
            else {{ converted('homes.usage_quantity', 'homes.usage_unit', 'service_units.unit', 'rules') }}
        end as usage_quantity,
        service_units.unit as usage_unit,
        cast(null as integer) as usage_year
    from homes
    inner join meters
        on homes.utility_id = meters.utility_id and homes.service = meters.service
    inner join rules
        on homes.utility_id = rules.utility_id
    left join service_units
        on homes.utility_id = service_units.utility_id and homes.service = service_units.service

),

final as (

    select * from named
    union all
    select
        real_uses.utility_id,
        real_uses.service,
        real_uses.tariff_class,
        'percentile' as use_kind,
        real_uses.percentile,
        meters.meter_size,
        real_uses.usage_quantity,
        real_uses.usage_unit,
        real_uses.fiscal_year as usage_year
    from real_uses
    inner join meters
        on
            real_uses.utility_id = meters.utility_id
            and real_uses.service = meters.service
            and real_uses.tariff_class = meters.tariff_class
    union all
    select distinct
        utility_id,
        service,
        tariff_class,
        'peer' as use_kind,
        0 as percentile,
        meter_size,
        usage_quantity,
        usage_unit,
        cast(null as integer) as usage_year
    from peer_uses

)

select * from final
