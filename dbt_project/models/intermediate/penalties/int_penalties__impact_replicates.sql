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

episodes as (

    select
        *,
        coalesce(penalty_waiver_to_on, window_to_on) as waived_to_on
    from {{ ref('int_penalties__impact_episodes') }}

),

lags as (

    select * from {{ ref('int_penalties__impact_lags') }}

),

methods as (

    select * from {{ ref('int_penalties__impact_methods') }}

),

prepaid as (

    select * from {{ ref('int_penalties__impact_prepaid') }}

),

penalties as (

    select
        targets.utility_id,
        targets.episode_id,
        late_shares.method,
        late_shares.replicate_no,
        targets.month_no,
        targets.customer_class,
        case
            when late_shares.method = 'prior_year' then targets.penalty_share * late_shares.usual_share * targets.billed_usd
            else targets.mechanical_usd - targets.penalty_share * late_shares.extra_share * targets.billed_usd
        end as waiver_usd,
        targets.penalty_share * late_shares.usual_share * targets.expected_of_usd as event_usd
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
        case when open_shares.drawn_from = 'clean' then 'cohort_curves' else 'prior_year' end as method,
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
    where open_shares.drawn_from in ('clean', 'prior_year')
    group by targets.utility_id, targets.episode_id, open_shares.drawn_from, open_shares.replicate_no, targets.month_no, targets.customer_class

),

open_rows as (

    select
        expected.utility_id,
        expected.episode_id,
        expected.method,
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

late_by_waiver as (

    select
        targets.utility_id,
        targets.episode_id,
        'cohort_curves' as method,
        extra_shares.replicate_no,
        targets.month_no,
        targets.customer_class,
        {{ as_money('sum((extra_shares.open_share - usual.open_share) * targets.billed_usd)') }} as amount_usd
    from open_targets as targets
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

),

laid as (

    {% set keys = 'utility_id, episode_id, method, month_no, customer_class, replicate_no' -%}
    select {{ keys }}, 'waiver' as question, 'penalties' as component, greatest(0, waiver_usd) as amount_usd
    from penalties
    where waiver_usd is not null
    union all
    select {{ keys }}, 'event' as question, 'penalties' as component, greatest(0, event_usd) as amount_usd
    from penalties
    where event_usd is not null
    union all
    select {{ keys }}, 'waiver' as question, 'collected_late' as component, amount_usd
    from late_by_waiver
    union all
    select {{ keys }}, 'event' as question, 'collected_late' as component, actual_usd - expected_usd as amount_usd
    from open_rows
    union all
    select {{ keys }}, 'event' as question, 'expected_open' as component, expected_usd as amount_usd
    from open_rows

),

final as (

    select
        laid.utility_id,
        laid.episode_id,
        laid.question,
        laid.component,
        laid.method,
        {{ month_end_of('laid.month_no') }} as month_end_on,
        laid.customer_class,
        laid.replicate_no,
        {{ as_money('laid.amount_usd') }} as amount_usd
    from laid
    inner join methods
        on
            laid.utility_id = methods.utility_id
            and laid.episode_id = methods.episode_id
            and laid.question = methods.question
            and laid.method = methods.method
            and case when laid.component = 'expected_open' then 'collected_late' else laid.component end = methods.component
    where not methods.is_refused

)

select * from final
