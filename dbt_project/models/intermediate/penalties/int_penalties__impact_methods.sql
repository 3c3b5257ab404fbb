{%- set fewest_clean_months = 24 -%}
{%- set fewest_prior_months = 2 -%}
-- Which methods can be used, and why not where not. Components that rules alone decide have no method.
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
        max(case when customer_classes is null and services is null then 1 else 0 end) = 1 as is_for_all
    from events
    group by utility_id, episode_id

),

asked as (

    select 'waiver' as question, 'penalties' as component
    union all
    select 'waiver' as question, 'collected_late' as component
    union all
    select 'event' as question, 'penalties' as component
    union all
    select 'event' as question, 'collected_late' as component

),

methods as (

    select 'rules_applied' as method
    union all
    select 'cohort_curves' as method
    union all
    select 'prior_year' as method
    union all
    select 'difference_in_differences' as method

),

counted as (

    select
        episodes.utility_id,
        episodes.episode_id,
        asked.question,
        asked.component,
        methods.method,
        coalesce(clean_counts.clean_month_count, 0) as clean_month_count,
        coalesce(draw_counts.waiver_only_month_count, 0) as waiver_only_month_count,
        coalesce(draw_counts.prior_month_count, 0) as prior_month_count,
        clusters.cluster_kind,
        clusters.cluster_count,
        waived.episode_id is not null as has_penalty_waiver,
        coalesce(waived.is_for_all, false) as is_for_all
    from episodes
    inner join clusters
        on episodes.utility_id = clusters.utility_id
    cross join asked
    cross join methods
    left join clean_counts
        on episodes.utility_id = clean_counts.utility_id
    left join draw_counts
        on episodes.utility_id = draw_counts.utility_id and episodes.episode_id = draw_counts.episode_id
    left join waived
        on episodes.utility_id = waived.utility_id and episodes.episode_id = waived.episode_id

),

judged as (

    select
        *,
        case
            when not has_penalty_waiver and (component = 'penalties' or question = 'waiver')
                then 'No event of this episode waives penalties.'
            when method = 'rules_applied' and component = 'collected_late'
                then 'Rules say what is charged, not when people pay.'
            when method = 'rules_applied' then null
            when method = 'difference_in_differences' and is_for_all
                then 'The waiver covers every class and service: nobody is left to compare with.'
            when method = 'difference_in_differences'
                then 'Not computed: whom the waiver leaves out differ in class or service from those whom it covers, and pay otherwise.'
            when method = 'cohort_curves' and clean_month_count < {{ fewest_clean_months }}
                then 'Only ' || cast(clean_month_count as varchar) || ' clean months in the data; {{ fewest_clean_months }} are needed.'
            when method = 'cohort_curves' and question = 'waiver' and waiver_only_month_count = 0
                then 'No month in which penalties alone were waived: nothing shows how much later people pay because of it.'
            when method = 'prior_year' and component = 'collected_late' and question = 'waiver'
                then 'A year before tells how people pay without the event, not how they pay with everything but the waiver.'
            when method = 'prior_year' and prior_month_count < {{ fewest_prior_months }}
                then
                    'Only ' || cast(prior_month_count as varchar) || ' clean months among those a year before; {{ fewest_prior_months }} are needed.'
        end as reason
    from counted

),

final as (

    select
        utility_id,
        episode_id,
        question,
        component,
        method,
        reason is null and method = 'cohort_curves' as is_used,
        reason is not null as is_refused,
        reason,
        cast(clean_month_count as integer) as clean_month_count,
        cast(waiver_only_month_count as integer) as waiver_only_month_count,
        cast(prior_month_count as integer) as prior_month_count,
        cluster_kind,
        cluster_count,
        cast(case when method in ('cohort_curves', 'prior_year') and reason is null then {{ replicate_count() }} else 0 end as integer) as replicate_count
    from judged

)

select * from final
