with amounts as (

    select distinct
        utility_id,
        covered_by
    from {{ ref('int_penalties__impact_amounts') }}

),

events as (

    select * from {{ ref('int_penalties__impact_events') }}

),

final as (

    select
        amounts.utility_id,
        amounts.covered_by,
        events.event_id,
        events.episode_id
    from amounts
    inner join events
        on amounts.utility_id = events.utility_id and {{ names_word('amounts.covered_by', 'events.event_id') }}

)

select * from final
