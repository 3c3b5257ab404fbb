with tariffs as (

    select * from {{ ref('stg_policy__tariffs') }}

),

final as (

    select
        utility_id,
        service,
        effective_from_on,
        effective_to_on,
        effective_on,
        tariff_class,
        component,
        component_kind,
        meter_size,
        season,
        season_first,
        season_last,
        block_no,
        lower_bound,
        upper_bound,
        unit_rate_usd,
        unit,
        basis,
        cap_quantity,
        rounding,
        is_assumed,
        ordinance,
        source
    from tariffs

)

select * from final
