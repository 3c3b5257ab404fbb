with episodes as (

    select * from {{ ref('int_penalties__impact_episodes') }}

),

waived as (

    select * from {{ ref('int_penalties__impact_waived_accounts') }}

),

prior_arrears as (

    select * from {{ ref('int_penalties__impact_prior_arrears') }}

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

account_months as (

    select * from {{ ref('int_receivables__account_months') }}

),

open_accounts as (

    select * from {{ ref('int_receivables__open_accounts') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

final as (

    select
        prior_arrears.utility_id,
        prior_arrears.episode_id,
        prior_arrears.account_id,
        coalesce(periods.customer_class, 'unknown') as customer_class,
        prior_arrears.prior_arrears,
        case
            when waived.penalties_usd = 0 then 'on_time'
            when prior_arrears.prior_arrears = 'new' then 'opened_since'
            when prior_arrears.prior_arrears = 'none' then 'newly_late'
            when prior_arrears.prior_arrears = 'unknown' then 'unknown'
            else 'already_behind'
        end as help_group,
        waived.penalties_usd,
        {% for amount in ['open', 'past_due'] -%}
            {{ as_money(
                'coalesce(case when episodes.window_to_on = utilities.as_of_on then open_accounts.' ~ amount ~ '_usd else account_months.' ~ amount ~ '_usd end, 0)'
            ) }} as window_end_{{ amount }}_usd,
            {{ as_money('coalesce(open_accounts.' ~ amount ~ '_usd, 0)') }} as {{ amount }}_usd{% if not loop.last %},{% endif %}
        {% endfor %}
    from prior_arrears
    inner join episodes
        on prior_arrears.utility_id = episodes.utility_id and prior_arrears.episode_id = episodes.episode_id
    inner join waived
        on
            prior_arrears.utility_id = waived.utility_id
            and prior_arrears.episode_id = waived.episode_id
            and prior_arrears.account_key = waived.account_key
    inner join utilities
        on prior_arrears.utility_id = utilities.utility_id
    left join periods
        on
            prior_arrears.account_key = periods.account_key
            and episodes.window_to_on >= periods.from_on
            and episodes.window_to_on < periods.to_on
    left join account_months
        on prior_arrears.account_key = account_months.account_key and episodes.window_to_on = account_months.month_end_on
    left join open_accounts
        on prior_arrears.account_key = open_accounts.account_key

)

select * from final
