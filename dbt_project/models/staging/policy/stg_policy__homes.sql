with source as (

    select * from {{ source('raw', 'policy_homes') }}

),

final as (

    select
        utility_id,
        service,
        tariff_class,
        meter_size,
        usage as usage_quantity,
        unit as usage_unit,
        is_typical,
        note,
        source,
        is_assumed
    from source

)

select * from final
