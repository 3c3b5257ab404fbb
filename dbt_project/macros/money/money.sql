{# Sums of DECIMAL(18,2) widen to DECIMAL(38,2), which a contract refuses: every sum of money comes back to the one type of money. #}
{% macro sum_money(expression) %}cast(coalesce(sum({{ expression }}), 0) as decimal(18, 2)){% endmacro %}

{% macro as_money(expression) %}cast({{ expression }} as decimal(18, 2)){% endmacro %}

{# Dollars that were computed with floating point. Half a cent is often a hair less or more there (966,433.62 / 0.8): what it is comes back with seven
   decimals, and only then it is cut to cents. #}
{% macro float_money(expression) %}cast(cast({{ expression }} as decimal(38, 7)) as decimal(18, 2)){% endmacro %}

{# A share of dollars in percent to four decimals; null where there is nothing to take it of. The division is exact in what it compares,
   the quotient is for reading. #}
{% macro percentage(part, whole) %}cast(case when ({{ whole }}) != 0 then 100.0 * ({{ part }}) / ({{ whole }}) end as decimal(18, 4)){% endmacro %}

{# A product with room for it: DuckDB keeps the product of two DECIMAL(18,6) within 18 digits, which is a million. #}
{% macro times(quantity, factor) %}(cast({{ quantity }} as decimal(28, 6)) * {{ factor }}){% endmacro %}
