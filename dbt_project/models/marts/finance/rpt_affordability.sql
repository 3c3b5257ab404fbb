with measures as (

    select * from {{ ref('int_finance__affordability_measures') }}

),

home_years as (

    select * from {{ ref('int_finance__home_years') }}

),

facts as (

    select * from {{ ref('int_finance__household_facts') }}

),

asked as (

    select
        home_years.*,
        measures.*,
        {{ names_word('measures.services', "'water'") }} as needs_water,
        {{ names_word('measures.services', "'sewer'") }} as needs_sewer,
        first_facts.fact_value,
        first_facts.fact_year,
        first_facts.source as fact_source,
        second_facts.fact_value as second_fact_value,
        second_facts.fact_year as second_fact_year,
        second_facts.source as second_fact_source,
        coalesce(first_facts.is_assumed, false) or coalesce(second_facts.is_assumed, false) as is_assumed
    from home_years
    cross join measures
    left join facts as first_facts
        on home_years.utility_id = first_facts.utility_id and measures.fact_name = first_facts.fact_name
    left join facts as second_facts
        on home_years.utility_id = second_facts.utility_id and measures.second_fact_name = second_facts.fact_name

),

-- A measure says nothing about a city that does not bill all of its services.
reasoned as (

    select
        *,
        (case when needs_water then water_usd else 0 end) + (case when needs_sewer then sewer_usd else 0 end) as bill_usd,
        case when measure = 'share_of_free_income' then fact_value - second_fact_value else fact_value end as base_value,
        case
            when needs_water and not has_water then 'no water service here'
            when needs_sewer and not has_sewer then 'no sewer service here'
        end as why_not,
        case
            when (needs_water and water_usd is null) or (needs_sewer and sewer_usd is null) then 'no bill of a typical home: name the home in peers.yml'
            when fact_value is null then 'not known: ' || fact_name
            when second_fact_name is not null and second_fact_value is null then 'not known: ' || second_fact_name
            when measure = 'share_of_free_income' and fact_value <= second_fact_value then 'essential costs leave nothing of this income'
        end as what_lacks
    from asked

),

valued as (

    select
        *,
        case
            when coalesce(why_not, what_lacks) is not null then null
            when unit = 'hours' then cast({{ money_share('bill_usd', '1', '12') }} / base_value as decimal(18, 4))
            else {{ percentage('bill_usd', 'base_value') }}
        end as measured
    from reasoned

),

final as (

    select
        utility_id,
        measure,
        rates_kind,
        scenario,
        cast(fiscal_year as integer) as fiscal_year,
        sort,
        title,
        services,
        unit,
        case when why_not is null and what_lacks is null then {{ as_money('bill_usd') }} end as annual_usd,
        measured as measured_value,
        threshold_value,
        case
            when why_not is not null then 'not_applicable'
            when what_lacks is not null then 'unknown'
            when measure = 'household_burden' then {{ burden('measured', 'second_fact_value') }}
            when measured <= threshold_value then 'within'
            else 'above'
        end as result,
        coalesce(why_not, what_lacks) as reason,
        fact_name,
        fact_value,
        cast(fact_year as integer) as fact_year,
        fact_source,
        second_fact_name,
        second_fact_value,
        cast(second_fact_year as integer) as second_fact_year,
        second_fact_source,
        is_assumed,
        guide,
        guide_year
    from valued

)

select * from final
