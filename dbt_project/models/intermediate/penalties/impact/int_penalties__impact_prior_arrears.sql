with episodes as (

    select * from {{ ref('int_penalties__impact_episodes') }}

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

delivered as (

    select * from {{ ref('stg_extracts__accounts') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

month_ends as (

    select
        utility_id,
        episode_id,
        starts_on,
        {{ add_days("cast(date_trunc('month', starts_on) as date)", '-1') }} as before_on
    from episodes

),

arrears as (

    select
        month_ends.utility_id,
        month_ends.episode_id,
        account_months.account_key,
        {{ days_between('account_months.oldest_due_on', 'account_months.month_end_on') }} as late_days,
        account_months.past_due_usd
    from month_ends
    inner join {{ ref('int_receivables__account_months') }} as account_months
        on
            month_ends.before_on = account_months.month_end_on
            and month_ends.utility_id = account_months.utility_id
            and account_months.is_past_due

),

final as (

    select
        month_ends.utility_id,
        month_ends.episode_id,
        accounts.account_id,
        accounts.account_key,
        month_ends.before_on as month_end_on,
        case
            when delivered.opened_on > month_ends.before_on then 'new'
            when month_ends.before_on < utilities.first_posted_on then 'unknown'
            when arrears.late_days > 90 then 'over_90'
            when arrears.late_days > 30 then 'd31_90'
            when arrears.late_days > 0 then 'd1_30'
            else 'none'
        end as prior_arrears,
        coalesce(arrears.past_due_usd, cast(0 as decimal(18, 2))) as past_due_usd
    from month_ends
    inner join accounts
        on month_ends.utility_id = accounts.utility_id
    inner join delivered
        on accounts.utility_id = delivered.utility_id and accounts.account_id = delivered.account_id
    inner join utilities
        on month_ends.utility_id = utilities.utility_id
    left join arrears
        on month_ends.episode_id = arrears.episode_id and accounts.account_key = arrears.account_key

)

select * from final
