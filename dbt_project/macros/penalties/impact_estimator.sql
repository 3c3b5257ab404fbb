{# What the best estimate of an episode stands on; docs/impact_estimates.md says why. #}

{# A month is clean when no event touches it or so many months before it: late payers need that long to be as late as before. #}
{% macro settling_months() %}6{% endmacro %}

{# A bill is followed so many days, by steps of ten. #}
{% macro followed_days() %}189{% endmacro %}
{% macro age_step(billed_on, at_on) %}cast({{ whole_quotient(days_between(billed_on, at_on), '10') }} as integer){% endmacro %}

{# How often clean months and parts of the city are drawn anew; replicate 0 is the estimate itself. #}
{% macro replicate_count() %}300{% endmacro %}

{# Lots that accounts are put into where there are fewer billing groups than `least_cluster_count`. #}
{% macro account_lots() %}40{% endmacro %}
{% macro least_cluster_count() %}10{% endmacro %}

{# Homes pay otherwise than all others; other classes alone are too few for rates of their own. #}
{% macro payer_group(customer_class) %}case when {{ customer_class }} = 'residential' then 'homes' else 'others' end{% endmacro %}

{# November to April, or May to October. #}
{% macro half_year(month_no) %}case when ({{ month_no }}) % 12 in (10, 11, 0, 1, 2, 3) then 'cold' else 'warm' end{% endmacro %}
