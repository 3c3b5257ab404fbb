{# CTEs: unrestricted cash from year to year, with interest on what stands at the beginning of a year (so that nothing goes in a circle). What actual
   years moved beside their lines is `timing`: bills not yet paid, and all that no line tells. Ends with `balance_lines`, shaped as `lines`. #}
{% macro finance_balances(lines, totals, drivers) %}

flows as (

    select
        lines.utility_id,
        lines.scenario,
        lines.fund,
        lines.path,
        lines.fiscal_year,
        drivers.year_kind,
        drivers.interest_percent,
        drivers.interest_line,
        sum(case
            when lines.category in ('rate_revenue', 'other_operating_revenue', 'non_operating_revenue') then lines.amount_usd
            when lines.category in ('uncollectible', 'operating_expense', 'debt_service', 'rate_funded_capital', 'reserve_funded_capital', 'transfer')
                then -lines.amount_usd
            else 0
        end) as flow_usd,
        max(case when lines.line = drivers.interest_line then 1 else 0 end) = 1 as has_interest
    from {{ lines }} as lines
    inner join {{ drivers }} as drivers
        on
            lines.utility_id = drivers.utility_id
            and lines.scenario = drivers.scenario
            and lines.fund = drivers.fund
            and lines.fiscal_year = drivers.fiscal_year
    group by
        lines.utility_id, lines.scenario, lines.fund, lines.path, lines.fiscal_year, drivers.year_kind, drivers.interest_percent, drivers.interest_line

),

steps as (

    select
        flows.*,
        before.unrestricted_usd as known_beginning_usd,
        after.unrestricted_usd as known_ending_usd,
        row_number() over (partition by flows.utility_id, flows.scenario, flows.fund, flows.path order by flows.fiscal_year) as step_no
    from flows
    left join {{ ref('int_finance__balances') }} as before
        on flows.utility_id = before.utility_id and flows.fund = before.fund and flows.fiscal_year - 1 = before.fiscal_year
    left join {{ ref('int_finance__balances') }} as after
        on flows.utility_id = after.utility_id and flows.fund = after.fund and flows.fiscal_year = after.fiscal_year and flows.year_kind = 'actual'

),

rolled as (

    select
        steps.utility_id,
        steps.scenario,
        steps.fund,
        steps.path,
        steps.fiscal_year,
        steps.step_no,
        {{ as_money('steps.known_beginning_usd') }} as beginning_usd,
        {{ balance_interest('steps.known_beginning_usd') }} as interest_usd,
        {{ as_money('coalesce(steps.known_ending_usd, steps.known_beginning_usd + ' ~ balance_interest('steps.known_beginning_usd') ~ ' + steps.flow_usd)') }} as ending_usd
    from steps
    where steps.step_no = 1
    union all
    select
        steps.utility_id,
        steps.scenario,
        steps.fund,
        steps.path,
        steps.fiscal_year,
        steps.step_no,
        {{ as_money('coalesce(steps.known_beginning_usd, rolled.ending_usd)') }},
        {{ balance_interest('coalesce(steps.known_beginning_usd, rolled.ending_usd)') }},
        {{ as_money('coalesce(
            steps.known_ending_usd,
            coalesce(steps.known_beginning_usd, rolled.ending_usd) + ' ~ balance_interest('coalesce(steps.known_beginning_usd, rolled.ending_usd)') ~ ' + steps.flow_usd
        )') }}
    from rolled
    inner join steps
        on
            rolled.utility_id = steps.utility_id
            and rolled.scenario = steps.scenario
            and rolled.fund = steps.fund
            and rolled.path = steps.path
            and rolled.step_no + 1 = steps.step_no

),

balance_lines as (

    select
        rolled.utility_id,
        rolled.scenario,
        rolled.fund,
        rolled.path,
        rolled.fiscal_year,
        case when added.category = 'non_operating_revenue' then steps.interest_line else added.category end as line,
        coalesce(case when added.category = 'non_operating_revenue' then chart.title end, added.title) as title,
        added.category,
        coalesce(added.category = 'non_operating_revenue' and chart.is_pledged, false) as is_pledged,
        cast(null as varchar) as lien,
        {{ as_money("case added.category
            when 'beginning_balance' then rolled.beginning_usd
            when 'ending_balance' then rolled.ending_usd
            when 'timing' then rolled.ending_usd - rolled.beginning_usd - rolled.interest_usd - steps.flow_usd
            else rolled.interest_usd
        end") }} as amount_usd,
        -- A dollar more from rates stays but for what is not paid and the payment in lieu of taxes.
        case when added.category = 'ending_balance' then cast(1 - totals.uncollectible_share - totals.pilot_share as double) else 0.0 end as rate_share,
        false as is_solved,
        case when steps.known_ending_usd is not null then 'actual' else 'assumption' end as origin,
        coalesce(case when added.category = 'non_operating_revenue' then chart.sort end, added.sort) as sort
    from rolled
    inner join steps
        on
            rolled.utility_id = steps.utility_id
            and rolled.scenario = steps.scenario
            and rolled.fund = steps.fund
            and rolled.path = steps.path
            and rolled.fiscal_year = steps.fiscal_year
    inner join {{ totals }} as totals
        on
            rolled.utility_id = totals.utility_id
            and rolled.scenario = totals.scenario
            and rolled.fund = totals.fund
            and rolled.path = totals.path
            and rolled.fiscal_year = totals.fiscal_year
    cross join (
        select 'beginning_balance' as category, 'Cash and investments at the beginning' as title, 1 as sort
        union all select 'ending_balance', 'Cash and investments at the end', 900
        union all select 'timing', 'Money not yet received or paid, and all that no line tells', 800
        union all select 'non_operating_revenue', 'Interest', 298
    ) as added
    left join {{ ref('int_finance__chart_of_lines') }} as chart
        on rolled.utility_id = chart.utility_id and steps.interest_line = chart.line
    where
        rolled.beginning_usd is not null and (added.category != 'timing' or steps.known_ending_usd is not null)
        and (added.category != 'non_operating_revenue' or rolled.interest_usd != 0)
        or (rolled.ending_usd is not null and added.category = 'ending_balance')

)

{% endmacro %}

{# Interest of a year on what stands at its beginning, where the year's own is not given; 0 where the balance is not known. #}
{% macro balance_interest(balance) -%}
    cast(case
        when steps.year_kind != 'actual' and not steps.has_interest then coalesce({{ times(balance, 'steps.interest_percent') }} * 0.01, 0)
        else 0
    end as decimal(18, 2))
{%- endmacro %}
