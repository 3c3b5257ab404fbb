with months as (

    select months.*
    from {{ ref('int_receivables__event_months') }} as months
    inner join {{ ref('int_quality__utilities') }} as utilities
        on months.utility_id = utilities.utility_id and months.month_end_on <= utilities.as_of_on

),

account_months as (

    select * from {{ ref('int_receivables__account_months') }}

),

unapplied as (

    select
        utility_id,
        month_end_on,
        sum(unapplied_usd) as unapplied_usd
    from {{ ref('fct_aging_monthly') }}
    where service = 'account'
    group by utility_id, month_end_on

),

active_accounts as (

    select
        utility_id,
        month_no,
        sum(account_count) as account_count
    from {{ ref('int_receivables__active_accounts') }}
    group by utility_id, month_no

),

charged as (

    select
        utility_id,
        month_end_on,
        sum(billed_usd + penalties_usd + fees_usd + other_charges_usd) as charged_usd
    from {{ ref('rpt_receivable_rollforward') }}
    group by utility_id, month_end_on

),

earned as (

    select * from {{ ref('int_receivables__earned_as_known') }}

),

days_outstanding as (

    select * from {{ ref('int_receivables__days_outstanding') }}

),

owed as (

    select
        utility_id,
        month_no,
        sum(open_usd) as open_usd,
        sum(not_yet_due_usd) as not_yet_due_usd,
        {% for state in ['past_due', 'delinquent', 'shutoff_eligible'] -%}
            sum(case when is_{{ state }} then 1 else 0 end) as {{ state }}_account_count,
            sum(case when is_{{ state }} and not is_final then 1 else 0 end) as active_{{ state }}_account_count,
        {% endfor -%}
        sum(past_due_usd) as past_due_usd,
        sum(delinquent_usd) as delinquent_usd,
        sum(case when is_shutoff_eligible then past_due_usd end) as shutoff_eligible_usd
    from account_months
    group by utility_id, month_no

),

joined as (

    select
        months.*,
        coalesce(charged.charged_usd, 0) as charged_usd,
        coalesce(unapplied.unapplied_usd, 0) as unapplied_usd,
        coalesce(active_accounts.account_count, 0) as active_account_count,
        {% for column in [
            'open_usd', 'not_yet_due_usd', 'past_due_usd', 'delinquent_usd', 'shutoff_eligible_usd',
            'past_due_account_count', 'delinquent_account_count', 'shutoff_eligible_account_count',
            'active_past_due_account_count', 'active_delinquent_account_count', 'active_shutoff_eligible_account_count',
        ] -%}
            coalesce(owed.{{ column }}, 0) as {{ column }},
        {% endfor -%}
        coalesce(lag(owed.open_usd) over (partition by months.utility_id order by months.month_no), 0) as opening_usd,
        earned.earned_usd,
        earned.unbilled_usd,
        earned.month_days,
        days_outstanding.dso_days,
        days_outstanding.service_dso_days
    from months
    left join owed on months.utility_id = owed.utility_id and months.month_no = owed.month_no
    left join unapplied on months.utility_id = unapplied.utility_id and months.month_end_on = unapplied.month_end_on
    left join active_accounts on months.utility_id = active_accounts.utility_id and months.month_no = active_accounts.month_no
    left join charged on months.utility_id = charged.utility_id and months.month_end_on = charged.month_end_on
    left join earned on months.utility_id = earned.utility_id and months.month_no = earned.month_no
    left join days_outstanding on months.utility_id = days_outstanding.utility_id and months.month_no = days_outstanding.month_no

),

final as (

    select
        utility_id,
        month_end_on,
        {% for column in ['opening', 'charged', 'open', 'not_yet_due', 'unapplied', 'earned', 'unbilled'] -%}
            {{ as_money(column ~ '_usd') }} as {{ column }}_usd,
        {% endfor -%}
        case when not is_billing_suspended then dso_days end as dso_days,
        case
            when not is_billing_suspended and earned_usd > 0
                then cast(cast(open_usd * month_days as decimal(28, 6)) / earned_usd as decimal(18, 2))
        end as simple_dso_days,
        service_dso_days,
        case when not is_billing_suspended then {{ collection_effectiveness('opening_usd', 'charged_usd', 'open_usd', 'not_yet_due_usd') }} end
            as collection_effectiveness_pct,
        case
            when is_billing_suspended then 'billing was suspended'
            when dso_days is null then 'the data begin too late to count back'
        end as suppressed_because,
        cast(active_account_count as integer) as active_account_count,
        {% for state in ['past_due', 'delinquent', 'shutoff_eligible'] -%}
            cast({{ state }}_account_count as integer) as {{ state }}_account_count,
            cast(active_{{ state }}_account_count as integer) as active_{{ state }}_account_count,
            {{ as_money(state ~ '_usd') }} as {{ state }}_usd,
            {{ percentage('active_' ~ state ~ '_account_count', 'active_account_count') }} as {{ state }}_accounts_pct,
            {{ percentage(state ~ '_usd', 'open_usd') }} as {{ state }}_dollars_pct,
        {% endfor -%}
        is_billing_suspended,
        has_event,
        is_skewed
    from joined

)

select * from final
