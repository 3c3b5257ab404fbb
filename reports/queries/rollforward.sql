-- How did the receivable of each fund and of all funds move in the month and in the fiscal year to its end, and do the books agree?
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
        'month' as span,
        utility_id,
        cast(date_trunc('month', $month_end) as date) as from_on
    from utility
    union all
    select
        'year' as span,
        utility_id,
        year_from_on as from_on
    from utility

),

months as (

    select
        spans.span,
        rollforward.*,
        rollforward.month_end_on = min(rollforward.month_end_on) over (partition by spans.span) as is_first
    from marts.rpt_receivable_rollforward as rollforward
    inner join spans
        on
            rollforward.utility_id = spans.utility_id
            and rollforward.month_end_on between spans.from_on and $month_end

)

select
    span,
    coalesce(fund, 'all') as fund,
    cast(date_trunc('month', min(month_end_on)) as date) as from_on,
    sum(opening_usd) filter (where is_first) as opening_usd,
    sum(billed_usd) as billed_usd,
    sum(penalties_usd) as penalties_usd,
    sum(fees_usd) as fees_usd,
    sum(other_charges_usd) as other_charges_usd,
    sum(returns_usd) as returns_usd,
    sum(refunds_usd) as refunds_usd,
    -sum(payments_usd) as payments_usd,
    -sum(credits_usd) as credits_usd,
    -sum(write_offs_usd) as write_offs_usd,
    sum(recoveries_usd) as recoveries_usd,
    sum(transfers_usd) as transfers_usd,
    sum(closing_usd) filter (where month_end_on = $month_end) as closing_usd,
    sum(closing_usd) filter (where month_end_on = $month_end) - sum(opening_usd) filter (where is_first) as change_usd
from months
group by grouping sets ((span, fund), (span))
order by span, grouping(fund), fund
