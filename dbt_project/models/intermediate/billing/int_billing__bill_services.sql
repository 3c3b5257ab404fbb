{{ config(materialized='view') }}

with bills as (

    select * from {{ ref('int_billing__bills') }}

),

final as (

    {% for service in services() -%}
        {% if not loop.first %}
            union all
        {% endif %}
        select
            utility_id,
            bill_id,
            account_id,
            cancels_bill_id,
            bill_kind,
            billed_on,
            due_on,
            charge_count,
            _load_id,
            _line_number,
            '{{ service }}' as service,
            {{ service }}_usd as amount_usd
        from bills
        where {{ service }}_usd != 0
    {%- endfor %}

)

select * from final
