with open_items as (

    select * from {{ ref('int_receivables__open_months') }}

),

balances as (

    select * from {{ ref('int_receivables__balances') }}
    where balance_usd < 0

),

month_ends as (

    select * from {{ ref('int_receivables__month_ends') }}

),

last_month as (

    select max(month_no) as month_no from month_ends

),

-- An interval [from, to) contains the ends of the months from that of its first day to the one before that of its last.
balance_months as (

    select
        balances.*,
        {{ explode_range(month_number('balances.from_on'), 'least(' ~ month_number('balances.to_on') ~ ' - 1, last_month.month_no)') }} as month_no
    from balances
    cross join last_month

),

credits_at as (

    select
        balance_months.account_key,
        balance_months.balance_usd,
        month_ends.month_end_on as at_on
    from balance_months
    inner join month_ends
        on balance_months.month_no = month_ends.month_no

),

aged as (

    {{ age_receivable('open_items', 'credits_at', 'due_on') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

final as (

    select
        aged.utility_id,
        aged.account_id,
        aged.service,
        aged.at_on as month_end_on,
        aged.customer_class,
        aged.billing_group,
        aged.account_status,
        aged.not_yet_due_usd,
        aged.d1_30_usd,
        aged.d31_60_usd,
        aged.d61_90_usd,
        aged.d91_120_usd,
        aged.over_120_usd,
        aged.unapplied_usd,
        aged.total_usd
    from aged
    inner join utilities
        on aged.utility_id = utilities.utility_id and aged.at_on <= utilities.as_of_on

)

select * from final
