-- What of a bill is open so many days after it, by replicate: at a month end as at the clean month end that it drew; `waiver_only`: at the month ends
-- while only penalties were waived, of bills that came in that time.
with cluster_draws as (

    select * from {{ ref('int_penalties__impact_cluster_draws') }}

),

month_draws as (

    select * from {{ ref('int_penalties__impact_month_draws') }}

),

months as (

    select * from {{ ref('int_penalties__impact_months') }}

),

cells as (

    select
        cells.utility_id,
        cells.month_no,
        cells.cluster_no,
        cells.age_step,
        {{ payer_group('cells.customer_class') }} as payer_group,
        sum(cells.net_usd) as net_usd,
        sum(cells.open_usd) as open_usd
    from {{ ref('int_penalties__impact_open_cells') }} as cells
    inner join months
        on cells.utility_id = months.utility_id and cells.month_no = months.month_no
    inner join months as billed_months
        on cells.utility_id = billed_months.utility_id and cells.billed_month_no = billed_months.month_no
    where
        months.is_clean
        or (months.is_waiver_only and (billed_months.is_waiver_only or billed_months.month_no = months.month_no - 1))
    group by cells.utility_id, cells.month_no, cells.cluster_no, cells.age_step, {{ payer_group('cells.customer_class') }}

),

-- Each month that a replicate drew, once, with its parts of the city added up.
drawn_months as (

    select distinct
        utility_id,
        episode_id,
        replicate_no,
        drawn_month_no
    from month_draws

),

by_month as (

    select
        drawn_months.utility_id,
        drawn_months.episode_id,
        drawn_months.replicate_no,
        drawn_months.drawn_month_no,
        cells.payer_group,
        cells.age_step,
        sum(cluster_draws.times * cells.net_usd) as net_usd,
        sum(cluster_draws.times * cells.open_usd) as open_usd
    from drawn_months
    inner join cells
        on drawn_months.utility_id = cells.utility_id and drawn_months.drawn_month_no = cells.month_no
    inner join cluster_draws
        on
            drawn_months.utility_id = cluster_draws.utility_id
            and drawn_months.episode_id = cluster_draws.episode_id
            and drawn_months.replicate_no = cluster_draws.replicate_no
            and cells.cluster_no = cluster_draws.cluster_no
    group by
        drawn_months.utility_id, drawn_months.episode_id, drawn_months.replicate_no, drawn_months.drawn_month_no, cells.payer_group, cells.age_step

),

final as (

    select
        month_draws.utility_id,
        month_draws.episode_id,
        month_draws.replicate_no,
        month_draws.drawn_from,
        month_draws.month_no,
        by_month.payer_group,
        by_month.age_step,
        cast(sum(by_month.open_usd) / nullif(sum(by_month.net_usd), 0) as decimal(12, 8)) as open_share
    from month_draws
    inner join by_month
        on
            month_draws.utility_id = by_month.utility_id
            and month_draws.episode_id = by_month.episode_id
            and month_draws.replicate_no = by_month.replicate_no
            and month_draws.drawn_month_no = by_month.drawn_month_no
    group by
        month_draws.utility_id, month_draws.episode_id, month_draws.replicate_no, month_draws.drawn_from, month_draws.month_no,
        by_month.payer_group, by_month.age_step

)

select * from final
