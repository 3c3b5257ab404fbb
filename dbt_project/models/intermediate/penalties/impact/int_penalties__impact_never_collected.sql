-- Of what still came late at the last month end that is known, the part as old as 120 days, by the share of such debt that is lost in the end.
with replicates as (

    select replicates.*
    from {{ ref('int_penalties__impact_replicates') }} as replicates
    inner join {{ ref('int_penalties__impact_terms') }} as terms
        on replicates.utility_id = terms.utility_id and replicates.episode_id = terms.episode_id
    where
        replicates.component = 'collected_late'
        and replicates.method = 'cohort_curves'
        and replicates.month_end_on between terms.window_from_on and terms.known_to_on

),

account_months as (

    select * from {{ ref('int_receivables__account_months') }}

),

loss_shares as (

    select * from {{ ref('int_receivables__loss_shares') }}
    where bucket = 'over_120'

),

last_years as (

    select
        utility_id,
        max(fiscal_year) as fiscal_year
    from loss_shares
    group by utility_id

),

latest as (

    select
        utility_id,
        episode_id,
        question,
        method,
        max(month_end_on) as month_end_on
    from replicates
    group by utility_id, episode_id, question, method

),

days_asked as (

    select distinct
        utility_id,
        month_end_on
    from latest

),

shares as (

    select
        account_months.utility_id,
        account_months.month_end_on,
        account_months.customer_class,
        cast(
            sum(account_months.over_120_usd * coalesce(loss_shares.lost_share, 0)) / nullif(sum(account_months.past_due_usd), 0) as decimal(9, 8)
        ) as lost_share
    from account_months
    inner join days_asked
        on account_months.utility_id = days_asked.utility_id and account_months.month_end_on = days_asked.month_end_on
    inner join last_years
        on account_months.utility_id = last_years.utility_id
    left join loss_shares
        on
            last_years.utility_id = loss_shares.utility_id
            and last_years.fiscal_year = loss_shares.fiscal_year
            and case when account_months.is_final then 'final' else 'active' end = loss_shares.account_group
    group by account_months.utility_id, account_months.month_end_on, account_months.customer_class

),

lost as (

    select
        replicates.utility_id,
        replicates.episode_id,
        replicates.question,
        'never_collected' as component,
        replicates.method,
        replicates.month_end_on,
        replicates.customer_class,
        replicates.replicate_no,
        {{ as_money(times('replicates.amount_usd', 'coalesce(shares.lost_share, 0)')) }} as amount_usd
    from replicates
    inner join latest
        on
            replicates.utility_id = latest.utility_id
            and replicates.episode_id = latest.episode_id
            and replicates.question = latest.question
            and replicates.method = latest.method
            and replicates.month_end_on = latest.month_end_on
    left join shares
        on
            replicates.utility_id = shares.utility_id
            and replicates.month_end_on = shares.month_end_on
            and replicates.customer_class = shares.customer_class

),

-- Where less than nothing is late in all, nothing is lost.
final as (

    select
        utility_id,
        episode_id,
        question,
        component,
        method,
        month_end_on,
        customer_class,
        replicate_no,
        case
            when sum(amount_usd) over (partition by utility_id, episode_id, question, method, replicate_no) > 0 then amount_usd
            else {{ as_money('0') }}
        end as amount_usd
    from lost

)

select * from final
