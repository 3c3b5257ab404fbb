-- Which build is this, whose figures are they, and which days does it cover?
select
    build.build_id,
    build.built_at,
    build.audit_mark,
    utilities.utility_id,
    utilities.utility_name,
    utilities.data_mark,
    utilities.fiscal_year_start_month,
    utilities.first_posted_on,
    utilities.as_of_on,
    (select count(*) from audit.results where status = 'failed') as failed_count
from marts.dim_utilities as utilities
cross join audit.build as build
where utilities.utility_id = $utility
