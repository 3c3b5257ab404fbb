with deposits as (

    select * from {{ ref('int_receivables__deposits') }}

),

adjustments as (

    select * from {{ ref('stg_extracts__adjustments') }}

),

-- A deposit is applied by two postings: out of the deposits, and onto the account.
applied as (

    select utility_id, account_id, posted_on, -change_usd as applied_usd, 0 as credited_usd, cast(null as varchar) as adjustment_id
    from deposits
    where deposit_kind = 'applied'
    union all
    select utility_id, account_id, posted_on, 0 as applied_usd, -amount_usd as credited_usd, adjustment_id
    from adjustments
    where adjustment_kind = 'deposit_applied' and amount_usd < 0

),

unmatched as (

    select
        utility_id,
        account_id,
        posted_on,
        max(adjustment_id) as adjustment_id,
        {{ sum_money('credited_usd') }} as credited_usd,
        {{ sum_money('applied_usd') }} as applied_usd
    from applied
    group by utility_id, account_id, posted_on
    having sum(credited_usd) > sum(applied_usd)

),

final as (

    select
        utility_id, 'deposit_beyond_held' as finding, 'R81' as rule, account_id, 'deposits' as source_entity, deposit_id as source_id,
        posted_on as found_on, {{ as_money('-change_usd') }} as amount_usd, {{ as_money('greatest(0, held_usd - change_usd)') }} as expected_usd,
        'More deposit ' || deposit_kind || ' than was held; ' || cast(held_usd as varchar) || ' is left.' as detail
    from deposits
    where held_usd < 0 and change_usd < 0

    union all

    select
        utility_id, 'deposit_applied_without_posting' as finding, 'R81' as rule, account_id, 'adjustments' as source_entity,
        adjustment_id as source_id, posted_on as found_on, credited_usd as amount_usd, applied_usd as expected_usd,
        'A deposit is credited to the account that the deposits do not release.' as detail
    from unmatched

)

select * from final
