{# A meter size as text that sorts by its inches: `1 1/2` after `3/4`, `10` after `2`. The size itself stands behind twelve characters. #}
{% macro sortable_size(meter_size) -%}
    (
        lpad(cast(cast(coalesce({{ inches('split_part(' ~ spaced(meter_size) ~ ", ' ', 1)") }}, 0)
            + coalesce({{ inches('split_part(' ~ spaced(meter_size) ~ ", ' ', 2)") }}, 0) as decimal(11, 4)) as varchar), 12, '0')
        || {{ meter_size }}
    )
{%- endmacro %}

{# The largest size of a group of rows; null where none is known. #}
{% macro largest_size(meter_size) %}substring(max({{ sortable_size(meter_size) }}), 13){% endmacro %}

{# The size that was read last, of several on one day the largest. #}
{% macro latest_size(meter_size, read_on) -%}
    substring(max(cast({{ read_on }} as varchar) || {{ sortable_size(meter_size) }}), 23)
{%- endmacro %}

{% macro spaced(meter_size) %}trim(replace({{ meter_size }}, '-', ' ')){% endmacro %}

{# A whole number or a fraction as a number; null for anything else. #}
{% macro inches(text) -%}
    cast(
        try_cast(split_part({{ text }}, '/', 1) as decimal(9, 4))
        / coalesce(nullif(try_cast(nullif(split_part({{ text }}, '/', 2), '') as decimal(9, 4)), 0), 1) as decimal(11, 4)
    )
{%- endmacro %}
