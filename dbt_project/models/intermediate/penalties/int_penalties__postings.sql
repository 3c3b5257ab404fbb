-- Penalties and their waivers, each with the bill that it belongs to: that of the penalty date of the bill that it names, else that of the account's last penalty date before. What
-- comes before any penalty date stands for the account.
with adjustments as (

    select * from {{ ref('stg_extracts__adjustments') }}
    where adjustment_kind in ('penalty', 'penalty_waiver') and amount_usd != 0

),

accounts as (

    select
        accounts.*,
        utilities.as_of_on
    from {{ ref('int_receivables__accounts') }} as accounts
    inner join {{ ref('int_quality__utilities') }} as utilities
        on accounts.utility_id = utilities.utility_id

),

dates as (

    select * from {{ ref('int_penalties__dates') }}

),

counted_dates as (

    select * from {{ ref('int_penalties__counted_dates') }}

),

bills as (

    select
        bills.utility_id,
        bills.bill_id,
        bills.account_id,
        bills.bill_kind,
        bills.cancelled_on,
        coalesce(bills.penalty_on, counted_dates.penalty_on) as penalty_on
    from {{ ref('int_billing__bills') }} as bills
    left join counted_dates
        on bills.utility_id = counted_dates.utility_id and bills.billed_on = counted_dates.billed_on

),

posted as (

    select
        accounts.account_key,
        adjustments.utility_id,
        adjustments.account_id,
        adjustments.adjustment_id,
        adjustments.adjustment_kind,
        adjustments.posted_on,
        coalesce(adjustments.service, 'account') as service,
        bills.bill_id,
        case
            when bills.bill_kind in ('regular', 'final', 'rebill') and (bills.cancelled_on is null or bills.cancelled_on > bills.penalty_on)
                then bills.penalty_on
        end as penalty_on,
        adjustments.event_id,
        adjustments.amount_usd
    from adjustments
    inner join accounts
        on
            adjustments.utility_id = accounts.utility_id
            and adjustments.account_id = accounts.account_id
            and adjustments.posted_on <= accounts.as_of_on
    left join bills
        on
            adjustments.utility_id = bills.utility_id
            and adjustments.bill_id = bills.bill_id
            and adjustments.account_id = bills.account_id

),

-- Of bills with one penalty date the last bears the penalty, whichever it names.
named as (

    select
        posted.account_key,
        posted.utility_id,
        posted.account_id,
        posted.adjustment_id,
        posted.adjustment_kind,
        posted.posted_on,
        posted.service,
        coalesce(dates.bill_id, posted.bill_id) as bill_id,
        posted.event_id,
        posted.amount_usd,
        dates.penalty_on
    from posted
    left join dates
        on posted.account_key = dates.account_key and posted.penalty_on = dates.penalty_on
    where posted.bill_id is not null

),

unnamed as (

    select
        posted.account_key,
        posted.utility_id,
        posted.account_id,
        posted.adjustment_id,
        posted.adjustment_kind,
        posted.posted_on,
        posted.service,
        coalesce(dates.bill_id, 'account:' || posted.account_id) as bill_id,
        posted.event_id,
        posted.amount_usd,
        dates.penalty_on
    from posted
    left join dates
        on
            posted.account_key = dates.account_key
            and posted.posted_on > dates.penalty_on
            and posted.posted_on <= coalesce(dates.next_penalty_on, {{ end_of_time() }})
    where posted.bill_id is null

),

final as (

    select * from named
    union all
    select * from unnamed

)

select * from final
