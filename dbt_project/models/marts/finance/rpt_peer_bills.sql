with peers as (

    select * from {{ ref('int_finance__peer_uses') }}

),

bills as (

    select * from {{ ref('rpt_typical_bills') }}
    where use_kind = 'peer' and rates_kind = 'version'

),

-- The own bill for the same use: now, and under the version that was in force when the neighbour's bill was so.
matched as (

    select
        peers.*,
        bills.is_now,
        bills.amount_usd as own_usd,
        row_number() over (
            partition by
                peers.utility_id, peers.peer, peers.service, peers.customer_class, peers.peer_quantity, peers.peer_unit, peers.as_of_on
            order by
                case when bills.effective_from_on <= peers.as_of_on then 0 else 1 end,
                case when bills.effective_from_on <= peers.as_of_on then {{ days_between('bills.effective_from_on', 'peers.as_of_on') }} end,
                bills.effective_from_on
        ) = 1 as is_then
    from peers
    left join bills
        on
            peers.utility_id = bills.utility_id
            and peers.service = bills.service
            and peers.tariff_class = bills.tariff_class
            and peers.meter_size = bills.meter_size
            and peers.usage_quantity = bills.usage_quantity

),

compared as (

    select
        utility_id,
        service,
        customer_class,
        peer,
        peer_quantity,
        peer_unit,
        as_of_on,
        max(peer_title) as peer_title,
        max(tariff_class) as tariff_class,
        max(meter_size) as meter_size,
        max(usage_quantity) as usage_quantity,
        max(usage_unit) as usage_unit,
        max(amount_usd) as peer_usd,
        max(case when is_now then own_usd end) as own_usd,
        max(case when is_then then own_usd end) as own_then_usd,
        max(case when is_day_known then 1 else 0 end) = 1 as is_day_known,
        max(as_of_year) as as_of_year,
        max(source) as source,
        max(note) as note,
        max(case when is_assumed then 1 else 0 end) = 1 as is_assumed
    from matched
    group by utility_id, service, customer_class, peer, peer_quantity, peer_unit, as_of_on

),

final as (

    select
        utility_id,
        service,
        customer_class,
        peer,
        peer_title,
        tariff_class,
        meter_size,
        peer_quantity,
        peer_unit,
        usage_quantity,
        usage_unit,
        peer_usd,
        own_usd,
        {{ as_money('own_usd - peer_usd') }} as difference_usd,
        {{ percentage('own_usd - peer_usd', 'peer_usd') }} as difference_pct,
        own_then_usd,
        cast(row_number() over (
            partition by utility_id, service, customer_class
            order by own_usd - peer_usd, peer, peer_quantity, as_of_on
        ) as integer) as rank_no,
        as_of_on,
        is_day_known,
        as_of_year,
        source,
        note,
        is_assumed
    from compared

)

select * from final
