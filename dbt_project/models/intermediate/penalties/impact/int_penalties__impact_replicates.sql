-- Replicate 0 is the estimate, the others its range. A method that refuses gives no row.
with penalties as (

    select * from {{ ref('int_penalties__impact_penalty_replicates') }}

),

open_rows as (

    select * from {{ ref('int_penalties__impact_open_replicates') }}

),

late_by_waiver as (

    select * from {{ ref('int_penalties__impact_late_replicates') }}

),

methods as (

    select * from {{ ref('int_penalties__impact_methods') }}

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
