-- Which utilities does the build hold, and which days does it cover?
select
    utility_id,
    utility_name,
    fiscal_year_start_month,
    is_simulated,
    data_mark,
    first_posted_on,
    as_of_on,
    latest_delivered_on
from marts.dim_utilities
order by utility_id
