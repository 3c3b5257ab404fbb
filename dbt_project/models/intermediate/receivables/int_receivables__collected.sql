-- What became of each dollar of each bill by the as-of date, from the pairs of debits and credits. A payment that was returned made no pair. A pair
-- counts from the day on which both its debit and its credit were posted.
with allocations as (

    select * from {{ ref('int_receivables__allocations') }}

),

bill_debits as (

    select
        account_key,
        queue_no,
        posted_on,
        due_on,
        amount_usd
    from {{ ref('int_receivables__debits') }}
    where source_entity = 'bills'

),

credits as (

    select
        account_key,
        credit_no,
        posted_on,
        case
            when posting_detail = 'assistance' then 'assistance'
            when posting_kind = 'payment' or posting_detail = 'deposit_applied' then 'own_money'
            when posting_kind = 'charge' then 'cancelled'
            when posting_kind = 'transfer' then 'transferred'
            when posting_detail = 'write_off' then 'written_off'
            else 'credit'
        end as means
    from {{ ref('int_receivables__credits') }}

),

due_dates as (

    select * from {{ ref('int_receivables__due_dates') }}

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

paired as (

    select
        bill_debits.account_key,
        bill_debits.posted_on as billed_on,
        bill_debits.due_on,
        greatest(credits.posted_on, bill_debits.posted_on) as paid_on,
        credits.means,
        allocations.amount_usd
    from allocations
    inner join bill_debits
        on allocations.account_key = bill_debits.account_key and allocations.queue_no = bill_debits.queue_no
    inner join credits
        on allocations.account_key = credits.account_key and allocations.credit_no = credits.credit_no

),

dollars as (

    select account_key, billed_on, due_on, paid_on, means, sum(amount_usd) as amount_usd
    from paired
    group by account_key, billed_on, due_on, paid_on, means
    union all
    select account_key, posted_on as billed_on, due_on, cast(null as date) as paid_on, 'billed' as means, sum(amount_usd) as amount_usd
    from bill_debits
    group by account_key, posted_on, due_on

),

placed as (

    select
        periods.utility_id,
        periods.customer_class,
        {{ month_number('dollars.billed_on') }} as billed_month_no,
        {{ month_number('dollars.paid_on') }} - {{ month_number('dollars.billed_on') }} as age_months,
        least({{ days_between('dollars.billed_on', 'dollars.paid_on') }}, 1000) as age_days,
        dollars.paid_on <= dollars.due_on as is_by_due_date,
        dollars.paid_on <= coalesce(due_dates.penalty_on, dollars.due_on) as is_by_penalty_date,
        dollars.means,
        dollars.amount_usd
    from dollars
    inner join periods
        on
            dollars.account_key = periods.account_key
            and dollars.billed_on >= periods.from_on
            and dollars.billed_on < periods.to_on
    inner join utilities
        on periods.utility_id = utilities.utility_id and dollars.billed_on <= utilities.as_of_on
    left join due_dates
        on dollars.account_key = due_dates.account_key and dollars.due_on = due_dates.due_on

),

final as (

    select
        utility_id,
        customer_class,
        billed_month_no,
        cast(age_months as integer) as age_months,
        cast(age_days as integer) as age_days,
        is_by_due_date,
        is_by_penalty_date,
        means,
        {{ sum_money('amount_usd') }} as amount_usd
    from placed
    group by utility_id, customer_class, billed_month_no, age_months, age_days, is_by_due_date, is_by_penalty_date, means

)

select * from final
