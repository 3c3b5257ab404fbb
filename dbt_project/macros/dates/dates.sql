{# Months as whole numbers: consecutive months differ by one. #}
{% macro month_number(day) %}(cast(extract(year from {{ day }}) as integer) * 12 + cast(extract(month from {{ day }}) as integer) - 1){% endmacro %}

{# A day that every real one comes before: the open end of an interval. #}
{% macro end_of_time() %}cast('9999-12-31' as date){% endmacro %}

{# A day that every real one comes after. #}
{% macro beginning_of_time() %}cast('0001-01-01' as date){% endmacro %}

{# The last day of a month given by its number. #}
{% macro month_end_of(month_no) %}last_day(make_date(cast(floor(({{ month_no }}) / 12) as integer), cast(({{ month_no }}) % 12 as integer) + 1, 1)){% endmacro %}

{# The fiscal year of a day, named after the calendar year in which it ends. #}
{% macro fiscal_year_of(day, start_month) -%}
    (
        cast(extract(year from {{ day }}) as integer)
        + case when {{ start_month }} > 1 and extract(month from {{ day }}) >= {{ start_month }} then 1 else 0 end
    )
{%- endmacro %}

{# The day of the year as text, `MM-DD`. #}
{% macro month_day(day) -%}
    (lpad(cast(extract(month from {{ day }}) as varchar), 2, '0') || '-' || lpad(cast(extract(day from {{ day }}) as varchar), 2, '0'))
{%- endmacro %}

{# A day of the year, `MM-DD`, in a given year; 29 February is the day after the 28th. #}
{% macro day_of_year_in(year_no, month_day) -%}
    case
        when {{ month_day }} = '02-29' then {{ add_days("cast(cast(" ~ year_no ~ " as varchar) || '-02-28' as date)", '1') }}
        else cast(cast({{ year_no }} as varchar) || '-' || {{ month_day }} as date)
    end
{%- endmacro %}

{# The last day of a fiscal year. #}
{% macro fiscal_year_end(fiscal_year, start_month) -%}
    last_day(make_date(cast({{ fiscal_year }} as integer), cast(case when {{ start_month }} > 1 then {{ start_month }} - 1 else 12 end as integer), 1))
{%- endmacro %}
