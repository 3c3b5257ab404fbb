-- Which years does the multi-year table of each fund have, and what are they?
select
    fund,
    fiscal_year,
    year_kind,
    ends_on
from intermediate.int_finance__fund_years
where utility_id = $utility
order by fund, fiscal_year
