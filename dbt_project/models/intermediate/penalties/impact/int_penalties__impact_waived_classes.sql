with waivers as (

    select * from {{ ref('int_penalties__impact_events') }}
    where event_kind = 'penalty_waiver'

),

episode_waivers as (

    select
        utility_id,
        episode_id,
        min(starts_on) as starts_on,
        max(ends_on) as ends_on
    from waivers
    group by utility_id, episode_id

),

cells as (

    select * from {{ ref('int_penalties__impact_penalty_cells') }}

),

final as (

    select distinct
        episode_waivers.utility_id,
        episode_waivers.episode_id,
        cells.customer_class,
        episode_waivers.starts_on,
        episode_waivers.ends_on
    from episode_waivers
    inner join (select distinct utility_id, customer_class from cells) as cells
        on episode_waivers.utility_id = cells.utility_id
    inner join waivers
        on
            episode_waivers.utility_id = waivers.utility_id
            and episode_waivers.episode_id = waivers.episode_id
            and (waivers.customer_classes is null or {{ names_word('waivers.customer_classes', 'cells.customer_class') }})

)

select * from final
