{# The assumptions that the projection reads, with what each is where nobody gave it. Inflation has a name for each line and is not here. #}
{% macro assumption_defaults() %}
    {{ return({
        'growth_percent': 0, 'usage_growth_percent': 0, 'usage_shock_percent': 0, 'elasticity': 0, 'volumetric_share_percent': 0, 'uncollectible_percent': 0,
        'interest_percent': 0, 'rate_adjustment_percent': 0, 'rate_effective_month': 1, 'pilot_percent': 0, 'reserve_contribution_usd': 0,
        'planned_reserve_draw_usd': 0, 'debt_interest_percent': 0, 'debt_term_years': 20, 'capital_delay_years': 0, 'capital_share_percent': 100,
        'waiver_extension_usd': 0, 'rate_cap_percent': 100,
    }) }}
{% endmacro %}

{# What holds for the year that it was given for, and not for later ones. #}
{% macro assumptions_of_one_year() %}
    {{ return(['rate_adjustment_percent', 'usage_shock_percent', 'reserve_contribution_usd', 'planned_reserve_draw_usd', 'waiver_extension_usd']) }}
{% endmacro %}
