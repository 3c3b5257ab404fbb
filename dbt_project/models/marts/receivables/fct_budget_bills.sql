with level_bills as (

    select * from {{ ref('int_receivables__level_bills') }}

),

bills as (

    select * from {{ ref('int_billing__bills') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

settled as (

    select
        *,
        coalesce(
            {{ first_known('case when deferred_usd <= 0 then bill_id end') }} over (
                partition by account_key, stretch_no order by bill_no rows between current row and unbounded following
            ), ended_by_bill_id
        ) as settled_by_bill_id
    from level_bills

),

-- What was still put off when level payments ended.
endings as (

    select
        utility_id,
        account_id,
        stretch_no,
        ended_by_bill_id,
        max(bill_no) + 1 as bill_no,
        sum(case when cancelled_on > ended_on then amount_usd - budget_amount_usd else 0 end) as deferred_usd
    from level_bills
    where ended_by_bill_id is not null
    group by utility_id, account_id, stretch_no, ended_by_bill_id

),

marked as (

    select
        utility_id, bill_id, account_id, stretch_no, bill_no, billed_on, due_on, cancelled_on, amount_usd as charged_usd,
        budget_amount_usd as falls_due_usd, deferred_usd, settled_by_bill_id,
        case when deferred_usd = 0 and budget_amount_usd != amount_usd then 'settling' else 'level' end as level_kind
    from settled
    union all
    select
        endings.utility_id, bills.bill_id, endings.account_id, endings.stretch_no, endings.bill_no, bills.billed_on, bills.due_on,
        coalesce(bills.cancelled_on, {{ end_of_time() }}) as cancelled_on, bills.amount_usd as charged_usd,
        bills.amount_usd + endings.deferred_usd as falls_due_usd, 0 as deferred_usd, bills.bill_id as settled_by_bill_id,
        'ending' as level_kind
    from endings
    inner join bills
        on endings.utility_id = bills.utility_id and endings.ended_by_bill_id = bills.bill_id

),

final as (

    select
        marked.utility_id,
        marked.bill_id,
        marked.account_id,
        marked.stretch_no,
        cast(marked.bill_no as integer) as bill_no,
        marked.level_kind,
        marked.billed_on,
        marked.due_on,
        case when marked.cancelled_on <= utilities.as_of_on then marked.cancelled_on end as cancelled_on,
        {{ as_money('marked.charged_usd') }} as charged_usd,
        {{ as_money('marked.falls_due_usd') }} as falls_due_usd,
        {{ as_money('marked.deferred_usd') }} as deferred_usd,
        marked.settled_by_bill_id
    from marked
    inner join utilities
        on marked.utility_id = utilities.utility_id and marked.billed_on <= utilities.as_of_on

)

select * from final
