{%- set fewest_prior_months = 2 -%}
-- Which methods can be used, and why not where not. Components that rules alone decide have no method.
with counts as (

    select * from {{ ref('int_penalties__impact_method_counts') }}

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
        counts.*,
        asked.question,
        asked.component,
        methods.method
    from counts
    cross join asked
    cross join methods

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
                then 'The waiver covers every class of customers: nobody is left to compare with.'
            when method = 'difference_in_differences'
                then 'Not computed: whom the waiver leaves out are of other classes, and pay otherwise.'
            when method = 'cohort_curves' and clean_month_count < needed_month_count
                then 'Only ' || cast(clean_month_count as varchar) || ' clean months in the data; ' || cast(needed_month_count as varchar) || ' are needed.'
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

marked as (

    select
        *,
        max(case when method = 'cohort_curves' and reason is not null then 1 else 0 end) over (
            partition by utility_id, episode_id, question, component
        ) = 1 as is_curve_refused
    from judged

),

final as (

    select
        utility_id,
        episode_id,
        question,
        component,
        method,
        reason is null
        and (method = 'cohort_curves' or (method = 'prior_year' and question = 'event' and is_curve_refused)) as is_used,
        reason is not null as is_refused,
        reason,
        clean_month_count,
        needed_month_count,
        waiver_only_month_count,
        prior_month_count,
        cluster_kind,
        cluster_count,
        cast(case when method in ('cohort_curves', 'prior_year') and reason is null then {{ replicate_count() }} else 0 end as integer) as replicate_count
    from marked

)

select * from final
