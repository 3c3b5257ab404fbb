-- What became of each dollar of each bill by the as-of date, from the pairs of debits and credits. A payment that was returned made no pair. A pair
-- counts from the day on which both its debit and its credit were posted. Account and number are one key: joined by both, the account alone would
-- tempt the engine to pair every debit of an account with every credit.
with allocations as (

    select
        {{ numbered_key('account_key', 'queue_no') }} as debit_key,
        {{ numbered_key('account_key', 'credit_no') }} as credit_key,
        amount_usd
    from {{ ref('int_receivables__allocations') }}

),

bill_debits as (

    select
        account_key,
        {{ numbered_key('account_key', 'queue_no') }} as debit_key,
        posted_on,
        due_on,
        amount_usd
    from {{ ref('int_receivables__debits') }}
    where source_entity = 'bills'

),

credits as (

    select
        {{ numbered_key('account_key', 'credit_no') }} as credit_key,
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

periods as {{ computed_once() }} (

    select
        periods.*,
        utilities.as_of_on
    from {{ ref('int_receivables__account_periods') }} as periods
    inner join {{ ref('int_quality__utilities') }} as utilities
        on periods.utility_id = utilities.utility_id

),

-- Paid by the due date is paid by the penalty date: only later pairs look for it. Millions of pairs: everything is added up at once, no account
-- keeps a row.
paired as (

    select
        bill_debits.account_key,
        bill_debits.posted_on as billed_on,
        bill_debits.due_on,
        greatest(credits.posted_on, bill_debits.posted_on) as paid_on,
        case when credits.posted_on > bill_debits.due_on then bill_debits.account_key end as late_account_key,
        credits.means,
        allocations.amount_usd
    from allocations
    inner join bill_debits
        on allocations.debit_key = bill_debits.debit_key
    inner join credits
        on allocations.credit_key = credits.credit_key

),

placed as (

    select
        periods.utility_id,
        periods.customer_class,
        {{ month_number('paired.billed_on') }} as billed_month_no,
        {{ month_number('paired.paid_on') }} - {{ month_number('paired.billed_on') }} as age_months,
        least({{ days_between('paired.billed_on', 'paired.paid_on') }}, 181) as age_days,
        paired.late_account_key is null as is_by_due_date,
        paired.late_account_key is null or coalesce(paired.paid_on <= due_dates.penalty_on, false) as is_by_penalty_date,
        paired.means,
        paired.amount_usd
    from paired
    inner join periods
        on
            paired.account_key = periods.account_key
            and paired.billed_on >= periods.from_on
            and paired.billed_on < periods.to_on
    left join due_dates
        on paired.late_account_key = due_dates.account_key and paired.due_on = due_dates.due_on
    union all
    select
        periods.utility_id,
        periods.customer_class,
        {{ month_number('bill_debits.posted_on') }} as billed_month_no,
        cast(null as integer) as age_months,
        cast(null as integer) as age_days,
        cast(null as boolean) as is_by_due_date,
        cast(null as boolean) as is_by_penalty_date,
        'billed' as means,
        bill_debits.amount_usd
    from bill_debits
    inner join periods
        on
            bill_debits.account_key = periods.account_key
            and bill_debits.posted_on >= periods.from_on
            and bill_debits.posted_on < periods.to_on
            and bill_debits.posted_on <= periods.as_of_on

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
