with account_months as (

    select * from {{ ref('int_receivables__account_months') }}

),

aging as (

    select * from {{ ref('fct_aging_monthly') }}

),

habit_months as (

    select * from {{ ref('int_receivables__habit_months') }}

),

active_accounts as (

    select * from {{ ref('int_receivables__active_accounts') }}

),

by_place as (

    select
        utility_id,
        month_end_on,
        customer_class,
        billing_group,
        count(*) as account_count,
        sum(case when is_past_due then 1 else 0 end) as past_due_account_count,
        {% for bucket in age_buckets() -%}
            sum({{ bucket }}_usd) as {{ bucket }}_usd{% if not loop.last %},{% endif %}
        {% endfor %}
    from account_months
    group by utility_id, month_end_on, customer_class, billing_group

),

by_service as (

    select
        utility_id,
        month_end_on,
        service,
        sum(case when total_usd + unapplied_usd > 0 then 1 else 0 end) as account_count,
        sum(case when total_usd + unapplied_usd > not_yet_due_usd then 1 else 0 end) as past_due_account_count,
        {% for bucket in age_buckets() -%}
            sum({{ bucket }}_usd) as {{ bucket }}_usd{% if not loop.last %},{% endif %}
        {% endfor %}
    from aging
    group by utility_id, month_end_on, service

),

segments as (

    {% for kind, relation, column in [
        ('class', 'by_place', 'customer_class'), ('group', 'by_place', 'billing_group'),
        ('service', 'by_service', 'service'), ('habit', 'habit_months', 'payment_habit'),
    ] -%}
        {% if not loop.first %}
            union all
        {% endif %}
        select
            utility_id,
            month_end_on,
            '{{ kind }}' as segment_kind,
            coalesce({{ column }}, 'none') as segment,
            account_count,
            past_due_account_count,
            {% for bucket in age_buckets() -%}
                {{ bucket }}_usd{% if not loop.last %},{% endif %}
            {% endfor %}
        from {{ relation }}
    {%- endfor %}

),

active as (

    {% for kind, column in [('class', 'customer_class'), ('group', 'billing_group')] -%}
        {% if not loop.first %}
            union all
        {% endif %}
        select
            utility_id,
            month_end_on,
            '{{ kind }}' as segment_kind,
            coalesce({{ column }}, 'none') as segment,
            sum(account_count) as account_count
        from active_accounts
        group by utility_id, month_end_on, coalesce({{ column }}, 'none')
    {%- endfor %}

),

summed as (

    select
        utility_id,
        month_end_on,
        segment_kind,
        segment,
        cast(sum(account_count) as integer) as account_count,
        cast(sum(past_due_account_count) as integer) as past_due_account_count,
        {% for bucket in age_buckets() -%}
            {{ sum_money(bucket ~ '_usd') }} as {{ bucket }}_usd{% if not loop.last %},{% endif %}
        {% endfor %}
    from segments
    group by utility_id, month_end_on, segment_kind, segment

),

final as (

    select
        summed.utility_id,
        summed.month_end_on,
        summed.segment_kind,
        summed.segment,
        summed.account_count,
        summed.past_due_account_count,
        cast(active.account_count as integer) as active_account_count,
        {% for bucket in age_buckets() -%}
            summed.{{ bucket }}_usd,
        {% endfor -%}
        {{ as_money('summed.d1_30_usd + summed.d31_60_usd + summed.d61_90_usd + summed.d91_120_usd + summed.over_120_usd') }} as past_due_usd,
        {{ as_money('summed.not_yet_due_usd + summed.d1_30_usd + summed.d31_60_usd + summed.d61_90_usd + summed.d91_120_usd + summed.over_120_usd') }} as open_usd
    from summed
    left join active
        on
            summed.utility_id = active.utility_id
            and summed.month_end_on = active.month_end_on
            and summed.segment_kind = active.segment_kind
            and summed.segment = active.segment

)

select * from final
