{{ config(materialized='view') }}

with events as (

    select * from {{ ref('stg_policy__events') }}
    where event_kind = 'billing_suspension'

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

earned as (

    select * from {{ ref('int_billing__earned_months') }}

),

versions as (

    select
        events.*,
        row_number() over (partition by events.utility_id, events.event_id order by events.known_on desc nulls last, events.starts_on desc) as version_rank
    from events

),

-- The version of an event that is in force on the as-of date; one without an end lasts until then at least.
months as (

    select
        versions.utility_id,
        versions.services,
        versions.customer_classes,
        {{ explode_range(month_number('versions.starts_on'), month_number('coalesce(versions.ends_on, utilities.as_of_on)')) }} as month_no
    from versions
    inner join utilities
        on versions.utility_id = utilities.utility_id
    where versions.version_rank = 1

),

places as (

    select distinct
        utility_id,
        service,
        customer_class
    from earned

),

final as (

    select distinct
        places.utility_id,
        places.service,
        places.customer_class,
        cast(months.month_no as integer) as month_no
    from places
    inner join months
        on
            places.utility_id = months.utility_id
            and (months.services is null or ',' || months.services || ',' like '%,' || places.service || ',%')
            and (months.customer_classes is null or ',' || months.customer_classes || ',' like '%,' || places.customer_class || ',%')

)

select * from final
