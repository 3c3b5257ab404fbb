{# A price raised by a factor, to as many decimals as the tariff writes it with (2 to 6), half away from zero. #}
{% macro adjusted_rate(rate, factor, decimals) -%}
    case {{ decimals }}
        {% for digits in [2, 3, 4, 5] -%}
            when {{ digits }} then cast(cast({{ times(rate, factor) }} as decimal(18, {{ digits }})) as decimal(18, 6))
        {% endfor -%}
        else cast({{ times(rate, factor) }} as decimal(18, 6))
    end
{%- endmacro %}

{# How many decimals a price is written with: 2 at least, zeros at its end left out. #}
{% macro decimals_of(rate) -%}
    case
        {% for digits in [2, 3, 4, 5] -%}
            when cast({{ rate }} as decimal(18, {{ digits }})) = {{ rate }} then {{ digits }}
        {% endfor -%}
        else 6
    end
{%- endmacro %}

{# A tariff's class under a price list, as the rate engine is asked for it. #}
{% macro listed_class(price_list, tariff_class) %}({{ price_list }} || ' ' || {{ tariff_class }}){% endmacro %}
