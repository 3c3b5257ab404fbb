-- Thresholds are those of the guides that name them, not of a city.
with final as (

    select
        measure,
        sort,
        title,
        services,
        unit,
        cast(threshold_value as decimal(18, 4)) as threshold_value,
        fact_name,
        second_fact_name,
        guide,
        guide_year
    from (
        values
        (
            'sewer_of_median_income', 1, 'Sewer, share of the median household income', 'sewer', 'percent', 2.0,
            'median_income_usd', null, 'EPA, Financial Capability Assessment Guidance', 2024
        ),
        (
            'water_of_median_income', 2, 'Water, share of the median household income', 'water', 'percent', 2.5,
            'median_income_usd', null, 'EPA, affordability criteria for small water systems', 1998
        ),
        (
            'both_of_median_income', 3, 'Water and sewer, share of the median household income', 'water,sewer', 'percent', 4.5,
            'median_income_usd', null, 'EPA, both criteria together', 1998
        ),
        (
            'share_of_free_income', 4, 'Water and sewer, share of what the 20th percentile has left after essential costs (AR20)',
            'water,sewer', 'percent', 10.0, 'lowest_quintile_income_usd', 'essential_costs_usd',
            'Teodoro, Measuring Household Affordability for Water and Sewer Utilities', 2018
        ),
        (
            'hours_at_minimum_wage', 5, 'Water and sewer of a month, hours of work at the minimum wage', 'water,sewer', 'hours', 8.0,
            'minimum_wage_usd', null, 'Teodoro, Measuring Household Affordability for Water and Sewer Utilities', 2018
        ),
        (
            'household_burden', 6, 'Water and sewer, share of the lowest fifth''s highest income, beside the share of households in need',
            'water,sewer', 'percent', null, 'lowest_quintile_income_usd', 'below_twice_poverty_percent',
            'AWWA, NACWA and WEF, Household Affordability and Financial Capability Assessment', 2019
        )
    ) as measures (
        measure, sort, title, services, unit, threshold_value, fact_name, second_fact_name, guide, guide_year
    )

)

select * from final
