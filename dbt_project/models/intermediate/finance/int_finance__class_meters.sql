with tariffs as (

    select * from {{ ref('stg_policy__tariffs') }}

),

homes as (

    select * from {{ ref('stg_policy__homes') }}
    where is_typical

),

determinants as (

    select * from {{ ref('int_billing__determinant_counts') }}

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

utilities as (

    select
        utility_id,
        coalesce(as_of_on, latest_delivered_on) as day_on
    from {{ ref('int_quality__utilities') }}

),

-- What a programme of the city takes off the service's bill of a month at most; of several the most generous (R79).
programmes as (

    select
        assistance.utility_id,
        services.service,
        max(assistance.assistance_rate_usd) as assistance_rate_usd
    from {{ ref('int_billing__assistance') }} as assistance
    inner join utilities
        on assistance.utility_id = utilities.utility_id
    inner join {{ ref('stg_policy__services') }} as services
        on assistance.utility_id = services.utility_id and {{ names_word('assistance.services', 'services.service') }}
    where assistance.effective_from_on <= utilities.day_on and assistance.effective_to_on >= utilities.day_on
    group by assistance.utility_id, services.service

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
        homes.service is not null as is_home,
        cast(case when homes.service is not null then coalesce(programmes.assistance_rate_usd, 0) else 0 end as decimal(18, 6)) as assistance_rate_usd
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
    left join programmes
        on classes.utility_id = programmes.utility_id and classes.service = programmes.service

)

select * from final
