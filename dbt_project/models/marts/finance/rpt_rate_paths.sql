with least_paths as (

    select * from {{ ref('int_finance__least_paths') }}

),

final as (

    select
        utility_id,
        fund,
        scenario,
        path,
        cast(fiscal_year as integer) as fiscal_year,
        cast(effective_month as integer) as effective_month,
        cast(adjustment_percent as decimal(18, 6)) as adjustment_percent,
        cast(cap_percent as decimal(18, 6)) as cap_percent,
        is_found,
        forbidding_test_id,
        cast(forbidding_year as integer) as forbidding_year,
        unknown_tests,
        first_possible_on
    from least_paths

)

select * from final
