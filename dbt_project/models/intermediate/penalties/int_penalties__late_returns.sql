-- From its return date on a payment counts as never received. Where it had kept the account's last bill free of a penalty, policy may ask for it then.
with returns as (

    select
        account_key,
        posted_on as returned_on,
        reverses_posting_id,
        sum(amount_usd) as returned_usd
    from {{ ref('int_receivables__postings') }}
    where posting_kind = 'return' and debit_class is null
    group by account_key, posted_on, reverses_posting_id

),

accounts as (

    select
        accounts.account_key,
        accounts.utility_id,
        utilities.as_of_on
    from {{ ref('int_receivables__accounts') }} as accounts
    inner join {{ ref('int_quality__utilities') }} as utilities
        on accounts.utility_id = utilities.utility_id

),

payments as (

    select
        utility_id,
        'payment:' || payment_id as posting_id,
        received_on,
        posted_on
    from {{ ref('stg_extracts__payments') }}

),

dates as (

    select
        dates.account_key,
        dates.penalty_on,
        least(
            coalesce(dates.next_penalty_on, {{ end_of_time() }}), coalesce(dates.cancelled_on, {{ end_of_time() }})
        ) as before_on,
        rules.is_timely_by_receipt,
        rules.is_penalty_date_timely
    from {{ ref('int_penalties__dates') }} as dates
    inner join {{ ref('int_penalties__rules') }} as rules
        on
            dates.utility_id = rules.utility_id
            and dates.penalty_on >= rules.from_on
            and dates.penalty_on < rules.to_on
    where rules.has_penalty_on_return

),

returned as (

    select
        returns.*,
        payments.received_on,
        payments.posted_on
    from returns
    inner join accounts
        on returns.account_key = accounts.account_key and returns.returned_on <= accounts.as_of_on
    inner join payments
        on accounts.utility_id = payments.utility_id and returns.reverses_posting_id = payments.posting_id

),

daily as (

    select
        dates.account_key,
        dates.penalty_on,
        returned.returned_on,
        sum(returned.returned_usd) as returned_usd
    from returned
    inner join dates
        on
            returned.account_key = dates.account_key
            and returned.returned_on > dates.penalty_on
            and returned.returned_on < dates.before_on
            and (
                returned.posted_on <= dates.penalty_on
                or (
                    dates.is_timely_by_receipt
                    and (returned.received_on < dates.penalty_on or (returned.received_on = dates.penalty_on and dates.is_penalty_date_timely))
                )
            )
    group by dates.account_key, dates.penalty_on, returned.returned_on

),

final as (

    select
        account_key,
        penalty_on,
        returned_on,
        {{ as_money('returned_usd') }} as came_back_usd,
        {{ as_money('sum(returned_usd) over cycle') }} as returned_usd
    from daily
    window cycle as (partition by account_key, penalty_on order by returned_on rows between unbounded preceding and current row)

)

select * from final
