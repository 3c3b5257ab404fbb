{# The lines that each test counts: one row per utility, scenario, fund, path, fiscal year, test, side, term and line. A term that no line answers and
   that cannot be taken as nothing has a row without a line that says what is `missing`.

   lines: a relation shaped as finance_lines. #}
{% macro finance_term_lines(lines) %}

with lines as (

    select * from {{ lines }}

),

terms as (

    select
        terms.*,
        case when terms.term = 'debt_service' then coalesce(tests.debt_service_basis, 'annual') else 'annual' end as basis
    from {{ ref('int_finance__sufficiency_terms') }} as terms
    inner join {{ ref('int_finance__sufficiency_tests') }} as tests
        on terms.utility_id = tests.utility_id and terms.fund = tests.fund and terms.test_id = tests.test_id

),

matched as (

    select
        lines.*,
        terms.test_id,
        terms.side,
        terms.position,
        terms.sign,
        terms.basis,
        min(lines.fiscal_year) over (
            partition by lines.utility_id, lines.scenario, lines.fund, lines.path, lines.line, terms.test_id, terms.side, terms.position
        ) as first_year
    from terms
    inner join lines
        on
            terms.utility_id = lines.utility_id
            and terms.fund = lines.fund
            and case terms.term_kind when 'line' then lines.line else lines.category end = terms.term
            and (
                terms.qualifier is null
                or (terms.qualifier = 'pledged' and lines.is_pledged)
                or terms.qualifier = lines.lien
            )

),

years as (

    select distinct
        utility_id,
        scenario,
        fund,
        path,
        fiscal_year
    from lines
    where year_kind != 'later'

),

{{ finance_debt_ahead('matched', 'years') }},

debt_told as (

    select utility_id
    from {{ ref('int_finance__debt_years') }}
    union
    select utility_id
    from {{ ref('int_finance__chart_of_lines') }}
    where category = 'debt_service'

),

-- Nothing in a year is nothing, but for these: without them nobody can tell. Debt to come does not tell what there is already.
missing as (

    select distinct
        years.utility_id,
        years.scenario,
        years.fund,
        years.path,
        years.fiscal_year,
        terms.test_id,
        terms.side,
        terms.position,
        terms.sign,
        case
            when terms.term = 'debt_service' then 'debt service is not loaded'
            when terms.term in ('beginning_balance', 'ending_balance') then 'cash balances are not loaded'
            else 'no ' || replace(terms.term, '_', ' ') || ' in the books of this year'
        end as missing
    from years
    inner join terms
        on years.utility_id = terms.utility_id and years.fund = terms.fund
    left join matched
        on
            years.utility_id = matched.utility_id
            and years.scenario = matched.scenario
            and years.fund = matched.fund
            and years.path = matched.path
            and years.fiscal_year = matched.fiscal_year
            and terms.test_id = matched.test_id
            and terms.side = matched.side
            and terms.position = matched.position
    left join debt_told
        on years.utility_id = debt_told.utility_id
    where
        (
            matched.line is null
            and (
                terms.term in ('rate_revenue', 'operating_expense', 'depreciation', 'beginning_balance', 'ending_balance')
                or terms.term_kind = 'line'
            )
        )
        or (terms.term = 'debt_service' and terms.term_kind = 'category' and debt_told.utility_id is null)

),

final as (

    select
        utility_id, scenario, fund, path, fiscal_year, test_id, side, position, sign, line, title, category, lien, amount_usd, fixed_usd, rate_share,
        cast(null as varchar) as missing
    from matched
    where year_kind != 'later' and basis = 'annual'
    union all
    select
        utility_id, scenario, fund, path, fiscal_year, test_id, side, position, sign, 'debt_service_' || basis,
        case basis when 'maximum' then 'Greatest debt payments of a year from this one on' else 'Mean of the debt payments from this year on' end,
        'debt_service', null, amount_usd, amount_usd, 0.0, null
    from debt_ahead
    union all
    select
        utility_id, scenario, fund, path, fiscal_year, test_id, side, position, sign, 'missing', missing, null, null, 0, 0, 0.0, missing
    from missing

)

select * from final

{% endmacro %}
