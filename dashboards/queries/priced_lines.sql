-- What does each of the given bills cost under the given prices, line by line?
select
    unit_id,
    line_no,
    component,
    component_kind,
    block_no,
    lower_bound,
    upper_bound,
    quantity,
    unit,
    unit_rate_usd,
    amount_usd,
    is_revenue,
    is_assumed
from marts.price_units_of('given_units', 'given_components')
order by unit_id, line_no
