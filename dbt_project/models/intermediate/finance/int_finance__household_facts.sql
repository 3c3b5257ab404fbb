with facts as (

    select * from {{ ref('stg_policy__households') }}

),

utilities as (

    select
        utility_id,
        cast(extract(year from coalesce(as_of_on, latest_delivered_on)) as integer) as year_no
    from {{ ref('int_quality__utilities') }}

),

-- The latest known at the as-of date, also for years to come: what changes then is the bill alone. Later ones only where there is no earlier.
ranked as (

    select
        facts.*,
        row_number() over (
            partition by facts.utility_id, facts.fact_name
            order by case when facts.fact_year <= utilities.year_no then 0 else 1 end, abs(facts.fact_year - utilities.year_no)
        ) as place
    from facts
    inner join utilities
        on facts.utility_id = utilities.utility_id

),

final as (

    select
        utility_id,
        fact_name,
        fact_year,
        fact_value,
        note,
        source,
        is_assumed
    from ranked
    where place = 1

)

select * from final
