{%- set months_until_old = 5 -%}
with years_over as (

    select * from {{ ref('int_finance__years_over') }}

),

episodes as (

    select * from {{ ref('int_penalties__impact_episodes') }}

),

rules as (

    select * from {{ ref('int_receivables__collection_rules') }}

),

-- A bill falls due within a month and is over 120 days late four months later; from then on the loss window counts.
final as (

    select
        years_over.utility_id,
        years_over.fiscal_year,
        years_over.has_adjustments,
        rules.average_months,
        max(episodes.episode_id) is null as is_clean,
        {{ listed('episodes.episode_id', 'episodes.episode_no') }} as episode_ids,
        {{ add_days(add_months(add_days('years_over.through_on', '1'), months_until_old ~ ' + rules.loss_window_months'), '-1') }}
        <= years_over.as_of_on as is_window_over
    from years_over
    inner join rules
        on
            years_over.utility_id = rules.utility_id
            and years_over.as_of_on >= rules.from_on
            and years_over.as_of_on < rules.to_on
    left join episodes
        on
            years_over.utility_id = episodes.utility_id
            and years_over.through_on >= episodes.window_from_on
            and years_over.from_on <= episodes.window_to_on
    group by
        years_over.utility_id, years_over.fiscal_year, years_over.through_on, years_over.as_of_on, years_over.has_adjustments,
        rules.loss_window_months, rules.average_months

)

select * from final
