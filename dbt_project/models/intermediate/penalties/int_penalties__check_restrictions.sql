with returns as (

    select * from {{ ref('int_penalties__returns') }}
    where is_counted

),

-- A return counts from its day on: for ever, or for twelve months.
changes as (

    select
        utility_id,
        account_id,
        posted_on as on_day,
        1 as change
    from returns
    union all
    select
        utility_id,
        account_id,
        {{ add_months('posted_on', '12') }} as on_day,
        -1 as change
    from returns
    where returned_window = 'twelve_months'

),

days as (

    select
        utility_id,
        account_id,
        on_day,
        sum(change) as change
    from changes
    group by utility_id, account_id, on_day

),

counted as (

    select
        utility_id,
        account_id,
        on_day as from_on,
        coalesce(lead(on_day) over by_day, {{ end_of_time() }}) as to_on,
        sum(change) over by_day as returned_count
    from days
    window by_day as (partition by utility_id, account_id order by on_day)

),

rules as (

    select * from {{ ref('int_penalties__payment_rules') }}

),

final as (

    select
        counted.utility_id,
        counted.account_id,
        counted.from_on,
        counted.to_on,
        cast(counted.returned_count as integer) as returned_count,
        rules.returned_limit
    from counted
    inner join rules
        on
            counted.utility_id = rules.utility_id
            and counted.from_on >= rules.from_on
            and counted.from_on < rules.to_on
    where counted.returned_count >= rules.returned_limit

)

select * from final
