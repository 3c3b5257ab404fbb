with episodes as (

    select * from {{ ref('int_penalties__impact_episodes') }}

),

events as (

    select * from {{ ref('int_penalties__impact_events') }}
    where event_kind = 'penalty_waiver'

),

month_draws as (

    select * from {{ ref('int_penalties__impact_month_draws') }}
    where replicate_no = 0

),

months as (

    select * from {{ ref('int_penalties__impact_months') }}

),

clusters as (

    select
        utility_id,
        max(cluster_kind) as cluster_kind,
        max(cluster_no) as cluster_count
    from {{ ref('int_penalties__impact_clusters') }}
    group by utility_id

),

clean_counts as (

    select
        utility_id,
        count(*) as clean_month_count
    from months
    where is_clean
    group by utility_id

),

draw_counts as (

    select
        utility_id,
        episode_id,
        count(distinct case when drawn_from = 'waiver_only' then drawn_month_no end) as waiver_only_month_count,
        count(distinct case when drawn_from = 'prior_year' then drawn_month_no end) as prior_month_count
    from month_draws
    group by utility_id, episode_id

),

waived as (

    select
        utility_id,
        episode_id,
        max(case when customer_classes is null then 1 else 0 end) = 1 as is_for_all
    from events
    group by utility_id, episode_id

),

-- As the rule stands when the episode begins.
needed as (

    select
        utility_id,
        from_on,
        to_on,
        {{ rule_value('finance.waiver_clean_months', 'integer', '24') }} as needed_month_count
    from ({{ rule_stretches(['finance.waiver_clean_months']) }}) as valued
    group by utility_id, from_on, to_on

),

final as (

    select
        episodes.utility_id,
        episodes.episode_id,
        coalesce(needed.needed_month_count, 24) as needed_month_count,
        cast(coalesce(clean_counts.clean_month_count, 0) as integer) as clean_month_count,
        cast(coalesce(draw_counts.waiver_only_month_count, 0) as integer) as waiver_only_month_count,
        cast(coalesce(draw_counts.prior_month_count, 0) as integer) as prior_month_count,
        clusters.cluster_kind,
        clusters.cluster_count,
        waived.episode_id is not null as has_penalty_waiver,
        coalesce(waived.is_for_all, false) as is_for_all
    from episodes
    inner join clusters
        on episodes.utility_id = clusters.utility_id
    left join needed
        on
            episodes.utility_id = needed.utility_id
            and episodes.window_from_on >= needed.from_on
            and episodes.window_from_on < needed.to_on
    left join clean_counts
        on episodes.utility_id = clean_counts.utility_id
    left join draw_counts
        on episodes.utility_id = draw_counts.utility_id and episodes.episode_id = draw_counts.episode_id
    left join waived
        on episodes.utility_id = waived.utility_id and episodes.episode_id = waived.episode_id

)

select * from final
