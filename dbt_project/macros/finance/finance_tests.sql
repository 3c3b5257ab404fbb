{# Every test of every year and path: one row per utility, scenario, fund, path, fiscal year and test, with the rate revenue of the year at which it
   just passes. Terms, target and threshold are data (the `tests:` of assumptions.yml).

   lines: shaped as finance_lines. term_lines: as finance_term_lines. assumptions: as int_finance__assumptions. #}
{% macro finance_tests(lines, term_lines, assumptions) %}

with years as (

    select distinct
        utility_id,
        scenario,
        fund,
        path,
        fiscal_year,
        year_kind
    from {{ lines }}
    where year_kind != 'later'

),

tests as (

    select * from {{ ref('int_finance__sufficiency_tests') }}

),

coverages as (

    select distinct
        utility_id,
        fund,
        test_id
    from {{ ref('int_finance__sufficiency_terms') }}
    where side = 'denominator' and term = 'debt_service'

),

sides as (

    select
        utility_id,
        scenario,
        fund,
        path,
        fiscal_year,
        test_id,
        {% for side in ['numerator', 'denominator'] -%}
            {{ sum_money("case when side = '" ~ side ~ "' then sign * amount_usd end") }} as {{ side }}_usd,
            {{ sum_money("case when side = '" ~ side ~ "' then sign * fixed_usd end") }} as {{ side }}_fixed_usd,
            coalesce(sum(case when side = '{{ side }}' then sign * cast(rate_share as double) end), 0) as {{ side }}_share,
        {% endfor -%}
        max(missing) as missing
    from {{ term_lines }}
    group by utility_id, scenario, fund, path, fiscal_year, test_id

),

judged as (

    select
        years.utility_id,
        years.scenario,
        years.fund,
        years.path,
        years.fiscal_year,
        years.year_kind,
        tests.test_id,
        tests.title,
        tests.measure,
        tests.comparison,
        case when tests.measure = 'ratio' then coverages.test_id is not null else false end as is_coverage,
        tests.is_required,
        tests.sets_rates,
        tests.ordinance,
        tests.convention,
        tests.source,
        tests.is_assumed,
        tests.sort,
        sides.numerator_usd,
        sides.denominator_usd,
        sides.numerator_fixed_usd,
        sides.denominator_fixed_usd,
        sides.numerator_share,
        sides.denominator_share,
        sides.missing,
        coalesce(tests.target_value, targets.assumption_value) as target_value,
        cast(coalesce(tests.target_value, targets.assumption_value) * (1 - coalesce(tests.band_percent, 0) / 100) as decimal(18, 6)) as band_low_value,
        cast(coalesce(tests.target_value, targets.assumption_value) * (1 + coalesce(tests.band_percent, 0) / 100) as decimal(18, 6)) as band_high_value,
        case tests.measure when 'days' then 365 else 1 end as scale
    from years
    inner join tests
        on years.utility_id = tests.utility_id and years.fund = tests.fund
    left join coverages
        on tests.utility_id = coverages.utility_id and tests.fund = coverages.fund and tests.test_id = coverages.test_id
    left join sides
        on
            years.utility_id = sides.utility_id
            and years.scenario = sides.scenario
            and years.fund = sides.fund
            and years.path = sides.path
            and years.fiscal_year = sides.fiscal_year
            and tests.test_id = sides.test_id
    left join {{ assumptions }} as targets
        on
            years.utility_id = targets.utility_id
            and years.scenario = targets.scenario
            and years.fund = targets.fund
            and years.fiscal_year = targets.fiscal_year
            and tests.target_name = targets.assumption_name

),

-- A test as "margin >= 0", a straight line in rate revenue: margin_fixed + margin_share x revenue.
margins as (

    select
        *,
        case comparison when 'at_most' then -1 else 1 end as direction,
        case comparison when 'at_most' then band_high_value else band_low_value end as threshold
    from judged

),

solved as (

    select
        *,
        {% for suffix in ['_usd', '_fixed_usd'] -%}
            direction * case measure
                when 'difference' then cast(numerator{{ suffix }} - denominator{{ suffix }} as decimal(38, 6)) - threshold
                else cast(scale * numerator{{ suffix }} as decimal(38, 6)) - {{ times('threshold', 'denominator' ~ suffix) }}
            end as margin{{ suffix }},
        {% endfor -%}
        direction * (scale * numerator_share - case measure when 'difference' then 1 else cast(threshold as double) end * denominator_share) as margin_share,
        case
            when missing is not null then missing
            when threshold is null then 'the target is not given for this year'
            when measure != 'difference' and denominator_usd <= 0 then 'none'
        end as reason
    from margins

),

final as (

    select
        utility_id,
        scenario,
        fund,
        path,
        fiscal_year,
        year_kind,
        test_id,
        title,
        measure,
        is_coverage,
        comparison,
        numerator_usd,
        denominator_usd,
        cast(case
            when missing is not null then null
            when measure = 'difference' then numerator_usd - denominator_usd
            when denominator_usd > 0 then cast(scale * numerator_usd as double) / cast(denominator_usd as double)
        end as decimal(18, 6)) as value,
        target_value,
        case when band_low_value != target_value then band_low_value end as band_low_value,
        case when band_high_value != target_value then band_high_value end as band_high_value,
        case
            when reason = 'none' then 'not_applicable'
            when reason is not null then 'unknown'
            when margin_usd >= 0 then 'pass'
            else 'fail'
        end as result,
        case when reason = 'none' then 'nothing to be measured against in this year' else reason end as reason,
        {{ float_money('case when reason is null and margin_share > 0 then -margin_fixed_usd / margin_share end') }} as required_rate_revenue_usd,
        cast(case when reason is null then margin_usd end as decimal(38, 6)) as margin,
        is_required,
        sets_rates,
        ordinance,
        convention,
        source,
        is_assumed,
        sort
    from solved

)

select * from final

{% endmacro %}
