{{ config(materialized='table_function', parameters=['as_of'], contract={'enforced': false}) }}

with crossing as (

    select
        *,
        billed_on > cast(as_of as date) as is_later,
        {{ month_number(add_days('service_from_on', '1')) }} as first_month_no,
        case
            when service_to_on > cast(as_of as date) then {{ month_number('cast(as_of as date)') }}
            else {{ month_number(add_days('service_from_on', '1')) }}
        end as cut_month_no
    from {{ ref('int_billing__bill_revenue') }}
    where
        (billed_on > cast(as_of as date) and service_from_on < cast(as_of as date))
        or (billed_on <= cast(as_of as date) and service_to_on > cast(as_of as date))

),

-- Each month's share up to the day is rounded as in fct_revenue_monthly; a bill whose days are all before the day is whole.
bill_months as (

    select
        *,
        {{ explode_range('first_month_no', 'cut_month_no') }} as month_no
    from crossing

),

shares as (

    select
        utility_id,
        customer_class,
        {% for service in services() -%}
            sum(
                case
                    when service_to_on <= cast(as_of as date) then {{ service }}_revenue_usd
                    else {{ money_share(
                        service ~ '_revenue_usd',
                        'greatest(0, ' ~ days_between(
                            'greatest(service_from_on, ' ~ month_end_of('month_no - 1') ~ ')',
                            'least(' ~ month_end_of('month_no') ~ ', cast(as_of as date))'
                        ) ~ ')',
                        'service_days'
                    ) }}
                end
            ) as {{ service }}_usd{% if not loop.last %},{% endif %}
        {% endfor %}
    from bill_months
    group by utility_id, customer_class

),

ahead as (

    select
        utility_id,
        customer_class,
        {% for service in services() -%}
            sum({{ service }}_revenue_usd) as {{ service }}_usd{% if not loop.last %},{% endif %}
        {% endfor %}
    from crossing
    where not is_later
    group by utility_id, customer_class

),

bills_at as (

    select
        *,
        cast(as_of as date) as at_on
    from {{ ref('int_billing__bill_use') }}
    where
        billed_on <= cast(as_of as date)
        and billed_on >= {{ add_months(add_days('cast(as_of as date)', '1'), '-12') }}
        and coalesce(cancelled_on > cast(as_of as date), true)

),

new_at as (

    select
        *,
        cast(as_of as date) as at_on
    from {{ ref('int_billing__account_days') }}
    where from_on < cast(as_of as date) and first_known_on > cast(as_of as date)

),

{{ known_unbilled_ctes('bills_at', 'new_at', ref('dim_tariffs')) }},

both_ways as (

    {% for service in services() -%}
        {% if not loop.first %}
            union all
        {% endif %}
        select utility_id, '{{ service }}' as service, customer_class, {{ service }}_usd as unbilled_usd, 0 as known_usd
        from shares
        union all
        select utility_id, '{{ service }}' as service, customer_class, -{{ service }}_usd as unbilled_usd, 0 as known_usd
        from ahead
    {%- endfor %}
    union all
    select utility_id, service, customer_class, 0 as unbilled_usd, unbilled_usd as known_usd
    from known_unbilled

),

summed as (

    select
        utility_id,
        service,
        customer_class,
        {{ sum_money('unbilled_usd') }} as unbilled_usd,
        {{ sum_money('known_usd') }} as known_unbilled_usd
    from both_ways
    group by utility_id, service, customer_class
    having sum(unbilled_usd) != 0 or sum(known_usd) != 0

),

priced_services as (

    select distinct
        utility_id,
        service
    from {{ ref('dim_tariffs') }}

)

select
    summed.utility_id,
    summed.service,
    summed.customer_class,
    cast(as_of as date) as as_of_on,
    summed.unbilled_usd,
    case when priced_services.service is not null then summed.known_unbilled_usd end as known_unbilled_usd,
    case
        when priced_services.service is not null then {{ as_money('summed.known_unbilled_usd - summed.unbilled_usd') }}
    end as unbilled_error_usd
from summed
left join priced_services
    on summed.utility_id = priced_services.utility_id and summed.service = priced_services.service
