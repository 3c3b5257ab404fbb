-- How does billed revenue become revenue at existing rates?
select
    service, customer_class, test_year, test_year_from_on, test_year_through_on, is_last_year_over, rates_from_on,
    step_no, step, title, is_total, amount_usd
from marts.rpt_existing_revenue
where utility_id = $utility and fund = $fund
order by service, customer_class, step_no
