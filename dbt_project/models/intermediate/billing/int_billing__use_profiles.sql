with parts as (

    select * from {{ ref('int_billing__bill_parts') }}
    where is_first_part and months > 0

),

final as (

    select
        cast(row_number() over (order by utility_id, service, tariff_class, meter_size, assistance_rate_usd, average_quantity, demand_quantity) as integer) as profile_id,
        profiles.*
    from (
        select distinct
            utility_id,
            service,
            tariff_class,
            meter_size,
            assistance_rate_usd,
            {{ a_month('average_quantity', 'months') }} as average_quantity,
            {{ a_month('demand_quantity', 'months') }} as demand_quantity
        from parts
    ) as profiles

)

select * from final
