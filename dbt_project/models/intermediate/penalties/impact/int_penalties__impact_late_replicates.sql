with open_targets as (

    select * from {{ ref('int_penalties__impact_open_targets') }}

),

open_shares as (

    select * from {{ ref('int_penalties__impact_open_shares') }}

),

episodes as (

    select
        *,
        coalesce(penalty_waiver_to_on, window_to_on) as waived_to_on
    from {{ ref('int_penalties__impact_episodes') }}

),

lags as (

    select * from {{ ref('int_penalties__impact_lags') }}

),

-- While bills came late, ways to pay were closed or nobody was shut off, what is late cannot be told apart: there the waiver alone has no figure.
months as (

    select * from {{ ref('int_penalties__impact_months') }}
    where is_waiver_only

),

-- How much more of a bill is open because only penalties are waived: from the time on when it is due, of bills whose penalty date a waiver covers.
extra_shares as (

    select
        waived.utility_id,
        waived.episode_id,
        waived.replicate_no,
        waived.payer_group,
        waived.age_step,
        avg(waived.open_share) as open_share
    from open_shares as waived
    where waived.drawn_from = 'waiver_only'
    group by waived.utility_id, waived.episode_id, waived.replicate_no, waived.payer_group, waived.age_step

),

final as (

    select
        targets.utility_id,
        targets.episode_id,
        'cohort_curves' as method,
        extra_shares.replicate_no,
        targets.month_no,
        targets.customer_class,
        {{ as_money('sum(' ~ times('targets.billed_usd', '(extra_shares.open_share - usual.open_share)') ~ ')') }} as amount_usd
    from open_targets as targets
    inner join months
        on targets.utility_id = months.utility_id and targets.episode_id = months.episode_id and targets.month_no = months.month_no
    inner join episodes
        on targets.utility_id = episodes.utility_id and targets.episode_id = episodes.episode_id
    inner join lags
        on
            targets.utility_id = lags.utility_id
            and 10 * targets.age_step + 5 >= lags.due_days
            and {{ add_days('targets.month_end_on', 'lags.penalty_days - 10 * targets.age_step - 5') }}
            between episodes.penalty_waiver_from_on and episodes.waived_to_on
    inner join extra_shares
        on
            targets.utility_id = extra_shares.utility_id
            and targets.episode_id = extra_shares.episode_id
            and {{ payer_group('targets.customer_class') }} = extra_shares.payer_group
            and targets.age_step = extra_shares.age_step
    inner join open_shares as usual
        on
            usual.drawn_from = 'clean'
            and extra_shares.utility_id = usual.utility_id
            and extra_shares.episode_id = usual.episode_id
            and extra_shares.replicate_no = usual.replicate_no
            and extra_shares.payer_group = usual.payer_group
            and extra_shares.age_step = usual.age_step
            and targets.month_no = usual.month_no
    group by targets.utility_id, targets.episode_id, extra_shares.replicate_no, targets.month_no, targets.customer_class

)

select * from final
