{# The part of an amount of money that falls on some of its days, to the cent, half away from zero. Whole cents are multiplied and divided, so
   that no half cent is lost on the way. #}
{% macro money_share(amount, days, of_days) -%}
    cast(
        cast({{ signed_quotient('cast(' ~ amount ~ ' * 100 as bigint) * (' ~ days ~ ')', of_days) }} as decimal(18, 0)) * 0.01
        as decimal(18, 2)
    )
{%- endmacro %}
