with meters as (

    select * from {{ ref('stg_extracts__meters') }}
    where meter_size is not null

),

-- Of several meters the largest one in place, else of those that were.
measured as (

    select
        utility_id,
        premise_id,
        service,
        coalesce({{ largest_size('case when removed_on is null then meter_size end') }}, {{ largest_size('meter_size') }}) as meter_size
    from meters
    group by utility_id, premise_id, service

),

-- Sewer is measured by its own meter where there is one, else by the water that comes in.
final as (

    select * from measured
    union all
    select
        water.utility_id,
        water.premise_id,
        'sewer' as service,
        water.meter_size
    from measured as water
    left join measured as sewer
        on water.utility_id = sewer.utility_id and water.premise_id = sewer.premise_id and sewer.service = 'sewer'
    where water.service = 'water' and sewer.service is null

)

select * from final
