with rolls as (

    select * from {{ ref('int_receivables__account_rolls') }}

),

losses as (

    select * from {{ ref('int_receivables__account_losses') }}

),

event_months as (

    select * from {{ ref('int_receivables__event_months') }}

),

steps as (

    {% for bucket in age_buckets()[:-1] -%}
        select
            utility_id,
            month_no,
            month_no - 1 as from_month_no,
            customer_class,
            is_final,
            '{{ bucket }}' as from_bucket,
            '{{ age_buckets()[loop.index] }}' as to_bucket,
            {{ loop.index }} as step_no,
            {{ bucket }}_usd as from_usd,
            rolled_{{ bucket }}_usd as rolled_usd,
            cast(0 as decimal(18, 2)) as recovered_usd
        from rolls
        where {{ bucket }}_usd > 0
        union all
    {% endfor -%}
    select
        utility_id, month_no, from_month_no, customer_class, is_final, 'over_120', 'written_off', 6, over_120_usd,
        {{ as_money('written_off_usd - recovered_usd') }}, recovered_usd
    from losses

),

final as (

    select
        steps.utility_id,
        steps.month_no,
        event_months.month_end_on,
        began.month_end_on as from_month_end_on,
        steps.customer_class,
        case when steps.is_final then 'final' else 'active' end as account_group,
        steps.from_bucket,
        steps.to_bucket,
        steps.step_no,
        steps.from_usd,
        steps.rolled_usd,
        steps.recovered_usd,
        steps.step_no < 6 and (event_months.is_billing_suspended or began.is_billing_suspended) as is_suppressed,
        event_months.has_event or began.has_event as has_event,
        event_months.is_skewed
    from steps
    inner join event_months
        on steps.utility_id = event_months.utility_id and steps.month_no = event_months.month_no
    inner join event_months as began
        on steps.utility_id = began.utility_id and steps.from_month_no = began.month_no

)

select * from final
