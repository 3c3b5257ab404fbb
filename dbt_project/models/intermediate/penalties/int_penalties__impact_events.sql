with events as (

    select * from {{ ref('stg_policy__events') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

versions as (

    select
        *,
        row_number() over (partition by utility_id, event_id order by known_on desc nulls last, starts_on desc) as version_rank
    from events

),

final as (

    select
        versions.utility_id,
        versions.episode_id,
        versions.episode_title,
        versions.event_id,
        versions.event_kind,
        versions.event_title,
        versions.services,
        versions.customer_classes,
        versions.channels,
        versions.starts_on,
        coalesce(versions.ends_on, greatest(versions.starts_on, utilities.as_of_on)) as ends_on,
        versions.ends_on is null as is_open,
        versions.amount_usd,
        cast(
            row_number() over (partition by versions.utility_id order by versions.starts_on, versions.event_id) as integer
        ) as event_no,
        versions.is_assumed,
        versions.starts_on <= utilities.as_of_on as has_begun,
        utilities.as_of_on
    from versions
    inner join utilities
        on versions.utility_id = utilities.utility_id
    where versions.version_rank = 1

)

select * from final
