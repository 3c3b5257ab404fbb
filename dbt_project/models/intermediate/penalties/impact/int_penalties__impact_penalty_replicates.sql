-- For the waiver alone, only the lateness that it brought is taken off what the rules give; for the event, the usual lateness is taken of the bills as
-- they would have been issued. Where nothing shows what the waiver brought, `waiver_usd` is null.
with penalty_targets as (

    select * from {{ ref('int_penalties__impact_penalty_targets') }}

),

late_shares as (

    select * from {{ ref('int_penalties__impact_late_shares') }}

),

final as (

    select
        targets.utility_id,
        targets.episode_id,
        late_shares.method,
        late_shares.replicate_no,
        targets.month_no,
        targets.customer_class,
        case
            when late_shares.method = 'prior_year'
                then {{ as_money('targets.penalty_share * late_shares.usual_share * targets.billed_usd') }}
            else {{ as_money('targets.mechanical_usd - targets.penalty_share * late_shares.extra_share * targets.billed_usd') }}
        end as waiver_usd,
        {{ as_money('targets.penalty_share * late_shares.usual_share * targets.expected_of_usd') }} as event_usd
    from penalty_targets as targets
    inner join late_shares
        on
            targets.utility_id = late_shares.utility_id
            and targets.episode_id = late_shares.episode_id
            and {{ payer_group('targets.customer_class') }} = late_shares.payer_group
            and {{ half_year('targets.month_no') }} = late_shares.half_year

)

select * from final
