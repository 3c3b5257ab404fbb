{{ config(materialized='view') }}

with events as (

    select * from {{ ref('int_quality__events_in_force') }}
    where event_kind = 'billing_suspension'

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

earned as (

    select * from {{ ref('int_billing__earned_months') }}

),

-- An event without an end lasts until the as-of date at least.
months as (

    select
        events.utility_id,
        events.services,
        events.customer_classes,
        {{ explode_range(month_number('events.starts_on'), month_number('coalesce(events.ends_on, utilities.as_of_on)')) }} as month_no
    from events
    inner join utilities
        on events.utility_id = utilities.utility_id

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
