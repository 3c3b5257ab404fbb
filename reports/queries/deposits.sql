-- How did the deposits of customers move in the month and in the fiscal year to its end, and how many hold one?
with utility as (

    select
        utility_id,
        make_date(
            cast(extract(year from $month_end) as integer)
            - case when extract(month from $month_end) < fiscal_year_start_month then 1 else 0 end,
            fiscal_year_start_month,
            1
        ) as year_from_on
    from marts.dim_utilities
    where utility_id = $utility

),

spans as (

    select
        1 as sort,
        'month' as span,
        utility_id,
        cast(date_trunc('month', $month_end) as date) as from_on
    from utility
    union all
    select
        2 as sort,
        'year' as span,
        utility_id,
        year_from_on as from_on
    from utility

),

holders as (

    select count(*) as holder_count
    from (
        select account_id
        from marts.fct_deposits
        where utility_id = $utility and posted_on <= $month_end
        group by account_id
        having sum(change_usd) > 0
    ) as held

)

select
    spans.span,
    spans.from_on,
    coalesce(sum(deposits.change_usd) filter (where deposits.posted_on < spans.from_on), 0) as opening_usd,
    coalesce(sum(deposits.change_usd) filter (where deposits.posted_on >= spans.from_on and deposits.deposit_kind = 'received'), 0) as received_usd,
    coalesce(sum(deposits.change_usd) filter (where deposits.posted_on >= spans.from_on and deposits.deposit_kind = 'interest'), 0) as interest_usd,
    coalesce(sum(deposits.change_usd) filter (where deposits.posted_on >= spans.from_on and deposits.deposit_kind = 'applied'), 0) as applied_usd,
    coalesce(sum(deposits.change_usd) filter (where deposits.posted_on >= spans.from_on and deposits.deposit_kind = 'refunded'), 0) as refunded_usd,
    coalesce(sum(deposits.change_usd), 0) as closing_usd,
    any_value(holders.holder_count) as holder_count
from spans
cross join holders
left join marts.fct_deposits as deposits
    on spans.utility_id = deposits.utility_id and deposits.posted_on <= $month_end
group by spans.sort, spans.span, spans.from_on
order by spans.sort
