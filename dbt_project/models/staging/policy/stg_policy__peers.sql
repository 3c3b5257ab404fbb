with source as (

    select * from {{ source('raw', 'policy_peers') }}

),

final as (

    select
        utility_id,
        peer,
        title as peer_title,
        service,
        customer_class,
        meter_size,
        usage as usage_quantity,
        unit as usage_unit,
        amount_usd,
        -- where only the year is known, its middle stands for it
        coalesce(as_of, make_date(year, 7, 1)) as as_of_on,
        as_of is not null as is_day_known,
        year as as_of_year,
        note,
        source,
        is_assumed
    from source

)

select * from final
