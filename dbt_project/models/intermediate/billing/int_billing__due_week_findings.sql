with bills as (

    select * from {{ ref('int_billing__bills') }}
    where bill_kind = 'regular' and cancelled_on is null

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

valued as (

    {{ rule_stretches(['billing.due_week']) }}

),

tolerances as (

    select
        utility_id,
        from_on,
        {{ rule_value('billing.due_week_tolerance_days', 'integer', '0') }} as tolerance_days
    from valued
    group by utility_id, from_on

),

weeks as (

    select
        valued.utility_id,
        valued.from_on,
        valued.to_on,
        replace(valued.rule_name, 'billing.due_week.', '') as billing_group,
        cast(valued.rule_value as integer) as week_no,
        tolerances.tolerance_days
    from valued
    inner join tolerances
        on valued.utility_id = tolerances.utility_id and valued.from_on = tolerances.from_on
    where valued.rule_name like 'billing.due_week.%'

),

grouped as (

    select
        bills.utility_id,
        bills.bill_id,
        bills.account_id,
        bills.billed_on,
        bills.printed_due_on,
        bills.amount_usd,
        weeks.billing_group,
        weeks.week_no,
        weeks.tolerance_days,
        {{ add_days('bills.printed_due_on', '1 - cast(extract(day from bills.printed_due_on) as integer)') }} as month_on
    from bills
    inner join periods
        on
            bills.utility_id = periods.utility_id
            and bills.account_id = periods.account_id
            and bills.billed_on >= periods.from_on
            and bills.billed_on < periods.to_on
    inner join weeks
        on
            bills.utility_id = weeks.utility_id
            and periods.billing_group = weeks.billing_group
            and bills.billed_on >= weeks.from_on
            and bills.billed_on < weeks.to_on

),

-- The week may be that of the month before or after: the last days of a month are near the next one's first week.
months_near as (

    select -1 as months_off
    union all
    select 0 as months_off
    union all
    select 1 as months_off

),

distances as (

    select
        grouped.utility_id,
        grouped.bill_id,
        min(greatest(
            {{ days_between('grouped.printed_due_on', add_days(add_months('grouped.month_on', 'months_near.months_off'), '7 * grouped.week_no - 7')) }},
            {{ days_between(add_days(add_months('grouped.month_on', 'months_near.months_off'), '7 * grouped.week_no - 1'), 'grouped.printed_due_on') }},
            0
        )) as days_off
    from grouped
    cross join months_near
    group by grouped.utility_id, grouped.bill_id

),

final as (

    select
        grouped.utility_id,
        'due_in_another_week' as finding,
        'R16' as rule,
        grouped.account_id,
        'bills' as source_entity,
        grouped.bill_id as source_id,
        grouped.billed_on as found_on,
        grouped.amount_usd,
        cast(null as decimal(18, 2)) as expected_usd,
        'Due on ' || cast(grouped.printed_due_on as varchar) || ', ' || cast(distances.days_off as varchar)
        || ' days from week ' || cast(grouped.week_no as varchar) || ' of the month, in which group '
        || grouped.billing_group || ' falls due.' as detail
    from grouped
    inner join distances
        on grouped.utility_id = distances.utility_id and grouped.bill_id = distances.bill_id
    where distances.days_off > grouped.tolerance_days

)

select * from final
