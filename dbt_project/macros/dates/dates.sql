{# Months as whole numbers: consecutive months differ by one. #}
{% macro month_number(day) %}(cast(extract(year from {{ day }}) as integer) * 12 + cast(extract(month from {{ day }}) as integer) - 1){% endmacro %}

{# A day that every real one comes before: the open end of an interval. #}
{% macro end_of_time() %}cast('9999-12-31' as date){% endmacro %}

{# A day that every real one comes after. #}
{% macro beginning_of_time() %}cast('0001-01-01' as date){% endmacro %}

{# The last day of a month given by its number. #}
{% macro month_end_of(month_no) %}last_day(make_date(cast(floor(({{ month_no }}) / 12) as integer), cast(({{ month_no }}) % 12 as integer) + 1, 1)){% endmacro %}
