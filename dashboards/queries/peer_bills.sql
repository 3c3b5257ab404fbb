-- What do neighbours charge for a use, and what does the same use cost here now and in a fiscal year of a scenario?
with after as (

    select *
    from marts.rpt_typical_bills
    where
        utility_id = $utility
        and use_kind = 'peer'
        and rates_kind = 'scenario'
        and scenario = $scenario
        and fiscal_year = $fiscal_year

)

select
    peers.service,
    peers.customer_class,
    peers.peer,
    peers.peer_title,
    peers.peer_quantity,
    peers.peer_unit,
    peers.usage_quantity,
    peers.usage_unit,
    peers.peer_usd,
    peers.own_usd,
    peers.difference_usd,
    peers.difference_pct,
    peers.own_then_usd,
    coalesce(after.amount_usd, peers.own_usd) as after_usd,
    peers.as_of_on,
    peers.is_day_known,
    peers.as_of_year,
    peers.source,
    peers.note,
    peers.is_assumed
from marts.rpt_peer_bills as peers
left join after
    on
        peers.service = after.service
        and peers.tariff_class = after.tariff_class
        and peers.meter_size = after.meter_size
        and peers.usage_quantity = after.usage_quantity
where peers.utility_id = $utility and ($service = 'all' or peers.service = $service)
order by peers.service, peers.customer_class, peers.rank_no
