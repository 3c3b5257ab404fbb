with waivers as (

    select * from {{ ref('int_penalties__impact_events') }}
    where event_kind = 'penalty_waiver' and episode_id is not null

),

dates as (

    select * from {{ ref('int_penalties__dates') }}

),

penalties as (

    select * from {{ ref('int_penalties__impact_penalties') }}

),

covers as (

    select distinct
        utility_id,
        episode_id,
        covered_by
    from {{ ref('int_penalties__impact_covers') }}

),

spans as (

    select
        utility_id,
        episode_id,
        min(starts_on) as from_on,
        max(ends_on) as to_on
    from waivers
    group by utility_id, episode_id

),

-- Whoever had a penalty day in these days, and what was not charged because of them.
parts as (

    select distinct
        spans.utility_id,
        spans.episode_id,
        dates.account_key,
        cast(0 as decimal(18, 2)) as penalties_usd
    from spans
    inner join dates
        on
            spans.utility_id = dates.utility_id
            and spans.from_on <= dates.assess_on
            and spans.to_on >= dates.assess_on
    union all
    select
        penalties.utility_id,
        covers.episode_id,
        penalties.account_key,
        penalties.amount_usd as penalties_usd
    from penalties
    inner join covers
        on penalties.utility_id = covers.utility_id and penalties.covered_by = covers.covered_by

),

final as (

    select
        utility_id,
        episode_id,
        account_key,
        {{ sum_money('penalties_usd') }} as penalties_usd
    from parts
    group by utility_id, episode_id, account_key

)

select * from final
