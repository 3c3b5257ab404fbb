-- What would the given units bring under the given prices, by charge?
select
    lines.component,
    lines.is_revenue,
    cast(sum(lines.amount_usd * given_units.unit_count) as decimal(18, 2)) as amount_usd
from marts.price_units_of('given_units', 'given_components') as lines
inner join given_units
    on lines.unit_id = given_units.unit_id
group by lines.component, lines.is_revenue
order by lines.component
