-- Lateness by replicate: what penalties are taken of for each dollar billed. Usual: in the clean months that were drawn. Extra: how much more in the
-- waiver-only months than usual in their half of the year; null where there are none.
with cluster_draws as (

    select * from {{ ref('int_penalties__impact_cluster_draws') }}

),

month_draws as (

    select * from {{ ref('int_penalties__impact_month_draws') }}
    where is_in_window

),

cells as (

    select
        utility_id,
        month_no,
        cluster_no,
        {{ payer_group('customer_class') }} as payer_group,
        sum(net_usd) as net_usd,
        sum(base_usd) as base_usd
    from {{ ref('int_penalties__impact_penalty_cells') }}
    group by utility_id, month_no, cluster_no, {{ payer_group('customer_class') }}

),

drawn_months as (

    select
        utility_id,
        episode_id,
        replicate_no,
        drawn_from,
        case when drawn_from = 'waiver_only' then {{ half_year('drawn_month_no') }} else {{ half_year('month_no') }} end as half_year,
        drawn_month_no,
        count(*) as times
    from month_draws
    group by utility_id, episode_id, replicate_no, drawn_from, half_year, drawn_month_no

),

-- One row for each month, part of the city and replicate would be a hundred times as many: parts are added up first.
by_month as (

    select
        cluster_draws.utility_id,
        cluster_draws.episode_id,
        cluster_draws.replicate_no,
        cells.month_no,
        cells.payer_group,
        sum(cluster_draws.times * cells.net_usd) as net_usd,
        sum(cluster_draws.times * cells.base_usd) as base_usd
    from cluster_draws
    inner join cells
        on cluster_draws.utility_id = cells.utility_id and cluster_draws.cluster_no = cells.cluster_no
    group by
        cluster_draws.utility_id, cluster_draws.episode_id, cluster_draws.replicate_no, cells.month_no, cells.payer_group

),

drawn as (

    select
        drawn_months.*,
        by_month.payer_group,
        drawn_months.times * by_month.net_usd as net_usd,
        drawn_months.times * by_month.base_usd as base_usd
    from drawn_months
    inner join by_month
        on
            drawn_months.utility_id = by_month.utility_id
            and drawn_months.episode_id = by_month.episode_id
            and drawn_months.replicate_no = by_month.replicate_no
            and drawn_months.drawn_month_no = by_month.month_no

),

usual as (

    select
        utility_id,
        episode_id,
        drawn_from,
        replicate_no,
        payer_group,
        half_year,
        sum(base_usd) / nullif(sum(net_usd), 0) as usual_share
    from drawn
    where drawn_from in ('clean', 'prior_year')
    group by utility_id, episode_id, drawn_from, replicate_no, payer_group, half_year

),

extra as (

    select
        drawn.utility_id,
        drawn.episode_id,
        drawn.replicate_no,
        drawn.payer_group,
        sum(drawn.base_usd - usual.usual_share * drawn.net_usd) / nullif(sum(drawn.net_usd), 0) as extra_share
    from drawn
    inner join usual
        on
            drawn.utility_id = usual.utility_id
            and drawn.episode_id = usual.episode_id
            and drawn.replicate_no = usual.replicate_no
            and drawn.payer_group = usual.payer_group
            and drawn.half_year = usual.half_year
            and usual.drawn_from = 'clean'
    where drawn.drawn_from = 'waiver_only'
    group by drawn.utility_id, drawn.episode_id, drawn.replicate_no, drawn.payer_group

),

final as (

    select
        usual.utility_id,
        usual.episode_id,
        case when usual.drawn_from = 'clean' then 'cohort_curves' else 'prior_year' end as method,
        usual.replicate_no,
        usual.payer_group,
        usual.half_year,
        cast(usual.usual_share as decimal(12, 8)) as usual_share,
        cast(extra.extra_share as decimal(12, 8)) as extra_share
    from usual
    left join extra
        on
            usual.drawn_from = 'clean'
            and usual.utility_id = extra.utility_id
            and usual.episode_id = extra.episode_id
            and usual.replicate_no = extra.replicate_no
            and usual.payer_group = extra.payer_group

)

select * from final
