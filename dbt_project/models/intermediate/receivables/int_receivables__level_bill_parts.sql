-- With each level bill so many of the oldest waiting dollars fall due that no more than the deferred balance waits. What is left falls due with
-- the bill that ends level payments, what is left of a cancelled bill on its cancellation: docs/decisions/0006-parts-of-a-level-bill.md.
with level_bills as (

    select
        *,
        coalesce(
            sum(case when deferred_usd <= 0 then 1 else 0 end) over (
                partition by account_key, stretch_no order by bill_no rows between unbounded preceding and 1 preceding
            ), 0
        ) as segment_no
    from {{ ref('int_receivables__level_bills') }}

),

-- Each bill with itself and those after it, until nothing is put off any more.
pairs as (

    select
        bills.account_key,
        bills.stretch_no,
        bills.bill_no,
        bills.bill_id,
        bills.billed_on,
        bills.debit_usd,
        laters.bill_no as later_no,
        laters.billed_on as later_billed_on,
        laters.due_on as later_due_on,
        greatest(laters.deferred_usd, 0) as may_wait_usd,
        laters.standing_usd - bills.standing_usd as standing_behind_usd
    from level_bills as bills
    inner join level_bills as laters
        on
            bills.account_key = laters.account_key
            and bills.stretch_no = laters.stretch_no
            and bills.segment_no = laters.segment_no
            and bills.bill_no <= laters.bill_no
            and bills.cancelled_on > laters.billed_on

),

-- Standing dollars fell by what was cancelled between the two, and what stands behind did not where that was an earlier bill.
cancelled_between as (

    select
        pairs.account_key,
        pairs.bill_id,
        pairs.later_no,
        sum(cancelled.debit_usd) as cancelled_usd
    from pairs
    inner join level_bills as cancelled
        on
            pairs.account_key = cancelled.account_key
            and pairs.stretch_no = cancelled.stretch_no
            and pairs.bill_no >= cancelled.bill_no
            and pairs.billed_on < cancelled.cancelled_on
            and pairs.later_billed_on >= cancelled.cancelled_on
    where cancelled.cancelled_on < {{ end_of_time() }}
    group by pairs.account_key, pairs.bill_id, pairs.later_no

),

waiting as (

    select
        pairs.*,
        min(
            greatest(
                0,
                least(
                    pairs.debit_usd,
                    pairs.may_wait_usd - pairs.standing_behind_usd - coalesce(cancelled_between.cancelled_usd, 0)
                )
            )
        ) over (
            partition by pairs.account_key, pairs.bill_id order by pairs.later_no
            rows between unbounded preceding and current row
        ) as waits_usd
    from pairs
    left join cancelled_between
        on
            pairs.account_key = cancelled_between.account_key
            and pairs.bill_id = cancelled_between.bill_id
            and pairs.later_no = cancelled_between.later_no

),

dated as (

    select
        account_key,
        bill_id,
        later_due_on as due_on,
        later_billed_on as due_known_on,
        debit_usd
        - coalesce(
            lag(waits_usd) over (partition by account_key, bill_id order by later_no), debit_usd
        ) as from_usd,
        debit_usd - waits_usd as to_usd
    from waiting

),

left_over as (

    select
        level_bills.account_key,
        level_bills.bill_id,
        case
            when level_bills.cancelled_on <= coalesce(level_bills.ended_on, {{ end_of_time() }})
                then nullif(level_bills.cancelled_on, {{ end_of_time() }})
            else level_bills.ended_due_on
        end as due_on,
        nullif(least(level_bills.cancelled_on, coalesce(level_bills.ended_on, {{ end_of_time() }})), {{ end_of_time() }}) as due_known_on,
        level_bills.debit_usd - min(waiting.waits_usd) as from_usd,
        level_bills.debit_usd as to_usd
    from level_bills
    inner join waiting
        on level_bills.account_key = waiting.account_key and level_bills.bill_id = waiting.bill_id
    group by
        level_bills.account_key, level_bills.bill_id, level_bills.debit_usd, level_bills.cancelled_on,
        level_bills.ended_on, level_bills.ended_due_on

),

parts as (

    select * from dated
    union all
    select * from left_over

),

final as (

    select
        account_key,
        bill_id,
        due_on,
        due_known_on,
        {{ as_money('from_usd') }} as from_usd,
        {{ as_money('to_usd') }} as to_usd
    from parts
    where to_usd > from_usd

)

select * from final
