-- Replicate 0 is the estimate, the others its range.
with penalty_targets as (

    select * from {{ ref('int_penalties__impact_penalty_targets') }}

),

late_shares as (

    select * from {{ ref('int_penalties__impact_late_shares') }}

),

open_targets as (

    select * from {{ ref('int_penalties__impact_open_targets') }}

),

open_shares as (

    select * from {{ ref('int_penalties__impact_open_shares') }}

),

prepaid as (

    select * from {{ ref('int_penalties__impact_prepaid') }}

),

penalties as (

    select
        targets.utility_id,
        targets.episode_id,
        late_shares.replicate_no,
        targets.month_no,
        targets.customer_class,
        case
            when late_shares.extra_share is not null
                then greatest(0, {{ as_money('targets.mechanical_usd - targets.penalty_share * late_shares.extra_share * targets.billed_usd') }})
        end as waiver_usd,
        greatest(
            0, {{ as_money('targets.penalty_share * late_shares.usual_share * targets.expected_of_usd') }}
        ) as event_usd
    from penalty_targets as targets
    inner join late_shares
        on
            targets.utility_id = late_shares.utility_id
            and targets.episode_id = late_shares.episode_id
            and {{ payer_group('targets.customer_class') }} = late_shares.payer_group
            and {{ half_year('targets.month_no') }} = late_shares.half_year

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
        open_shares.replicate_no,
        targets.month_no,
        targets.customer_class,
        {{ as_money('sum(open_shares.open_share * targets.expected_of_usd)') }} as expected_usd
    from open_targets as targets
    inner join open_shares
        on
            targets.utility_id = open_shares.utility_id
            and targets.episode_id = open_shares.episode_id
            and targets.month_no = open_shares.month_no
            and {{ payer_group('targets.customer_class') }} = open_shares.payer_group
            and targets.age_step = open_shares.age_step
    where open_shares.drawn_from = 'clean'
    group by targets.utility_id, targets.episode_id, open_shares.replicate_no, targets.month_no, targets.customer_class

),

open_rows as (

    select
        expected.utility_id,
        expected.episode_id,
        expected.replicate_no,
        expected.month_no,
        expected.customer_class,
        expected.expected_usd - coalesce(prepaid.usual_usd, 0) - coalesce(prepaid.left_usd, 0) as expected_usd,
        balances.open_usd - coalesce(prepaid.unapplied_usd, 0) as actual_usd
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

),

laid as (

    select utility_id, episode_id, 'waiver' as question, 'penalties' as component, month_no, customer_class, replicate_no, waiver_usd as amount_usd
    from penalties
    where waiver_usd is not null
    union all
    select utility_id, episode_id, 'event' as question, 'penalties' as component, month_no, customer_class, replicate_no, event_usd as amount_usd
    from penalties
    union all
    select utility_id, episode_id, 'event' as question, 'expected_open' as component, month_no, customer_class, replicate_no, expected_usd as amount_usd
    from open_rows
    union all
    select
        utility_id, episode_id, 'event' as question, 'collected_late' as component, month_no, customer_class, replicate_no,
        actual_usd - expected_usd as amount_usd
    from open_rows

),

final as (

    select
        utility_id,
        episode_id,
        question,
        component,
        'cohort_curves' as method,
        {{ month_end_of('month_no') }} as month_end_on,
        customer_class,
        replicate_no,
        {{ as_money('amount_usd') }} as amount_usd
    from laid

)

select * from final
