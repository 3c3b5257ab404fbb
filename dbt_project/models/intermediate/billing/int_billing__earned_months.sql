with bills as (

    select
        *,
        {{ month_number('billed_on') }} as billed_month_no,
        {{ month_number(add_days('service_from_on', '1')) }} as first_month_no,
        {{ month_number('service_to_on') }} as last_month_no
    from {{ ref('int_billing__bill_revenue') }}

),

-- The last month of a bill holds all of it at first; what belongs to earlier months is then taken out of it. So the last month has the
-- remainder of rounding without any look back at the months before it.
whole as (

    select
        utility_id,
        customer_class,
        billed_month_no,
        last_month_no as earned_month_no,
        {% for service in services() -%}
            sum({{ service }}_revenue_usd) as {{ service }}_usd,
            sum(case when not has_service_days then {{ service }}_revenue_usd end) as {{ service }}_undated_usd{% if not loop.last %},{% endif %}
        {% endfor %}
    from bills
    group by utility_id, customer_class, billed_month_no, last_month_no

),

bill_months as (

    select
        *,
        {{ explode_range('first_month_no', 'last_month_no - 1') }} as month_no
    from bills
    where first_month_no < last_month_no

),

shared as (

    select
        utility_id,
        customer_class,
        billed_month_no,
        last_month_no,
        month_no,
        {% for service in services() -%}
            sum({{ money_share(
                service ~ '_revenue_usd',
                days_between('greatest(service_from_on, ' ~ month_end_of('month_no - 1') ~ ')', month_end_of('month_no')),
                'service_days'
            ) }}) as {{ service }}_usd{% if not loop.last %},{% endif %}
        {% endfor %}
    from bill_months
    group by utility_id, customer_class, billed_month_no, last_month_no, month_no

),

moved as (

    {% for service in services() -%}
        {% if not loop.first %}
            union all
        {% endif %}
        select
            utility_id,
            '{{ service }}' as service,
            customer_class,
            billed_month_no,
            earned_month_no,
            {{ service }}_usd as revenue_usd,
            {{ service }}_undated_usd as undated_usd
        from whole
        union all
        select
            utility_id, '{{ service }}', customer_class, billed_month_no, month_no, {{ service }}_usd, null
        from shared
        union all
        select
            utility_id, '{{ service }}', customer_class, billed_month_no, last_month_no, -{{ service }}_usd, null
        from shared
    {%- endfor %}

),

final as (

    select
        utility_id,
        service,
        customer_class,
        billed_month_no,
        earned_month_no,
        {{ sum_money('revenue_usd') }} as revenue_usd,
        {{ sum_money('undated_usd') }} as undated_usd
    from moved
    group by utility_id, service, customer_class, billed_month_no, earned_month_no
    having sum(revenue_usd) != 0 or sum(undated_usd) != 0

)

select * from final
