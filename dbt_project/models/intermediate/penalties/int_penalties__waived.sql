with dates as (

    select
        account_key,
        utility_id,
        customer_class,
        penalty_on as at_on,
        coalesce(assess_on, {{ add_days('penalty_on', '1') }}) as assess_on
    from {{ ref('int_penalties__dates') }}

),

checks as (

    select
        account_key,
        utility_id,
        customer_class,
        at_on,
        assess_on
    from {{ ref('int_penalties__checks') }}
    where is_on_return

),

days as (

    select * from dates
    union all
    select * from checks

),

waivers as (

    select * from {{ ref('int_penalties__waiver_services') }}

),

met as (

    select
        days.utility_id,
        days.account_key,
        days.at_on,
        min(waivers.event_no) as event_no,
        {% for service in services() -%}
            max(waivers.waives_{{ service }}) as waives_{{ service }}{{ ',' if not loop.last }}
        {% endfor %}
    from days
    inner join waivers
        on
            days.utility_id = waivers.utility_id
            and days.assess_on between waivers.starts_on and waivers.ends_on
            and (waivers.customer_classes is null or {{ names_word('waivers.customer_classes', 'days.customer_class') }})
    group by days.utility_id, days.account_key, days.at_on

),

final as (

    select
        met.account_key,
        met.at_on,
        waivers.event_id as waiver_event_id,
        {% for service in services() -%}
            met.waives_{{ service }}{{ ',' if not loop.last }}
        {% endfor %}
    from met
    inner join waivers
        on met.utility_id = waivers.utility_id and met.event_no = waivers.event_no

)

select * from final
