-- What became of the bills of a year, by fund: a write-off takes off the debts that were still open, each with its service. Account and number are
-- one key: joined by both, the account alone would tempt the engine to pair every debit of an account with every credit.
with utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

accounts as (

    select
        accounts.account_key,
        utilities.utility_id,
        utilities.fiscal_year_start_month,
        utilities.as_of_on
    from {{ ref('int_receivables__accounts') }} as accounts
    inner join utilities
        on accounts.utility_id = utilities.utility_id

),

service_funds as (

    select * from {{ ref('int_receivables__service_funds') }}

),

bill_debits as (

    select
        account_key,
        {{ numbered_key('account_key', 'queue_no') }} as debit_key,
        service,
        posted_on,
        amount_usd
    from {{ ref('int_receivables__debits') }}
    where source_entity = 'bills' and service != 'account'

),

credits as (

    select
        {{ numbered_key('account_key', 'credit_no') }} as credit_key,
        case when posting_detail = 'write_off' then 'written_off' else 'cancelled' end as means
    from {{ ref('int_receivables__credits') }}
    where posting_detail = 'write_off' or posting_kind = 'charge'

),

paired as (

    select
        {{ numbered_key('allocations.account_key', 'allocations.queue_no') }} as debit_key,
        credits.means,
        allocations.amount_usd
    from credits
    inner join {{ ref('int_receivables__allocations') }} as allocations
        on credits.credit_key = {{ numbered_key('allocations.account_key', 'allocations.credit_no') }}

),

-- What came back of an account's write-offs.
returned as (

    select
        postings.account_key,
        sum(case when postings.posting_detail = 'write_off' then -postings.amount_usd else 0 end) as written_off,
        sum(case when postings.posting_detail = 'recovery' then postings.amount_usd else 0 end) as recovered
    from {{ ref('int_receivables__postings') }} as postings
    inner join accounts
        on postings.account_key = accounts.account_key and postings.posted_on <= accounts.as_of_on
    where postings.posting_kind = 'write_off'
    group by postings.account_key

),

measured as (

    select account_key, service, posted_on, amount_usd as billed, 0 as written_off, 0 as recovered
    from bill_debits
    union all
    select
        bill_debits.account_key,
        bill_debits.service,
        bill_debits.posted_on,
        case when paired.means = 'cancelled' then -paired.amount_usd else 0 end as billed,
        case when paired.means = 'written_off' then paired.amount_usd else 0 end as written_off,
        case
            when paired.means = 'written_off' and returned.recovered > 0
                then {{ fine_share(
                    'paired.amount_usd',
                    'cast(least(returned.recovered, returned.written_off) * 100 as bigint)', 'cast(returned.written_off * 100 as bigint)'
                ) }}
            else 0
        end as recovered
    from paired
    inner join bill_debits
        on paired.debit_key = bill_debits.debit_key
    left join returned
        on bill_debits.account_key = returned.account_key

),

final as (

    select
        accounts.utility_id,
        service_funds.fund,
        cast({{ fiscal_year_of('measured.posted_on', 'accounts.fiscal_year_start_month') }} as integer) as fiscal_year,
        {{ sum_money('measured.billed') }} as billed_usd,
        {{ sum_money('measured.written_off') }} as written_off_usd,
        {{ sum_money('measured.recovered') }} as recovered_usd
    from measured
    inner join accounts
        on measured.account_key = accounts.account_key and measured.posted_on <= accounts.as_of_on
    inner join service_funds
        on accounts.utility_id = service_funds.utility_id and measured.service = service_funds.service
    group by accounts.utility_id, service_funds.fund, {{ fiscal_year_of('measured.posted_on', 'accounts.fiscal_year_start_month') }}

)

select * from final
