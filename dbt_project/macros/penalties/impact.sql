{# The parts of what an event cost, in the order in which pages show them: what only came late, what was lost, what stands against it, and what is
   shown apart. A level is an amount at a month end and is never added over months; of the others each month has its own. `best_as_applied`: no
   guess at other behaviour is needed, so the rule as applied is the best estimate too. #}
{% macro impact_components() %}
    {{ return([
        {'name': 'unbilled', 'nature': 'delayed', 'is_level': true, 'best_as_applied': true},
        {'name': 'billed_late', 'nature': 'delayed', 'is_level': false, 'best_as_applied': true},
        {'name': 'collected_late', 'nature': 'delayed', 'is_level': true, 'best_as_applied': false},
        {'name': 'never_collected', 'nature': 'lost', 'is_level': false, 'best_as_applied': false},
        {'name': 'penalties', 'nature': 'lost', 'is_level': false, 'best_as_applied': false},
        {'name': 'disconnect_fees', 'nature': 'lost', 'is_level': false, 'best_as_applied': false},
        {'name': 'card_fees', 'nature': 'lost', 'is_level': false, 'best_as_applied': true},
        {'name': 'assistance', 'nature': 'against', 'is_level': false, 'best_as_applied': true},
        {'name': 'true_ups', 'nature': 'apart', 'is_level': false, 'best_as_applied': true},
        {'name': 'unrelated_credits', 'nature': 'apart', 'is_level': false, 'best_as_applied': true},
    ]) }}
{% endmacro %}

{% macro impact_nature(component) -%}
    case {{ component }}{% for part in impact_components() %} when '{{ part.name }}' then '{{ part.nature }}'{% endfor %} end
{%- endmacro %}

{% macro impact_component_no(component) -%}
    cast(case {{ component }}{% for part in impact_components() %} when '{{ part.name }}' then {{ loop.index }}{% endfor %} end as integer)
{%- endmacro %}

{# The names of components of a kind, for `in`. #}
{% macro impact_names(kind) -%}
    ({% for part in impact_components() | selectattr(kind) %}'{{ part.name }}'{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{# Months before an episode's window that pages show beside it: how it was before. Nothing of them is counted as the episode's. #}
{% macro months_shown_before() %}{{ return(2) }}{% endmacro %}

{# What a figure is broken down by: its name on a page, and the value of a row, as text. #}
{% macro impact_dimensions() %}
    {{ return({
        'total': "'total'",
        'month': 'cast(month_end_on as varchar)',
        'fiscal_year': 'cast(fiscal_year as varchar)',
        'customer_class': 'customer_class',
        'prior_arrears': 'prior_arrears',
        'covered_by': 'covered_by',
    }) }}
{% endmacro %}

{# Which rows a dimension counts: a level stands on one day, the day of the total or the end of a fiscal year. #}
{% macro impact_counts(dimension) -%}
    {{ {'month': 'true', 'fiscal_year': 'is_in_fiscal_year'}.get(dimension, 'is_in_total') }}
{%- endmacro %}

{# Of a figure, what would have been collected: of penalties and fees of the account the measured share, the fees of cards whole (they are taken with
   the payment). Of what only came late, and of credits, nothing is collected or not. `so_far` is the running sum of the amounts, this one included. #}
{% macro impact_collected(amount, so_far) -%}
    case
        when component in ('penalties', 'disconnect_fees')
            then {{ as_money(so_far ~ ' * collected_share') }} - {{ as_money('(' ~ so_far ~ ' - ' ~ amount ~ ') * collected_share') }}
        when component = 'card_fees' then {{ amount }}
    end
{%- endmacro %}

{# Dollar-days of an estimate: what came late at a month end stands for every day of its month. #}
{% macro impact_dollar_days(amount) -%}
    case when component = 'collected_late' then {{ as_money(amount ~ ' * extract(day from month_end_on)') }} else {{ as_money('0') }} end
{%- endmacro %}

{# The lowest and the highest of a figure's replicates but for the twentieth part at either end, by rank; null where there are none. `ranked` has rank_no
   and replicate_count. The central figure is always in the range. #}
{% macro impact_low(figure, rank) -%}
    min(case when {{ rank }} >= {{ whole_quotient('replicate_count + 19', '20') }} then {{ figure }} end)
{%- endmacro %}

{% macro impact_high(figure, rank) -%}
    max(case when {{ rank }} <= replicate_count + 1 - {{ whole_quotient('replicate_count + 19', '20') }} then {{ figure }} end)
{%- endmacro %}

{# The end of the range of what would have been collected, never on the wrong side of the central figure. Null where a figure has no range. #}
{% macro impact_collected_bound(bound, side) -%}
    case
        when broken_down.component in ('penalties', 'disconnect_fees') and {{ bound }} is not null
            then {{ side }}({{ as_money(bound ~ ' * collected_shares.collected_share') }}, broken_down.collected_usd)
    end
{%- endmacro %}

{# What a line is in the revenue requirement. Uncollectibles enter once, as a reduction of revenue. #}
{% macro requirement_line_kind(component) -%}
    case {{ component }} when 'uncollectible' then 'revenue_reduction' when 'card_fees' then 'expense' when 'carrying_cost' then 'expense' else 'revenue' end
{%- endmacro %}

{# Dollar-days as interest, at a rate in percent a year. #}
{% macro impact_carrying_cost(dollar_days, rate) -%}
    {{ money_share(as_money(dollar_days), 'cast(' ~ rate ~ ' * 10000 as bigint)', '365000000', true) }}
{%- endmacro %}

{# The end of the range of the carrying cost, never on the wrong side of the central figure. #}
{% macro impact_carrying_bound(dollar_days, side) -%}
    case
        when {{ dollar_days }} is not null
            then {{ side }}({{ impact_carrying_cost(dollar_days, 'totals.carrying_rate_pct') }}, totals.carrying_cost_usd)
    end
{%- endmacro %}

{# The end of a range, of the episode's own part of a figure: in the proportion of the central figures. #}
{% macro impact_own_bound(bound) -%}
    case
        when totals.own_collected_usd = totals.collected_usd then totals.{{ bound }}
        when totals.collected_usd > 0 and totals.{{ bound }} is not null
            then {{ money_share('totals.' ~ bound, 'cast(totals.own_collected_usd * 100 as bigint)', 'cast(totals.collected_usd * 100 as bigint)', true) }}
    end
{%- endmacro %}
