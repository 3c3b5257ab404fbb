-- Which fees fell into the month: what policy asks, what was charged, waived, and absorbed by the city?
select
    is_receivable,
    case when grouping(fee_kind) = 1 then 'all' else fee_kind end as fee_kind,
    case when grouping(paid_to) = 1 then '' else coalesce(paid_to, '') end as paid_to,
    count(*) as fee_count,
    sum(expected_usd) as expected_usd,
    sum(charged_usd) as charged_usd,
    coalesce(sum(waived_usd), 0) as waived_usd,
    coalesce(sum(absorbed_usd), 0) as absorbed_usd,
    count(*) filter (where is_error) as error_count
from marts.fct_fees
where
    utility_id = $utility
    and coalesce(posted_on, occurred_on) between cast(date_trunc('month', $month_end) as date) and $month_end
group by grouping sets ((is_receivable, fee_kind, paid_to), (is_receivable))
order by is_receivable desc, grouping(fee_kind), fee_kind, paid_to
