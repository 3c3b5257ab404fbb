-- What one bill asks people to pay: a bill that was taken back asks for nothing, and what a credit took off nobody could pay. Credits that are not
-- payments are few: only their pairs are looked up.
with bills as (

    select * from {{ ref('int_billing__bills') }}
    where bill_kind != 'cancel' and cancelled_on is null

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

clusters as (

    select * from {{ ref('int_penalties__impact_clusters') }}

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

credits as (

    select {{ numbered_key('account_key', 'credit_no') }} as credit_key
    from {{ ref('int_receivables__credits') }}
    where posting_kind != 'payment' and posting_detail not in ('assistance', 'deposit_applied', 'write_off')

),

taken_off as (

    select
        {{ numbered_key('allocations.account_key', 'allocations.queue_no') }} as debit_key,
        sum(allocations.amount_usd) as credited_usd
    from {{ ref('int_receivables__allocations') }} as allocations
    inner join credits
        on {{ numbered_key('allocations.account_key', 'allocations.credit_no') }} = credits.credit_key
    group by {{ numbered_key('allocations.account_key', 'allocations.queue_no') }}

),

credited as (

    select
        accounts.utility_id,
        debits.source_id as bill_id,
        sum(taken_off.credited_usd) as credited_usd
    from taken_off
    inner join {{ ref('int_receivables__debits') }} as debits
        on taken_off.debit_key = {{ numbered_key('debits.account_key', 'debits.queue_no') }}
    inner join accounts
        on debits.account_key = accounts.account_key
    where debits.source_entity = 'bills'
    group by accounts.utility_id, debits.source_id

),

final as (

    select
        bills.utility_id,
        bills.bill_id,
        accounts.account_key,
        clusters.cluster_no,
        coalesce(periods.customer_class, 'unknown') as customer_class,
        bills.bill_kind,
        bills.billed_on,
        {{ month_number('bills.billed_on') }} as billed_month_no,
        bills.service_from_on,
        bills.service_to_on,
        {{ as_money('bills.amount_usd') }} as amount_usd,
        {{ as_money('coalesce(credited.credited_usd, 0)') }} as credited_usd,
        {{ as_money('bills.amount_usd - coalesce(credited.credited_usd, 0)') }} as net_usd
    from bills
    inner join accounts
        on bills.utility_id = accounts.utility_id and bills.account_id = accounts.account_id
    inner join clusters
        on accounts.account_key = clusters.account_key
    left join credited
        on bills.utility_id = credited.utility_id and bills.bill_id = credited.bill_id
    left join periods
        on
            accounts.account_key = periods.account_key
            and bills.billed_on >= periods.from_on
            and bills.billed_on < periods.to_on

)

select * from final
