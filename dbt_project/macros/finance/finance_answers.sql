{# What rates must bring, what they bring as they are, and the adjustment between: one row per utility, scenario, fund and fiscal year.

   lines: shaped as finance_lines. tests: as finance_tests. drivers: as finance_drivers. #}
{% macro finance_answers(lines, tests, drivers, existing) %}

with drivers as (

    select * from {{ drivers }}

),

summed as (

    select
        utility_id,
        scenario,
        fund,
        fiscal_year,
        {{ sum_money("case when category = 'rate_revenue' then amount_usd end") }} as existing_usd,
        {{ sum_money("case when category in ('other_operating_revenue', 'non_operating_revenue') then amount_usd end") }} as other_revenue_usd,
        -- Without the payment in lieu of taxes where it is a percent of the rates to be found.
        {{ sum_money("case
            when category in ('operating_expense', 'debt_service', 'rate_funded_capital', 'transfer', 'reserve_contribution') then fixed_usd
        end") }} as cost_usd,
        {{ sum_money("case
            when category in ('operating_expense', 'debt_service', 'rate_funded_capital', 'transfer', 'reserve_contribution', 'uncollectible') then amount_usd
        end") }} as spent_usd,
        {{ sum_money("case when category = 'reserve_draw' then amount_usd end") }} as planned_draw_usd,
        max(case when category = 'rate_revenue' then 1 else 0 end) = 1 and max(case when category = 'operating_expense' then 1 else 0 end) = 1 as is_known
    from {{ lines }}
    where path = 'existing_rates' and year_kind != 'later'
    group by utility_id, scenario, fund, fiscal_year

),

tested as (

    select
        utility_id,
        scenario,
        fund,
        fiscal_year,
        max(case when sets_rates then required_rate_revenue_usd end) as tests_required_usd,
        max(case when sets_rates and is_coverage then required_rate_revenue_usd end) as coverage_gross_usd,
        max(case when is_required and result = 'fail' then 1 else 0 end) = 1 as has_failed,
        max(case when is_required and result = 'unknown' then 1 else 0 end) = 1 as is_unknown,
        count(case when is_required then 1 end) as required_count
    from {{ tests }}
    where path = 'existing_rates'
    group by utility_id, scenario, fund, fiscal_year

),

governing as (

    select
        utility_id,
        scenario,
        fund,
        fiscal_year,
        test_id,
        required_rate_revenue_usd,
        row_number() over (partition by utility_id, scenario, fund, fiscal_year order by required_rate_revenue_usd desc, sort) as place
    from {{ tests }}
    where path = 'existing_rates' and sets_rates and required_rate_revenue_usd is not null

),

required as (

    select
        drivers.*,
        summed.existing_usd,
        summed.other_revenue_usd,
        {{ as_money('summed.cost_usd - summed.other_revenue_usd') }} as need_usd,
        summed.planned_draw_usd,
        {{ as_money('summed.existing_usd + summed.other_revenue_usd - summed.spent_usd') }} as surplus_usd,
        summed.is_known,
        tested.tests_required_usd,
        tested.coverage_gross_usd,
        case
            when coalesce(tested.required_count, 0) = 0 then 'unknown'
            when tested.has_failed then 'fail'
            when tested.is_unknown then 'unknown'
            else 'pass'
        end as light,
        {% for name, draw in [('cash_gross_usd', '0'), ('cash_gross_after_usd', 'summed.planned_draw_usd')] -%}
            {{ float_money('case when 1 - drivers.uncollectible_share - drivers.pilot_share > 0 then
                cast(summed.cost_usd - summed.other_revenue_usd - ' ~ draw ~ " as double)
                / cast(1 - drivers.uncollectible_share - drivers.pilot_share as double) end") }} as {{ name }},
        {% endfor -%}
        coalesce(cast(weights.weight as double), case when loaded.fund is null then (13 - drivers.rate_effective_month) / 12.0 end) as effective_weight,
        case when loaded.fund is null then 'months' else 'service_days' end as weight_basis
    from drivers
    inner join summed
        on
            drivers.utility_id = summed.utility_id
            and drivers.scenario = summed.scenario
            and drivers.fund = summed.fund
            and drivers.fiscal_year = summed.fiscal_year
    left join tested
        on
            drivers.utility_id = tested.utility_id
            and drivers.scenario = tested.scenario
            and drivers.fund = tested.fund
            and drivers.fiscal_year = tested.fiscal_year
    left join {{ ref('int_finance__effective_weights') }} as weights
        on drivers.utility_id = weights.utility_id and drivers.fund = weights.fund and drivers.rate_effective_month = weights.effective_month
    left join (select distinct utility_id, fund from {{ ref('int_finance__effective_weights') }}) as loaded
        on drivers.utility_id = loaded.utility_id and drivers.fund = loaded.fund

),

ratios as (

    select
        required.*,
        existing.origin as existing_origin,
        existing.based_on_year,
        greatest(required.cash_gross_usd, coalesce(required.tests_required_usd, required.cash_gross_usd)) as required_usd,
        greatest(required.cash_gross_after_usd, coalesce(required.coverage_gross_usd, required.cash_gross_after_usd)) as required_after_draw_usd,
        case when governing.required_rate_revenue_usd > required.cash_gross_usd then governing.test_id else 'cash' end as governing_test_id
    from required
    left join governing
        on
            required.utility_id = governing.utility_id
            and required.scenario = governing.scenario
            and required.fund = governing.fund
            and required.fiscal_year = governing.fiscal_year
            and governing.place = 1
    left join {{ existing }} as existing
        on
            required.utility_id = existing.utility_id
            and required.scenario = existing.scenario
            and required.fund = existing.fund
            and required.fiscal_year = existing.fiscal_year

),

final as (

    select
        utility_id,
        scenario,
        fund,
        fiscal_year,
        year_kind,
        existing_usd as existing_rate_revenue_usd,
        existing_origin,
        based_on_year,
        uncollectible_percent,
        cast(100 * pilot_share as decimal(18, 6)) as pilot_percent,
        other_revenue_usd,
        need_usd,
        {{ as_money(times('cash_gross_usd', '(1 - uncollectible_share)')) }} as cash_required_usd,
        {{ as_money(times('coverage_gross_usd', '(1 - uncollectible_share)')) }} as coverage_required_usd,
        planned_draw_usd,
        required_usd,
        required_after_draw_usd,
        governing_test_id,
        {{ as_money('required_usd - existing_usd') }} as deficiency_usd,
        {{ as_money('required_after_draw_usd - existing_usd') }} as deficiency_after_draw_usd,
        surplus_usd,
        {{ as_money('surplus_usd + planned_draw_usd') }} as surplus_after_draw_usd,
        {{ adjustment('required_usd', 'existing_usd', '0.0', '1.0') }} as adjustment_full_year_pct,
        {{ adjustment('required_usd', 'existing_usd', 'cast(usage_answer as double)', '1.0') }} as adjustment_with_elasticity_pct,
        cast(rate_effective_month as integer) as effective_month,
        cast(effective_weight as decimal(18, 12)) as effective_weight,
        weight_basis,
        {{ adjustment('required_usd', 'existing_usd', 'cast(usage_answer as double)', 'effective_weight') }} as adjustment_in_year_pct,
        {{ adjustment('required_after_draw_usd', 'existing_usd', '0.0', '1.0') }} as adjustment_after_draw_pct,
        case when is_known then surplus_usd >= 0 end as is_sufficient,
        case when is_known then surplus_usd + planned_draw_usd >= 0 end as is_sufficient_after_draw,
        case when is_known then light else 'unknown' end as light,
        case
            when not is_known then 'the books of this year lack rate revenue or operating expense'
            when existing_usd <= 0 then 'rates bring nothing in this year: no percentage can be taken of it'
            when {{ adjustment('required_usd', 'existing_usd', 'cast(usage_answer as double)', '1.0') }} is null
                then 'no adjustment brings that much: use falls faster than the rates rise'
        end as reason
    from ratios

)

select * from final

{% endmacro %}

{# The percentage by which rates must move for a year's revenue to become `required`, if they hold for a part of it and each percent is answered by
   `answer` times as much use: the smaller root of (1 + p)(1 + answer x p) = 1 + (required / existing - 1) / part. Null where there is none. #}
{% macro adjustment(required, existing, answer, part) -%}
    {%- set target -%}(1.0 + (cast({{ required }} as double) / cast({{ existing }} as double) - 1.0) / {{ part }}){%- endset -%}
    {%- set room -%}((1.0 + {{ answer }}) * (1.0 + {{ answer }}) - 4.0 * {{ answer }} * (1.0 - {{ target }})){%- endset -%}
    cast(case
        when {{ existing }} <= 0 or coalesce({{ part }}, 0) <= 0 then null
        -- Written so that a tiny answer loses no digits.
        when {{ room }} >= 0 then 200.0 * ({{ target }} - 1.0) / (1.0 + {{ answer }} + sqrt({{ room }}))
    end as decimal(38, 12))
{%- endmacro %}
