-- Of bills of a clean month at the end of a clean month. An age that is never seen keeps the share before it.
with cells as (

    select * from {{ ref('int_penalties__impact_open_cells') }}

),

months as (

    select * from {{ ref('int_penalties__impact_months') }}
    where is_clean

),

payer_groups as (

    select distinct
        utility_id,
        {{ payer_group('customer_class') }} as payer_group
    from cells

),

ages as (

    select {{ explode_range('0', whole_quotient(followed_days(), '10')) }} as age_step

),

clean as (

    select
        cells.utility_id,
        {{ payer_group('cells.customer_class') }} as payer_group,
        cells.age_step,
        sum(cells.net_usd) as net_usd,
        sum(cells.open_usd) as open_usd
    from cells
    inner join months
        on cells.utility_id = months.utility_id and cells.billed_month_no = months.month_no
    inner join months as later_months
        on cells.utility_id = later_months.utility_id and cells.month_no = later_months.month_no
    group by cells.utility_id, {{ payer_group('cells.customer_class') }}, cells.age_step
    having sum(cells.net_usd) > 0

),

laid as (

    select
        payer_groups.utility_id,
        payer_groups.payer_group,
        cast(ages.age_step as integer) as age_step,
        cast(clean.open_usd / clean.net_usd as decimal(9, 8)) as seen_share
    from payer_groups
    cross join ages
    left join clean
        on
            payer_groups.utility_id = clean.utility_id
            and payer_groups.payer_group = clean.payer_group
            and ages.age_step = clean.age_step

),

final as (

    select
        utility_id,
        payer_group,
        age_step,
        coalesce(
            {{ last_known('seen_share') }} over (
                partition by utility_id, payer_group order by age_step rows between unbounded preceding and current row
            ), 1
        ) as open_share
    from laid

)

select * from final
