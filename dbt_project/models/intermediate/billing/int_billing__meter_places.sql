with meters as (

    select
        *,
        coalesce(removed_on, {{ end_of_time() }}) as until_on
    from {{ ref('stg_extracts__meters') }}

),

compared as (

    select
        *,
        max(until_on) over (
            partition by utility_id, premise_id, service
            order by installed_on, meter_id
            rows between unbounded preceding and 1 preceding
        ) as previous_until_on,
        lag(unit) over (partition by utility_id, premise_id, service order by installed_on, meter_id) as previous_unit
    from meters

),

shared as (

    select
        *,
        max(case when installed_on < previous_until_on then 1 else 0 end) over (partition by utility_id, premise_id, service) = 1 as has_several
    from compared

),

-- A new meter goes on with the history of the old one; meters that stand side by side have each its own.
final as (

    select
        utility_id,
        meter_id,
        coalesce(not has_several and unit != previous_unit, false) as is_unit_change,
        dense_rank() over (
            order by utility_id, premise_id, service, case when has_several then meter_id else '' end
        ) as place_key
    from shared

)

select * from final
