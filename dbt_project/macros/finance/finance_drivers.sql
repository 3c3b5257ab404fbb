{# One row per utility, scenario, fund and fiscal year: the assumptions as columns, and shares as shares.

   assumptions: a relation shaped as int_finance__assumptions. #}
{% macro finance_drivers(assumptions) %}

with assumptions as (

    select * from {{ assumptions }}

),

fund_years as (

    select * from {{ ref('int_finance__fund_years') }}

),

settings as (

    select * from {{ ref('int_finance__settings') }}

),

pivoted as (

    select
        utility_id,
        scenario,
        fund,
        fiscal_year,
        {% for name in assumption_defaults() -%}
            {% set value = "max(case when assumption_name = '" ~ name ~ "' then assumption_value end)" -%}
            {{ as_money(value) if name.endswith('_usd') else value }} as {{ name }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from assumptions
    group by utility_id, scenario, fund, fiscal_year

),

final as (

    select
        pivoted.*,
        fund_years.year_kind,
        fund_years.starts_on,
        settings.as_of_on,
        fund_years.first_open_year,
        fund_years.base_year,
        cast(cast(pivoted.elasticity as double) * cast(pivoted.volumetric_share_percent as double) / 100 as decimal(28, 14)) as usage_answer,
        cast(pivoted.uncollectible_percent / 100 as decimal(18, 8)) as uncollectible_share,
        -- Books have what was paid.
        cast(case when fund_years.year_kind = 'actual' then 0 else pivoted.pilot_percent / 100 end as decimal(18, 8)) as pilot_share,
        settings.pilot_line,
        settings.pilot_category,
        settings.interest_line,
        settings.new_debt_lien
    from pivoted
    inner join fund_years
        on pivoted.utility_id = fund_years.utility_id and pivoted.fund = fund_years.fund and pivoted.fiscal_year = fund_years.fiscal_year
    inner join settings
        on pivoted.utility_id = settings.utility_id

)

select * from final

{% endmacro %}
