with estimates as (

    select * from {{ ref('int_penalties__impact_estimates') }}
    where replicate_no = 0

),

shares as (

    select * from {{ ref('int_penalties__impact_splits') }}

),

-- Each part is what the amount comes to with it less what it came to before: so the cents add up.
final as (

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
        {{ as_money(
            money_share('estimates.amount_usd', 'shares.weight_so_far_no', 'shares.weight_total_no', true)
            ~ ' - ' ~ money_share('estimates.amount_usd', '(shares.weight_so_far_no - shares.weight_no)', 'shares.weight_total_no', true)
        ) }} as amount_usd
    from estimates
    inner join shares
        on
            estimates.utility_id = shares.utility_id
            and estimates.episode_id = shares.episode_id
            and estimates.question = shares.question
            and estimates.component = shares.component
            and estimates.month_end_on = shares.month_end_on
            and estimates.customer_class = shares.customer_class

)

select * from final
