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
        {'name': 'true_ups', 'nature': 'lost', 'is_level': false, 'best_as_applied': true},
        {'name': 'assistance', 'nature': 'against', 'is_level': false, 'best_as_applied': true},
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
