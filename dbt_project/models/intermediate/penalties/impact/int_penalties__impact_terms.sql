{%- set catch_up_months = 3 -%}
with episodes as (

    select * from {{ ref('int_penalties__impact_episodes') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

valued as (

    {{ rule_stretches(['impact.']) }}

),

rates as (

    select
        utility_id,
        from_on,
        to_on,
        {{ rule_value('impact.carrying_rate_percent', 'decimal(9, 4)') }} as carrying_rate_pct
    from valued
    group by utility_id, from_on, to_on

),

-- From the next episode on nobody can tell whose delay it is.
following as (

    select
        episodes.utility_id,
        episodes.episode_id,
        min(others.window_from_on) as next_from_on
    from episodes
    inner join episodes as others
        on
            episodes.utility_id = others.utility_id
            and episodes.window_to_on < others.window_from_on
            and coalesce(others.outage_from_on, others.penalty_waiver_from_on) is not null
    group by episodes.utility_id, episodes.episode_id

),

known as (

    select
        episodes.*,
        least(
            utilities.as_of_on, coalesce({{ add_days('following.next_from_on', '-1') }}, utilities.as_of_on)
        ) as known_to_on
    from episodes
    inner join utilities
        on episodes.utility_id = utilities.utility_id
    left join following
        on episodes.utility_id = following.utility_id and episodes.episode_id = following.episode_id

),

final as (

    select
        known.utility_id,
        known.episode_id,
        known.window_from_on,
        least(
            known.known_to_on,
            greatest(
                known.window_to_on,
                last_day({{ add_months('coalesce(known.outage_to_on, known.penalty_waiver_to_on, known.window_to_on)', catch_up_months) }})
            )
        ) as counted_to_on,
        known.known_to_on,
        last_day(coalesce(known.outage_to_on, known.penalty_waiver_to_on, known.window_to_on)) as outage_month_end_on,
        last_day(coalesce(known.penalty_waiver_to_on, known.window_to_on)) as waiver_month_end_on,
        rates.carrying_rate_pct
    from known
    left join rates
        on
            known.utility_id = rates.utility_id
            and known.window_from_on >= rates.from_on
            and known.window_from_on < rates.to_on

)

select * from final
