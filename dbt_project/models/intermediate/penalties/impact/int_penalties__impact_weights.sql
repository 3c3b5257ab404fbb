-- By what a best estimate is divided over events and over what accounts owed before: penalties and fees as the rules applied to what happened, of the same
-- month and class; money that came late by the shadow penalties so far (the waiver), or by what was past due (the event, whose parts cannot be told apart).
with mechanical as (

    select * from {{ ref('int_penalties__impact_mechanical') }}

),

estimates as (

    select distinct
        utility_id,
        episode_id,
        question,
        component,
        month_end_on,
        customer_class
    from {{ ref('int_penalties__impact_estimates') }}

),

account_months as (

    select * from {{ ref('int_receivables__account_months') }}
    where past_due_usd > 0

),

arrears as (

    select * from {{ ref('int_penalties__impact_prior_arrears') }}

),

months_asked as (

    select distinct
        utility_id,
        episode_id,
        month_end_on
    from estimates
    where component in ('collected_late', 'never_collected') and question = 'event'

),

past_due as (

    select
        months_asked.utility_id,
        months_asked.episode_id,
        months_asked.month_end_on,
        coalesce(account_months.customer_class, 'unknown') as customer_class,
        arrears.prior_arrears,
        sum(account_months.past_due_usd) * 0.01 as amount_usd
    from account_months
    inner join months_asked
        on account_months.utility_id = months_asked.utility_id and account_months.month_end_on = months_asked.month_end_on
    inner join arrears
        on account_months.account_key = arrears.account_key and months_asked.episode_id = arrears.episode_id
    group by
        months_asked.utility_id, months_asked.episode_id, months_asked.month_end_on, account_months.customer_class, arrears.prior_arrears

),

weighed as (

    select
        estimates.*,
        mechanical.covered_by,
        mechanical.prior_arrears,
        greatest(0, mechanical.amount_usd) as amount_usd
    from estimates
    inner join mechanical
        on
            estimates.utility_id = mechanical.utility_id
            and estimates.episode_id = mechanical.episode_id
            and estimates.question = mechanical.question
            and estimates.component = mechanical.component
            and estimates.month_end_on = mechanical.month_end_on
            and estimates.customer_class = mechanical.customer_class
    union all
    select
        estimates.*,
        mechanical.covered_by,
        mechanical.prior_arrears,
        greatest(0, mechanical.amount_usd) as amount_usd
    from estimates
    inner join mechanical
        on
            estimates.utility_id = mechanical.utility_id
            and estimates.episode_id = mechanical.episode_id
            and estimates.question = mechanical.question
            and mechanical.component = 'penalties'
            and estimates.customer_class = mechanical.customer_class
            and estimates.month_end_on >= mechanical.month_end_on
    where estimates.question = 'waiver' and estimates.component in ('collected_late', 'never_collected')
    union all
    select
        estimates.*,
        'together' as covered_by,
        past_due.prior_arrears,
        past_due.amount_usd
    from estimates
    inner join past_due
        on
            estimates.utility_id = past_due.utility_id
            and estimates.episode_id = past_due.episode_id
            and estimates.month_end_on = past_due.month_end_on
            and estimates.customer_class = past_due.customer_class
    where estimates.question = 'event' and estimates.component in ('collected_late', 'never_collected')

),

-- Cents of penalties, and whole dollars of what was past due: products of two amounts stay within a whole number.
final as (

    select
        utility_id,
        episode_id,
        question,
        component,
        month_end_on,
        customer_class,
        covered_by,
        prior_arrears,
        cast(ceil(sum(amount_usd) * 100) as bigint) as weight_no
    from weighed
    group by utility_id, episode_id, question, component, month_end_on, customer_class, covered_by, prior_arrears
    having sum(amount_usd) > 0

)

select * from final
