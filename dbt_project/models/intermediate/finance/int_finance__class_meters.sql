with tariffs as (

    select * from {{ ref('stg_policy__tariffs') }}

),

homes as (

    select * from {{ ref('stg_policy__homes') }}
    where is_typical

),

determinants as (

    select * from {{ ref('fct_billing_determinants') }}

),

rules as (

    select * from {{ ref('int_billing__rules') }}
    where to_on = {{ end_of_time() }}

),

billed as (

    select
        utility_id,
        service,
        tariff_class,
        meter_size,
        row_number() over (
            partition by utility_id, service, tariff_class order by sum(bill_count) desc, meter_size
        ) as place
    from determinants
    where meter_size != ''
    group by utility_id, service, tariff_class, meter_size

),

classes as (

    select
        utility_id,
        service,
        tariff_class,
        max(case when meter_size != '' then 1 else 0 end) = 1 as has_sizes
    from tariffs
    group by utility_id, service, tariff_class

),

final as (

    select
        classes.utility_id,
        classes.service,
        classes.tariff_class,
        case when classes.has_sizes then coalesce(homes.meter_size, billed.meter_size, rules.default_meter_size, '5/8') else '' end as meter_size,
        homes.service is not null as is_home
    from classes
    left join homes
        on
            classes.utility_id = homes.utility_id
            and classes.service = homes.service
            and classes.tariff_class = homes.tariff_class
    left join billed
        on
            classes.utility_id = billed.utility_id
            and classes.service = billed.service
            and classes.tariff_class = billed.tariff_class
            and billed.place = 1
    left join rules
        on classes.utility_id = rules.utility_id

)

select * from final
