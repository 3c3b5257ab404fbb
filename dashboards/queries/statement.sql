-- What was posted to an account up to a day, what was its balance after each line, and what is still open on that day?
with postings as (

    select
        posted_on,
        posting_kind,
        posting_detail,
        service,
        case when due_known_on <= cast($as_of as date) then due_on end as due_on,
        amount_usd,
        posting_id,
        bill_id,
        sum(amount_usd) over in_order as balance_usd,
        row_number() over in_order as line_number
    from marts.fct_ledger
    where utility_id = $utility and account_id = $account and posted_on <= cast($as_of as date)
    window in_order as (order by posted_on, amount_usd < 0, posting_id rows between unbounded preceding and current row)

),

open_items as (

    select
        posting_id,
        open_usd
    from marts.open_items_as_of(cast($as_of as date))
    where utility_id = $utility and account_id = $account

)

select
    postings.line_number,
    postings.posted_on,
    postings.posting_kind,
    postings.posting_detail,
    postings.service,
    postings.due_on,
    postings.amount_usd,
    cast(postings.balance_usd as decimal(18, 2)) as balance_usd,
    coalesce(open_items.open_usd, 0) as open_usd,
    case
        when open_items.open_usd > 0 and postings.due_on < cast($as_of as date)
            then datediff('day', postings.due_on, cast($as_of as date))
    end as past_due_days,
    postings.bill_id,
    postings.posting_id
from postings
left join open_items
    on postings.posting_id = open_items.posting_id
order by postings.line_number
