with peers as (

    select * from {{ ref('stg_policy__peers') }}

),

service_units as (

    select * from {{ ref('int_billing__service_units') }}

),

rules as (

    select * from {{ ref('int_billing__rules') }}
    where to_on = {{ end_of_time() }}

),

meters as (

    select * from {{ ref('int_finance__class_meters') }}

),

homes as (

    select * from {{ ref('stg_policy__homes') }}
    where is_typical

),

-- A home of a neighbour is compared with the home of the city; another class with the class of that name.
classed as (

    select
        peers.*,
        case
            when peers.customer_class = 'residential' then coalesce(homes.tariff_class, peers.customer_class)
            else peers.customer_class
        end as tariff_class
    from peers
    left join homes
        on peers.utility_id = homes.utility_id and peers.service = homes.service

),

final as (

    select
        classed.utility_id,
        classed.peer,
        classed.peer_title,
        classed.service,
        classed.customer_class,
        classed.tariff_class,
        classed.usage_quantity as peer_quantity,
        classed.usage_unit as peer_unit,
        {{ converted('classed.usage_quantity', 'classed.usage_unit', 'service_units.unit', 'rules') }} as usage_quantity,
        service_units.unit as usage_unit,
        case when meters.meter_size = '' then '' else coalesce(classed.meter_size, meters.meter_size) end as meter_size,
        classed.amount_usd,
        classed.as_of_on,
        classed.is_day_known,
        classed.as_of_year,
        classed.note,
        classed.source,
        classed.is_assumed
    from classed
    inner join service_units
        on classed.utility_id = service_units.utility_id and classed.service = service_units.service
    inner join rules
        on classed.utility_id = rules.utility_id
    inner join meters
        on
            classed.utility_id = meters.utility_id
            and classed.service = meters.service
            and classed.tariff_class = meters.tariff_class

)

select * from final
