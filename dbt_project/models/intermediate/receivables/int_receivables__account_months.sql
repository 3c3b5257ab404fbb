with open_months as (

    select
        *,
        {{ add_days('at_on', '-extract(day from at_on)') }} as before_on
    from {{ ref('int_receivables__open_months') }}

),

due_dates as (

    select * from {{ ref('int_receivables__due_dates') }}

),

accounts as (

    select
        accounts.account_key,
        accounts.utility_id,
        utilities.as_of_on
    from {{ ref('int_receivables__accounts') }} as accounts
    inner join {{ ref('int_quality__utilities') }} as utilities
        on accounts.utility_id = utilities.utility_id

),

rules as (

    select * from {{ ref('int_receivables__collection_rules') }}

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

-- One row for each due date is enough: services are added up first.
by_due_date as (

    select
        account_key,
        at_on,
        before_on,
        due_on,
        posted_on <= before_on as was_posted_before,
        {{ sum_money('open_usd') }} as open_usd
    from open_months
    group by account_key, at_on, before_on, due_on, was_posted_before

),

placed as (

    select
        by_due_date.*,
        {{ age_bucket('by_due_date.due_on', 'by_due_date.at_on') }} as bucket,
        case when by_due_date.was_posted_before then {{ age_bucket('by_due_date.due_on', 'by_due_date.before_on') }} end as bucket_before,
        accounts.utility_id,
        coalesce(due_dates.penalty_on, {{ add_days('by_due_date.due_on', 'rules.grace_days') }}) as penalty_on,
        rules.disconnect_days
    from by_due_date
    inner join accounts
        on by_due_date.account_key = accounts.account_key and by_due_date.at_on <= accounts.as_of_on
    inner join rules
        on
            accounts.utility_id = rules.utility_id
            and by_due_date.at_on >= rules.from_on
            and by_due_date.at_on < rules.to_on
    left join due_dates
        on by_due_date.account_key = due_dates.account_key and by_due_date.due_on = due_dates.due_on

),

summed as (

    select
        account_key,
        utility_id,
        at_on,
        {% for bucket in age_buckets() -%}
            {{ sum_money("case when bucket = '" ~ bucket ~ "' then open_usd end") }} as {{ bucket }}_usd,
        {% endfor -%}
        {% for bucket in age_buckets()[:-1] -%}
            {{ sum_money("case when bucket_before = '" ~ bucket ~ "' and bucket != bucket_before then open_usd end") }} as rolled_{{ bucket }}_usd,
        {% endfor -%}
        {{ sum_money('open_usd') }} as open_usd,
        {{ sum_money('case when due_on < at_on then open_usd end') }} as past_due_usd,
        {{ sum_money('case when due_on < at_on and penalty_on < at_on then open_usd end') }} as delinquent_usd,
        min(due_on) as oldest_due_on,
        max(disconnect_days) as disconnect_days
    from placed
    group by account_key, utility_id, at_on

),

final as (

    select
        summed.account_key,
        summed.utility_id,
        summed.at_on as month_end_on,
        {{ month_number('summed.at_on') }} as month_no,
        periods.customer_class,
        periods.billing_group,
        {{ is_final('periods.account_status') }} as is_final,
        {% for bucket in age_buckets() -%}
            summed.{{ bucket }}_usd,
        {% endfor -%}
        {% for bucket in age_buckets()[:-1] -%}
            summed.rolled_{{ bucket }}_usd,
        {% endfor -%}
        summed.open_usd,
        summed.past_due_usd,
        summed.delinquent_usd,
        summed.oldest_due_on,
        summed.oldest_due_on < summed.at_on as is_past_due,
        summed.delinquent_usd > 0 as is_delinquent,
        coalesce({{ days_between('summed.oldest_due_on', 'summed.at_on') }} >= summed.disconnect_days, false) as is_shutoff_eligible
    from summed
    left join periods
        on
            summed.account_key = periods.account_key
            and summed.at_on >= periods.from_on
            and summed.at_on < periods.to_on

)

select * from final
