{%- set months_until_old = 5 -%}
with fiscal_years as (

    select * from {{ ref('int_finance__fiscal_years') }}

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
        fiscal_years.utility_id,
        fiscal_years.fiscal_year,
        fiscal_years.has_adjustments,
        rules.average_months,
        max(episodes.episode_id) is null as is_clean,
        {{ listed('episodes.episode_id', 'episodes.episode_no') }} as episode_ids,
        {{ add_days(add_months(add_days('fiscal_years.through_on', '1'), months_until_old ~ ' + rules.loss_window_months'), '-1') }}
        <= fiscal_years.as_of_on as is_window_over
    from fiscal_years
    inner join rules
        on
            fiscal_years.utility_id = rules.utility_id
            and fiscal_years.as_of_on >= rules.from_on
            and fiscal_years.as_of_on < rules.to_on
    left join episodes
        on
            fiscal_years.utility_id = episodes.utility_id
            and fiscal_years.through_on >= episodes.window_from_on
            and fiscal_years.from_on <= episodes.window_to_on
    group by
        fiscal_years.utility_id, fiscal_years.fiscal_year, fiscal_years.through_on, fiscal_years.as_of_on, fiscal_years.has_adjustments,
        rules.loss_window_months, rules.average_months

)

select * from final
