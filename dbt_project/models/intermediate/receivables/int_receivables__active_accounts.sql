-- Accounts in service at a month end, counted as a running sum of those that began and ended: no row for each account and month.
with periods as (

    select * from {{ ref('int_receivables__account_periods') }}
    where not {{ is_final('account_status') }}

),

accounts as (

    select * from {{ ref('stg_extracts__accounts') }}

),

months as (

    select * from {{ ref('int_receivables__event_months') }}

),

first_months as (

    select
        utility_id,
        min(month_no) as month_no
    from months
    group by utility_id

),

served as (

    select
        periods.utility_id,
        periods.customer_class,
        periods.billing_group,
        greatest(periods.from_on, coalesce(accounts.opened_on, periods.from_on)) as from_on,
        periods.to_on
    from periods
    inner join accounts
        on periods.utility_id = accounts.utility_id and periods.account_id = accounts.account_id

),

changes as (

    select utility_id, customer_class, billing_group, {{ month_number('from_on') }} as month_no, 1 as change_count
    from served
    where from_on < to_on
    union all
    select utility_id, customer_class, billing_group, {{ month_number('to_on') }} as month_no, -1 as change_count
    from served
    where from_on < to_on

),

monthly as (

    select
        changes.utility_id,
        changes.customer_class,
        changes.billing_group,
        greatest(changes.month_no, first_months.month_no) as month_no,
        sum(changes.change_count) as change_count
    from changes
    inner join first_months
        on changes.utility_id = first_months.utility_id
    group by changes.utility_id, changes.customer_class, changes.billing_group, greatest(changes.month_no, first_months.month_no)

),

places as (

    select distinct
        utility_id,
        customer_class,
        billing_group
    from monthly

),

final as (

    select
        places.utility_id,
        months.month_no,
        months.month_end_on,
        places.customer_class,
        places.billing_group,
        cast(
            sum(coalesce(monthly.change_count, 0)) over (
                partition by places.utility_id, places.customer_class, places.billing_group order by months.month_no
                rows between unbounded preceding and current row
            ) as integer
        ) as account_count
    from places
    inner join months
        on places.utility_id = months.utility_id
    left join monthly
        on
            places.utility_id = monthly.utility_id
            and months.month_no = monthly.month_no
            and coalesce(places.customer_class, '') = coalesce(monthly.customer_class, '')
            and coalesce(places.billing_group, '') = coalesce(monthly.billing_group, '')

)

select * from final
