{# Steps that a register made between two readings. It rolled over where the way back would be longer than half of it. Back across zero
   it goes only where the first reading was an estimate. #}
{% macro register_steps(first_reading, last_reading, register_size, is_after_estimate='false') -%}
    cast(
        case
            when {{ first_reading }} - {{ last_reading }} > {{ register_size }} - ({{ first_reading }} - {{ last_reading }})
                then {{ last_reading }} - {{ first_reading }} + {{ register_size }}
            when {{ is_after_estimate }} and {{ last_reading }} - {{ first_reading }} > {{ register_size }} - ({{ last_reading }} - {{ first_reading }})
                then {{ last_reading }} - {{ first_reading }} - {{ register_size }}
            else {{ last_reading }} - {{ first_reading }}
        end as decimal(18, 6)
    )
{%- endmacro %}

{# Units of use that steps of a register stand for. #}
{% macro units_of(steps, multiplier) %}cast({{ times(steps, multiplier) }} as decimal(18, 6)){% endmacro %}

{# Days that so many months cover at most: reads come up to two weeks earlier or later in their month. #}
{% macro days_of_months(months) %}cast(floor({{ months }} * 30.4375) + 15 as integer){% endmacro %}
