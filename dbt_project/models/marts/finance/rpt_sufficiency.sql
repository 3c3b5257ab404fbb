with tests as (

    select * from {{ ref('int_finance__tests') }}

),

final as (

    select
        utility_id,
        fund,
        scenario,
        path,
        fiscal_year,
        test_id,
        year_kind,
        title,
        measure,
        is_coverage,
        comparison,
        numerator_usd,
        denominator_usd,
        value,
        target_value,
        band_low_value,
        band_high_value,
        result,
        reason,
        required_rate_revenue_usd,
        is_required,
        sets_rates,
        ordinance,
        convention,
        source,
        is_assumed,
        sort
    from tests

)

select * from final
