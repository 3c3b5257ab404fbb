with dates as (

    select
        dates.account_key,
        dates.penalty_on,
        dates.month_no,
        rules.is_timely_by_receipt,
        rules.is_penalty_date_timely
    from {{ ref('int_penalties__dates') }} as dates
    inner join {{ ref('int_penalties__rules') }} as rules
        on
            dates.utility_id = rules.utility_id
            and dates.penalty_on >= rules.from_on
            and dates.penalty_on < rules.to_on

),

last_month as (

    select max(month_no) as month_no from dates

),

balances as (

    select
        balances.*,
        {{ explode_range(month_number('balances.from_on'), 'least(' ~ month_number(add_days('balances.to_on', '-1')) ~ ', last_month.month_no)') }} as month_no
    from {{ ref('int_receivables__balances') }} as balances
    cross join last_month

),

late_postings as (

    select
        accounts.account_key,
        payments.received_on,
        payments.posted_on,
        payments.amount_usd
    from {{ ref('stg_extracts__payments') }} as payments
    inner join {{ ref('int_receivables__accounts') }} as accounts
        on payments.utility_id = accounts.utility_id and payments.account_id = accounts.account_id
    where payments.received_on < payments.posted_on

),

pending as (

    select
        late_postings.*,
        {{ explode_range(month_number('late_postings.received_on'), month_number('late_postings.posted_on')) }} as month_no
    from late_postings

),

parts as (

    select
        dates.account_key,
        dates.penalty_on,
        balances.balance_usd,
        cast(0 as decimal(18, 2)) as pending_usd
    from dates
    inner join balances
        on
            dates.account_key = balances.account_key
            and dates.month_no = balances.month_no
            and dates.penalty_on >= balances.from_on
            and dates.penalty_on < balances.to_on

    union all

    -- money received by the penalty date that is posted after it
    select
        dates.account_key,
        dates.penalty_on,
        cast(0 as decimal(18, 2)) as balance_usd,
        pending.amount_usd as pending_usd
    from dates
    inner join pending
        on
            dates.account_key = pending.account_key
            and dates.month_no = pending.month_no
            and dates.penalty_on >= pending.received_on
            and dates.penalty_on < pending.posted_on
            and (dates.is_penalty_date_timely or dates.penalty_on > pending.received_on)
    where dates.is_timely_by_receipt

),

final as (

    select
        account_key,
        penalty_on,
        {{ sum_money('balance_usd') }} as balance_usd,
        {{ sum_money('pending_usd') }} as pending_usd
    from parts
    group by account_key, penalty_on

)

select * from final
