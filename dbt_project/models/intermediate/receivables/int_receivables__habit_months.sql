-- The habit that was known at a month end: the latest word before it, found by laying both in order of their days.
with account_months as (

    select * from {{ ref('int_receivables__account_months') }}

),

habits as (

    select * from {{ ref('int_receivables__payment_habits') }}

),

laid as (

    select
        account_key,
        utility_id,
        from_on as on_day,
        0 as is_month,
        payment_habit,
        cast(null as boolean) as is_past_due,
        {% for bucket in age_buckets() -%}
            cast(null as decimal(18, 2)) as {{ bucket }}_usd{% if not loop.last %},{% endif %}
        {% endfor %}
    from habits
    union all
    select
        account_key,
        utility_id,
        month_end_on as on_day,
        1 as is_month,
        cast(null as varchar) as payment_habit,
        is_past_due,
        {% for bucket in age_buckets() -%}
            {{ bucket }}_usd{% if not loop.last %},{% endif %}
        {% endfor %}
    from account_months

),

known as (

    select
        *,
        {{ last_known('payment_habit') }} over (
            partition by account_key order by on_day, is_month rows between unbounded preceding and current row
        ) as known_habit
    from laid

),

final as (

    select
        utility_id,
        on_day as month_end_on,
        coalesce(known_habit, 'new') as payment_habit,
        count(*) as account_count,
        sum(case when is_past_due then 1 else 0 end) as past_due_account_count,
        {% for bucket in age_buckets() -%}
            {{ sum_money(bucket ~ '_usd') }} as {{ bucket }}_usd{% if not loop.last %},{% endif %}
        {% endfor %}
    from known
    where is_month = 1
    group by utility_id, on_day, coalesce(known_habit, 'new')

)

select * from final
