with mechanical as (

    select * from {{ ref('int_penalties__impact_mechanical') }}

),

estimates as (

    select * from {{ ref('int_penalties__impact_estimates') }}
    where replicate_no = 0

),

shares as (

    select * from {{ ref('int_penalties__impact_shares') }}

),

counted as (

    select * from {{ ref('int_penalties__impact_counted') }}

),

collected_shares as (

    select * from {{ ref('int_penalties__impact_collected_shares') }}

),

-- Each part is what the amount comes to with it less what it came to before: so the cents add up.
divided as (

    select
        estimates.utility_id,
        estimates.episode_id,
        estimates.question,
        estimates.component,
        estimates.method,
        shares.covered_by,
        estimates.month_end_on,
        estimates.customer_class,
        shares.prior_arrears,
        {{ money_share('estimates.amount_usd', 'shares.weight_so_far_no', 'shares.weight_total_no') }}
        - {{ money_share('estimates.amount_usd', '(shares.weight_so_far_no - shares.weight_no)', 'shares.weight_total_no') }} as amount_usd
    from estimates
    inner join shares
        on
            estimates.utility_id = shares.utility_id
            and estimates.episode_id = shares.episode_id
            and estimates.question = shares.question
            and estimates.component = shares.component
            and estimates.month_end_on = shares.month_end_on
            and estimates.customer_class = shares.customer_class

),

applied as (

    select
        utility_id,
        episode_id,
        question,
        component,
        'rules_applied' as method,
        covered_by,
        month_end_on,
        customer_class,
        prior_arrears,
        amount_usd,
        dollar_days_usd
    from mechanical
    union all
    select
        *,
        {{ impact_dollar_days('amount_usd') }} as dollar_days_usd
    from divided

),

-- What would have been collected, added up row by row and taken apart again: their sum is the share of the sum.
summed as (

    select
        applied.*,
        counted.fiscal_year,
        counted.is_in_total,
        counted.is_in_fiscal_year,
        collected_shares.collected_share,
        sum(applied.amount_usd) over (
            partition by applied.utility_id, applied.episode_id, applied.question, applied.component, applied.method
            order by applied.month_end_on, applied.customer_class, applied.covered_by, applied.prior_arrears
            rows between unbounded preceding and current row
        ) as so_far_usd
    from applied
    inner join counted
        on
            applied.utility_id = counted.utility_id
            and applied.episode_id = counted.episode_id
            and applied.question = counted.question
            and applied.component = counted.component
            and applied.method = counted.method
            and applied.month_end_on = counted.month_end_on
    left join collected_shares
        on applied.utility_id = collected_shares.utility_id

),

final as (

    select
        utility_id,
        episode_id,
        question,
        component,
        method,
        covered_by,
        month_end_on,
        customer_class,
        prior_arrears,
        {{ impact_nature('component') }} as nature,
        {{ impact_component_no('component') }} as component_no,
        {{ as_money('amount_usd') }} as central_usd,
        {{ as_money(impact_collected('amount_usd', 'so_far_usd')) }} as collected_usd,
        {{ as_money('dollar_days_usd') }} as dollar_days_usd,
        fiscal_year,
        is_in_total,
        is_in_fiscal_year
    from summed

)

select * from final
