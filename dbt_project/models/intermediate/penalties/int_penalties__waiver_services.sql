with events as (

    select * from {{ ref('int_quality__events_in_force') }}
    where event_kind = 'penalty_waiver'

),

funds as (

    select * from {{ ref('int_receivables__service_funds') }}

),

waivers as (

    select
        utility_id,
        event_id,
        services,
        customer_classes,
        starts_on,
        coalesce(ends_on, {{ end_of_time() }}) as ends_on,
        row_number() over (partition by utility_id order by starts_on, event_id) as event_no
    from events

),

-- What has no service goes with the services of its fund.
covered as (

    select
        waivers.utility_id,
        waivers.event_id,
        funds.service
    from waivers
    inner join funds
        on waivers.utility_id = funds.utility_id
    inner join funds as peers
        on
            funds.utility_id = peers.utility_id
            and (funds.service = peers.service or (funds.service = 'account' and funds.fund = peers.fund))
            and {{ names_word('waivers.services', 'peers.service') }}
    group by waivers.utility_id, waivers.event_id, funds.service

),

final as (

    select
        waivers.utility_id,
        waivers.event_id,
        waivers.event_no,
        waivers.customer_classes,
        waivers.starts_on,
        waivers.ends_on,
        {% for service in services() -%}
            max(case when waivers.services is null or covered.service = '{{ service }}' then 1 else 0 end) as waives_{{ service }}
            {{- ',' if not loop.last }}
        {% endfor %}
    from waivers
    left join covered
        on waivers.utility_id = covered.utility_id and waivers.event_id = covered.event_id
    group by
        waivers.utility_id, waivers.event_id, waivers.event_no, waivers.customer_classes, waivers.starts_on, waivers.ends_on

)

select * from final
