with disputes as (

    select * from {{ ref('stg_extracts__disputes') }}

),

bills as (

    select * from {{ ref('stg_extracts__bills') }}

),

rules as (

    select * from {{ ref('int_penalties__collection_rules') }}

),

-- Policy is that of the bill date; a bill whose delivery is not told went by mail.
levelled as (

    select
        disputes.utility_id,
        disputes.dispute_id,
        disputes.account_id,
        disputes.bill_id,
        disputes.dispute_level,
        disputes.outcome,
        disputes.disputed_usd,
        disputes.filed_on,
        disputes.decided_on,
        bills.billed_on,
        coalesce(bills.delivery, 'paper') as delivery,
        rules.dispute_window_days,
        case when rules.dispute_levels || ',' like disputes.dispute_level || ',%' then 1 else 2 end as level_no,
        case
            when rules.dispute_counted_from = 'bill_date' then bills.billed_on
            when bills.delivery = 'electronic' then {{ add_days('bills.billed_on', 'rules.received_days_electronic') }}
            else {{ add_days('bills.billed_on', 'rules.received_days_paper') }}
        end as received_on
    from disputes
    inner join bills
        on disputes.utility_id = bills.utility_id and disputes.bill_id = bills.bill_id
    inner join rules
        on disputes.utility_id = rules.utility_id and bills.billed_on >= rules.from_on and bills.billed_on < rules.to_on

),

first_levels as (

    select
        utility_id,
        bill_id,
        min(decided_on) as first_decided_on
    from levelled
    where level_no = 1
    group by utility_id, bill_id

),

-- The window is that of the first level; the next one is open to whoever is not satisfied with its decision.
final as (

    select
        levelled.utility_id,
        levelled.dispute_id,
        levelled.account_id,
        levelled.bill_id,
        levelled.dispute_level,
        levelled.level_no,
        levelled.outcome,
        levelled.disputed_usd,
        levelled.billed_on,
        levelled.delivery,
        levelled.received_on,
        levelled.filed_on,
        levelled.decided_on,
        first_levels.first_decided_on,
        case when levelled.level_no = 1 then {{ add_days('levelled.received_on', 'levelled.dispute_window_days') }} end as deadline_on,
        levelled.level_no = 1
        and levelled.filed_on > {{ add_days('levelled.received_on', 'levelled.dispute_window_days') }} as is_late,
        levelled.level_no > 1 and not coalesce(first_levels.first_decided_on <= levelled.filed_on, false) as is_out_of_order
    from levelled
    left join first_levels
        on levelled.utility_id = first_levels.utility_id and levelled.bill_id = first_levels.bill_id

)

select * from final
