with units as (

    select * from {{ ref('int_billing__determinants') }}

),

lines as (

    select * from {{ ref('int_billing__determinant_lines') }}

),

final as (

    select
        units.unit_id,
        {{ sum_money('lines.amount_usd') }} as amount_usd,
        {{ sum_money('case when lines.is_revenue then lines.amount_usd end') }} as revenue_usd,
        {{ sum_money("case when lines.component = 'base' then lines.amount_usd end") }} as base_usd,
        -- Where nothing was used a tariff without a base has no line, and a price all the same.
        count(lines.unit_id) > 0 or max(units.usage_quantity) = 0 as has_lines,
        cast(count(lines.unit_id) as integer) as line_count,
        coalesce(max(case when lines.component = 'tax' then 1 else 0 end), 0) = 1 as has_tax,
        coalesce(max(case when lines.is_assumed then 1 else 0 end), 0) = 1 as is_assumed,
        coalesce(max(case when lines.basis = 'winter_average' then 1 else 0 end), 0) = 1 as is_by_average
    from units
    left join lines
        on units.unit_id = lines.unit_id
    group by units.unit_id

)

select * from final
