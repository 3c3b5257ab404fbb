{# Sums of DECIMAL(18,2) widen to DECIMAL(38,2), which a contract refuses: every sum of money comes back to the one type of money. #}
{% macro sum_money(expression) %}cast(coalesce(sum({{ expression }}), 0) as decimal(18, 2)){% endmacro %}

{% macro as_money(expression) %}cast({{ expression }} as decimal(18, 2)){% endmacro %}
