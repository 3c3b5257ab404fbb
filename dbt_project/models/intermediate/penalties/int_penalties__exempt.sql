with dates as (

    select * from {{ ref('int_penalties__dates') }}

),

rules as (

    select * from {{ ref('int_penalties__rules') }}

),

put_off as (

    select * from {{ ref('int_penalties__put_off') }}
    where is_free_of_penalty

),

account_periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

events as (

    select * from {{ ref('int_quality__events_in_force') }}
    where event_kind = 'channel_outage'

),

outages as (

    select
        utility_id,
        starts_on,
        coalesce(ends_on, {{ end_of_time() }}) as ends_on
    from events
    where channels is null or {{ names_word('channels', "'autopay'") }}

),

reasons as (

    select
        dates.account_key,
        dates.penalty_on,
        'class' as exempt_reason
    from dates
    inner join rules
        on dates.utility_id = rules.utility_id and dates.penalty_on >= rules.from_on and dates.penalty_on < rules.to_on
    where not {{ names_word('rules.customer_classes', 'dates.customer_class') }}

    union all

    -- A draft that the city could not run is not the customer's delay.
    select
        dates.account_key,
        dates.penalty_on,
        'autopay_outage' as exempt_reason
    from dates
    inner join outages
        on dates.utility_id = outages.utility_id and dates.due_on between outages.starts_on and outages.ends_on
    inner join account_periods
        on
            dates.account_key = account_periods.account_key
            and dates.due_on >= account_periods.from_on
            and dates.due_on < account_periods.to_on
            and account_periods.autopay in ('bank', 'card')

    union all

    select
        account_key,
        penalty_on,
        'agreement' as exempt_reason
    from put_off

),

final as (

    select
        account_key,
        penalty_on,
        min(exempt_reason) as exempt_reason
    from reasons
    group by account_key, penalty_on

)

select * from final
