with bill_days as (

    select distinct
        utility_id,
        billed_on
    from {{ ref('int_billing__bills') }}
    where bill_kind != 'cancel' and penalty_on is null

),

rules as (

    select * from {{ ref('int_penalties__rules') }}

),

-- As for due dates, an extension holds for bills of its days that are not older than its announcement; that a due date is printed extended
-- says nothing of the penalty date, which is not printed.
extensions as (

    select
        utility_id,
        starts_on,
        extension_days,
        greatest(starts_on, coalesce(known_on, starts_on)) as holds_from_on,
        coalesce(ends_on, {{ end_of_time() }}) as ends_on
    from {{ ref('stg_policy__events') }}
    where event_kind = 'due_date_extension' and extension_days > 0

),

holidays as (

    select * from {{ ref('stg_policy__holidays') }}

),

extended as (

    select
        bill_days.utility_id,
        bill_days.billed_on,
        max(extensions.extension_days) as extension_days
    from bill_days
    inner join extensions
        on
            bill_days.utility_id = extensions.utility_id
            and bill_days.billed_on between extensions.holds_from_on and extensions.ends_on
    group by bill_days.utility_id, bill_days.billed_on

),

counted as (

    select
        bill_days.utility_id,
        bill_days.billed_on,
        rules.is_rolled,
        rules.penalty_days
        + case when rules.is_extended_with_due_date then coalesce(extended.extension_days, 0) else 0 end as counted_days
    from bill_days
    inner join rules
        on
            bill_days.utility_id = rules.utility_id
            and bill_days.billed_on >= rules.from_on
            and bill_days.billed_on < rules.to_on
    left join extended
        on bill_days.utility_id = extended.utility_id and bill_days.billed_on = extended.billed_on

),

-- No run of weekends and holidays is as long as two weeks.
candidates as (

    select
        utility_id,
        billed_on,
        is_rolled,
        counted_days,
        {{ explode_range('0', 'case when is_rolled then 14 else 0 end') }} as days_later
    from counted

),

dated as (

    select
        utility_id,
        billed_on,
        is_rolled,
        {{ add_days('billed_on', 'counted_days + days_later') }} as day_on
    from candidates

),

final as (

    select
        dated.utility_id,
        dated.billed_on,
        min(dated.day_on) as penalty_on
    from dated
    left join holidays
        on dated.utility_id = holidays.utility_id and dated.day_on = holidays.holiday_on
    where not dated.is_rolled or (holidays.holiday_on is null and not {{ is_weekend('dated.day_on') }})
    group by dated.utility_id, dated.billed_on

)

select * from final
