{{ config(materialized='view') }}

with differences as (

    select * from {{ ref('int_billing__read_differences') }}

),

bridges as (

    select * from {{ ref('int_billing__read_bridges') }}

),

-- Where even the good reading before one that fell is above this one, it was the wrong one: the reading that fell is the base.
computed as (

    select
        differences.*,
        bridges.read_id is not null as is_bridged,
        coalesce(bridges.is_after_falling, false) as is_after_falling,
        case
            when differences.previous_read_on is null and differences.read_on = differences.installed_on then 0
            when bridges.remaining_usage >= 0 or (differences.steps is null and not differences.is_falling) then bridges.remaining_usage
            else {{ units_of('coalesce(differences.steps, differences.true_steps)', 'differences.multiplier') }}
        end as computed_usage
    from differences
    left join bridges
        on differences.utility_id = bridges.utility_id and differences.read_id = bridges.read_id

),

-- A read that comes late and counts less than the register made was billed from a reading that is not here.
checked as (

    select
        *,
        is_gap and not is_bridged and not is_falling
        and coalesce(delivered_usage >= 0 and delivered_usage < computed_usage, false) as is_read_missing
    from computed

),

-- The register cannot run backwards, so a number that falls is wrong, and so are both differences that it is part of: the billing
-- system knew better.
final as (

    select
        *,
        case
            when read_kind != 'estimated' and previous_read_kind = 'estimated' then {{ units_of('true_steps', 'multiplier') }}
        end as span_usage,
        cast(
            case
                when is_falling then coalesce(delivered_usage, 0)
                when is_bridged or computed_usage is null then coalesce(delivered_usage, computed_usage, 0)
                when is_read_missing then delivered_usage
                else computed_usage
            end as decimal(18, 6)
        ) as counted_usage
    from checked

)

select * from final
