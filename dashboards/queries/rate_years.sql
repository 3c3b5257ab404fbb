-- Which classes were billed under which version in each fiscal year, and what did the rates in force bring?
select
    service,
    fiscal_year,
    tariff_class,
    effective_from_on,
    cast(sum(bill_count) as bigint) as bill_count,
    cast(sum(recomputed_revenue_usd * unit_count) as decimal(18, 2)) as revenue_usd,
    cast(sum((recomputed_usd - recomputed_revenue_usd) * unit_count) as decimal(18, 2)) as for_others_usd
from marts.fct_billing_determinants
where utility_id = $utility
group by service, fiscal_year, tariff_class, effective_from_on
order by service, fiscal_year, tariff_class, effective_from_on
