with drafts as (

    select * from {{ ref('int_penalties__payments') }}
    where channel = 'autopay'

),

bills as (

    select * from {{ ref('int_billing__bills') }}
    where bill_kind != 'cancel'

),

accounts as (

    select * from {{ ref('stg_extracts__accounts') }}

),

returned as (

    select distinct
        utility_id,
        payment_id
    from {{ ref('int_penalties__returns') }}
    where is_returned_payment

),

drafted_accounts as (

    select distinct
        utility_id,
        account_id
    from drafts

),

numbered as (

    select
        drafts.*,
        returned.payment_id is not null as is_returned,
        row_number() over (partition by drafts.utility_id, drafts.account_id, drafts.received_on order by drafts.payment_id) as number_of_day
    from drafts
    left join returned
        on drafts.utility_id = returned.utility_id and drafts.payment_id = returned.payment_id

),

days as (

    select
        utility_id,
        account_id,
        received_on as on_day,
        0 as bill_count,
        case when is_returned then 0 else 1 end as draft_count
    from numbered
    union all
    select
        bills.utility_id,
        bills.account_id,
        greatest(bills.billed_on, least(bills.due_on, bills.printed_due_on)) as on_day,
        1 as bill_count,
        0 as draft_count
    from bills
    inner join drafted_accounts
        on bills.utility_id = drafted_accounts.utility_id and bills.account_id = drafted_accounts.account_id

),

counted as (

    select
        utility_id,
        account_id,
        on_day,
        sum(draft_count) as draft_count,
        sum(sum(bill_count)) over (partition by utility_id, account_id order by on_day) as bills_so_far
    from days
    group by utility_id, account_id, on_day

),

-- Bills that had fallen due by the last draft of an earlier day are paid by it; a draft that came back may be drawn again.
settled as (

    select
        *,
        coalesce(max(case when draft_count > 0 then bills_so_far end) over (
            partition by utility_id, account_id order by on_day
            rows between unbounded preceding and 1 preceding
        ), 0) as bills_before
    from counted

),

first_bills as (

    select
        utility_id,
        min(billed_on) as first_billed_on
    from bills
    group by utility_id

),

-- What was billed before the data begin is not known.
final as (

    select
        numbered.utility_id,
        'draft_without_bill' as finding,
        'R65' as rule,
        numbered.account_id,
        'payments' as source_entity,
        numbered.payment_id as source_id,
        numbered.posted_on as found_on,
        numbered.amount_usd,
        cast(null as decimal(18, 2)) as expected_usd,
        'Drawn automatically on ' || cast(numbered.received_on as varchar)
        || ', although no bill had fallen due since the draft before.' as detail
    from numbered
    inner join settled
        on
            numbered.utility_id = settled.utility_id
            and numbered.account_id = settled.account_id
            and numbered.received_on = settled.on_day
    inner join accounts
        on numbered.utility_id = accounts.utility_id and numbered.account_id = accounts.account_id
    inner join first_bills
        on numbered.utility_id = first_bills.utility_id
    where
        numbered.number_of_day > settled.bills_so_far - settled.bills_before
        and (settled.bills_so_far > 0 or accounts.opened_on > first_bills.first_billed_on)

)

select * from final
