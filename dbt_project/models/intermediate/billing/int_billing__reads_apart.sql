with reads as (

    select * from {{ ref('int_billing__reads') }}

),

rules as (

    select * from {{ ref('int_billing__read_rules') }}

),

-- The reads of a meter's change stand alone by their nature.
walked as (

    select
        reads.utility_id,
        reads.read_id,
        reads.premise_id,
        reads.service,
        reads.read_on,
        rules.days_apart_within
    from reads
    inner join rules
        on
            reads.utility_id = rules.utility_id
            and reads.read_on >= rules.from_on
            and reads.read_on < rules.to_on
    where
        ',' || rules.same_day_services || ',' like '%,' || reads.service || ',%'
        and not reads.is_change_read

),

days as (

    select
        utility_id,
        premise_id,
        read_on,
        min(service) as service,
        min(read_id) as read_id,
        max(days_apart_within) as days_apart_within
    from walked
    group by utility_id, premise_id, read_on
    having min(service) = max(service)

),

following as (

    select
        *,
        lead(service) over premise as next_service,
        lead(read_id) over premise as next_read_id,
        cast({{ days_between('read_on', 'lead(read_on) over premise') }} as integer) as days_apart
    from days
    window premise as (partition by utility_id, premise_id order by read_on)

),

final as (

    select
        utility_id,
        read_id,
        next_read_id as apart_read_id,
        days_apart
    from following
    where service != next_service and days_apart <= days_apart_within

)

select * from final
