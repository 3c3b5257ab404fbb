with source as (

    select * from {{ source('raw', 'policy_tariff_components') }}

),

versions as (

    select
        utility_id,
        service,
        effective_from,
        lead(effective_from) over (partition by utility_id, service order by effective_from) as next_from
    from source
    group by utility_id, service, effective_from

),

final as (

    select
        -- what is priced
        prices.utility_id,
        prices.service,
        prices.effective_from as effective_from_on,
        {{ add_days('versions.next_from', '-1') }} as effective_to_on,
        prices.effective_on,
        prices.customer_class as tariff_class,
        prices.component,
        prices.kind as component_kind,
        coalesce(prices.meter_size, '') as meter_size,
        coalesce(prices.season, '') as season,
        coalesce(substring(prices.season, 1, 5), '') as season_first,
        coalesce(substring(prices.season, 7, 5), '') as season_last,
        coalesce(prices.block, 0) as block_no,

        -- how much
        cast(
            coalesce(
                lag(prices.up_to) over (
                    partition by
                        prices.utility_id, prices.service, prices.effective_from, prices.customer_class, prices.component, prices.season
                    order by prices.block, prices.meter_size
                ), 0
            ) as decimal(18, 6)
        ) as lower_bound,
        prices.up_to as upper_bound,
        prices.rate_usd as unit_rate_usd,
        prices.unit,
        coalesce(prices.basis, 'flat') as basis,
        prices.cap as cap_quantity,
        prices.rounding,

        -- where it comes from
        prices.ordinance,
        prices.source,
        prices.is_assumed
    from source as prices
    inner join versions
        on
            prices.utility_id = versions.utility_id
            and prices.service = versions.service
            and prices.effective_from = versions.effective_from

)

select * from final
