{# CTEs: for tests on the greatest or the mean debt service, what that is in each year. Ends with `debt_ahead`.

   matched: lines by test, side and term, with the first year in which each is paid. years: utility, scenario, fund, path and fiscal year of the table. #}
{% macro finance_debt_ahead(matched, years) %}

-- Of debt that is outstanding: an issue counts from the year before its first payment on. All liens that a test counts together: the greatest year
-- of the sum is not the sum of the greatest years.
debt_by_year as (

    select
        years.utility_id,
        years.scenario,
        years.fund,
        years.path,
        years.fiscal_year,
        matched.test_id,
        matched.side,
        min(matched.position) as position,
        matched.sign,
        matched.basis,
        matched.fiscal_year as paid_year,
        sum(matched.amount_usd) as amount_usd
    from {{ matched }} as matched
    inner join {{ years }} as years
        on
            matched.utility_id = years.utility_id
            and matched.scenario = years.scenario
            and matched.fund = years.fund
            and matched.path = years.path
            and matched.fiscal_year >= years.fiscal_year
            and matched.first_year <= years.fiscal_year + 1
    where matched.basis != 'annual'
    group by
        years.utility_id, years.scenario, years.fund, years.path, years.fiscal_year,
        matched.test_id, matched.side, matched.sign, matched.basis, matched.fiscal_year

),

-- Of this year and all to come: the greatest, or the mean of those with payments.
debt_ahead as (

    select
        utility_id,
        scenario,
        fund,
        path,
        fiscal_year,
        test_id,
        side,
        min(position) as position,
        sign,
        basis,
        {{ float_money("case basis when 'maximum' then max(amount_usd) else cast(sum(amount_usd) as double) / count(*) end") }} as amount_usd
    from debt_by_year
    group by utility_id, scenario, fund, path, fiscal_year, test_id, side, sign, basis

)

{% endmacro %}
