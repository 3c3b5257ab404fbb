-- Does the tariff, times what was used, add up to what was billed and to the books? By service, class and component; 'all' is their sum.
select
    service,
    customer_class,
    component,
    recomputed_usd,
    recomputed_revenue_usd,
    billed_usd,
    residual_usd,
    residual_pct,
    billed_revenue_usd,
    books_usd,
    books_difference_usd,
    is_flagged
from marts.rpt_proof_of_revenue
where
    utility_id = $utility
    and fiscal_year = $fiscal_year
    and (len(cast($services as varchar[])) = 0 or service in (select unnest(cast($services as varchar[]))))
    and (len(cast($classes as varchar[])) = 0 or customer_class in (select unnest(cast($classes as varchar[]))))
order by service, customer_class = 'all', customer_class, component != 'all', component
