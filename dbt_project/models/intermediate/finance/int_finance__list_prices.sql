with tariffs as (

    select * from {{ ref('stg_policy__tariffs') }}

),

lists as (

    select * from {{ ref('int_finance__price_lists') }}

),

-- Use alone does not tell a bill that counts demand.
counted as (

    select
        *,
        max(case when component_kind = 'demand' then 1 else 0 end) over (
            partition by utility_id, service, effective_from_on, tariff_class
        ) = 1 as has_demand,
        max({{ decimals_of('unit_rate_usd') }}) over (
            partition by utility_id, service, effective_from_on, tariff_class, component
        ) as decimals
    from tariffs

),

final as (

    select
        tariffs.utility_id,
        tariffs.service,
        lists.price_list,
        tariffs.tariff_class as priced_class,
        -- the rate engine finds prices by version and class: the list is part of the class it is asked for
        tariffs.effective_from_on,
        {{ listed_class('lists.price_list', 'tariffs.tariff_class') }} as tariff_class,
        tariffs.component,
        tariffs.component_kind,
        tariffs.meter_size,
        tariffs.season,
        tariffs.season_first,
        tariffs.season_last,
        tariffs.block_no,
        tariffs.lower_bound,
        tariffs.upper_bound,
        -- a percentage follows what it is taken of
        case
            when lists.rate_factor = 1 or tariffs.unit = 'percent' then tariffs.unit_rate_usd
            else {{ adjusted_rate('tariffs.unit_rate_usd', 'lists.rate_factor', 'tariffs.decimals') }}
        end as unit_rate_usd,
        tariffs.unit,
        tariffs.basis,
        tariffs.cap_quantity,
        tariffs.rounding,
        tariffs.is_assumed
    from counted as tariffs
    inner join lists
        on
            tariffs.utility_id = lists.utility_id
            and tariffs.service = lists.service
            and tariffs.effective_from_on = lists.version_from_on
    where not tariffs.has_demand

)

select * from final
