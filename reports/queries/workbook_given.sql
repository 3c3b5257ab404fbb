-- What do the books give of the rates, and which balances are known?
select
    fund,
    fiscal_year as year,
    'rate_revenue' as what,
    cast(sum(amount_usd) as decimal(18, 2)) as amount_usd
from intermediate.int_finance__given_lines
where utility_id = $utility and category = 'rate_revenue'
group by fund, fiscal_year
union all
select
    fund,
    fiscal_year as year,
    'balance' as what,
    unrestricted_usd
from intermediate.int_finance__balances
where utility_id = $utility and unrestricted_usd is not null
