with mechanical as (

    select * from {{ ref('int_penalties__impact_mechanical') }}

),

divided as (

    select * from {{ ref('int_penalties__impact_divided') }}

),

counted as (

    select * from {{ ref('int_penalties__impact_counted') }}

),

covers as (

    select * from {{ ref('int_penalties__impact_covers') }}

),

collected_shares as (

    select * from {{ ref('int_penalties__impact_collected_shares') }}

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

-- Done by an event of another episode too: it would have come about without this one.
shared as (

    select distinct
        own.utility_id,
        own.episode_id,
        own.covered_by
    from covers as own
    inner join covers as others
        on own.utility_id = others.utility_id and own.covered_by = others.covered_by and own.episode_id != others.episode_id

),

-- What would have been collected, added up row by row and taken apart again: their sum is the share of the sum.
summed as (

    select
        applied.*,
        counted.fiscal_year,
        counted.is_in_total,
        counted.is_in_fiscal_year,
        collected_shares.collected_share,
        shared.episode_id is null as is_own,
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
    left join shared
        on
            applied.utility_id = shared.utility_id
            and applied.episode_id = shared.episode_id
            and applied.covered_by = shared.covered_by
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
        is_own,
        fiscal_year,
        is_in_total,
        is_in_fiscal_year
    from summed

)

select * from final
