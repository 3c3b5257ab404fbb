-- What was open and not issued, less money to the credit of accounts, beside the same without the event.
with open_targets as (

    select * from {{ ref('int_penalties__impact_open_targets') }}

),

open_shares as (

    select * from {{ ref('int_penalties__impact_open_shares') }}

),

prepaid as (

    select * from {{ ref('int_penalties__impact_prepaid') }}

),

balances as (

    select
        utility_id,
        episode_id,
        month_no,
        customer_class,
        sum(open_usd) + sum(not_issued_usd) as open_usd
    from open_targets
    group by utility_id, episode_id, month_no, customer_class

),

expected as (

    select
        targets.utility_id,
        targets.episode_id,
        case when open_shares.drawn_from = 'clean' then 'cohort_curves' else 'prior_year' end as method,
        open_shares.replicate_no,
        targets.month_no,
        targets.customer_class,
        {{ as_money('sum(' ~ times('targets.expected_of_usd', 'open_shares.open_share') ~ ')') }} as expected_usd
    from open_targets as targets
    inner join open_shares
        on
            targets.utility_id = open_shares.utility_id
            and targets.episode_id = open_shares.episode_id
            and targets.month_no = open_shares.month_no
            and {{ payer_group('targets.customer_class') }} = open_shares.payer_group
            and targets.age_step = open_shares.age_step
    where open_shares.drawn_from in ('clean', 'prior_year')
    group by targets.utility_id, targets.episode_id, open_shares.drawn_from, open_shares.replicate_no, targets.month_no, targets.customer_class

),

final as (

    select
        expected.utility_id,
        expected.episode_id,
        expected.method,
        expected.replicate_no,
        expected.month_no,
        expected.customer_class,
        {{ as_money('expected.expected_usd - coalesce(prepaid.usual_usd, 0) - coalesce(prepaid.left_usd, 0)') }} as expected_usd,
        {{ as_money('balances.open_usd - coalesce(prepaid.unapplied_usd, 0)') }} as actual_usd
    from expected
    inner join balances
        on
            expected.utility_id = balances.utility_id
            and expected.episode_id = balances.episode_id
            and expected.month_no = balances.month_no
            and expected.customer_class = balances.customer_class
    left join prepaid
        on
            expected.utility_id = prepaid.utility_id
            and expected.episode_id = prepaid.episode_id
            and expected.month_no = prepaid.month_no
            and expected.customer_class = prepaid.customer_class

)

select * from final
