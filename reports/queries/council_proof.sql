-- How far is what was billed from what tariff and use give, over the latest year that the proof covers?
select
    fiscal_year,
    sum(billed_revenue_usd) as billed_usd,
    sum(recomputed_revenue_usd) as recomputed_usd,
    sum(billed_revenue_usd - recomputed_revenue_usd) as apart_usd
from marts.rpt_proof_of_revenue
where
    utility_id = $utility
    and customer_class = 'all'
    and component = 'all'
    and fiscal_year = (
        select max(last.fiscal_year)
        from marts.rpt_proof_of_revenue as last
        where last.utility_id = $utility and last.billed_revenue_usd is not null
    )
group by fiscal_year
