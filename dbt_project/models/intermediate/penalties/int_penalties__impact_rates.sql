with episodes as (

    select * from {{ ref('int_penalties__impact_episodes') }}

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

final as (

    select
        episodes.utility_id,
        episodes.episode_id,
        rates.carrying_rate_pct
    from episodes
    inner join rates
        on
            episodes.utility_id = rates.utility_id
            and episodes.window_from_on >= rates.from_on
            and episodes.window_from_on < rates.to_on

)

select * from final
