-- How much of a year's bills is never paid, and which years count?
select fiscal_year, measure, of_usd, lost_usd, lost_pct, is_clean, is_used
from marts.rpt_collection_factor
where utility_id = $utility and fund = $fund and measure = 'written_off'
order by fiscal_year
