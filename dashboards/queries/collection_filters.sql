-- Which classes owe, and for which month ends are collections known?
select
    (
        select list(distinct customer_class order by customer_class)
        from marts.rpt_collection_curves
        where utility_id = $utility
    ) as classes,
    list(month_end_on order by month_end_on desc) as month_ends
from marts.rpt_collections_monthly
where utility_id = $utility
