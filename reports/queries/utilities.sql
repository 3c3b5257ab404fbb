-- Which utilities does the build hold?
select utility_id
from marts.dim_utilities
order by utility_id
