{%- set sources = {
    'penalties': ('penalties', 'assess_on'), 'card_fees': ('card_fees', 'received_on'), 'true_ups': ('true_ups', 'billed_on')
} -%}
with
{% for component, source in sources.items() -%}
    {{ component }} as (

        select
            utility_id,
            account_key,
            '{{ component }}' as component,
            last_day({{ source[1] }}) as month_end_on,
            covered_by,
            customer_class,
            billing_group,
            amount_usd
        from {{ ref('int_penalties__impact_' ~ source[0]) }}

    ),

{% endfor -%}
receipts as (

    select
        utility_id,
        account_key,
        component,
        last_day(given_on) as month_end_on,
        covered_by,
        customer_class,
        billing_group,
        amount_usd
    from {{ ref('int_penalties__impact_receipts') }}

),

ordered_disconnects as (

    select
        *,
        lag(month_no) over (partition by account_key order by month_no) as previous_month_no
    from {{ ref('int_penalties__impact_disconnects') }}

),

-- Once a spell of months: who is shut off is not shut off again.
disconnect_fees as (

    select
        utility_id,
        account_key,
        'disconnect_fees' as component,
        month_end_on,
        covered_by,
        customer_class,
        billing_group,
        amount_usd
    from ordered_disconnects
    where coalesce(month_no > previous_month_no + 1, true)

),

amounts as (

    {% for component in sources -%}
        select * from {{ component }}
        union all
    {% endfor -%}
    select * from receipts
    union all
    select * from disconnect_fees

),

final as (

    select
        utility_id,
        account_key,
        component,
        month_end_on,
        covered_by,
        max(customer_class) as customer_class,
        max(billing_group) as billing_group,
        {{ sum_money('amount_usd') }} as amount_usd,
        {{ as_money('0') }} as dollar_days_usd,
        cast(count(*) as integer) as item_count
    from amounts
    group by utility_id, account_key, component, month_end_on, covered_by

)

select * from final
