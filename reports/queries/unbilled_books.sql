-- At a fiscal year's end: what do the books hold as unbilled, fund by fund?
select
    fund,
    sum(known_unbilled_usd) as known_unbilled_usd,
    case when bool_and(unbilled_usd is not null) then sum(unbilled_usd) end as unbilled_usd,
    any_value(fund_books_usd) as books_usd
from marts.rpt_unbilled_fiscal_year
where utility_id = $utility and year_end_on = $month_end
group by fund
order by fund
