{# The part of an amount of money that falls on some of its days, to the cent, half away from zero. Whole cents are multiplied and divided, so
   that no half cent is lost on the way. `is_wide`: the days are cents or other large numbers. #}
{% macro money_share(amount, days, of_days, is_wide=false) -%}
    cast(
        cast({{ signed_quotient('cast(' ~ amount ~ ' * 100 as ' ~ (widest_whole() if is_wide else 'bigint') ~ ') * (' ~ days ~ ')', of_days) }} as decimal(18, 0)) * 0.01
        as decimal(18, 2)
    )
{%- endmacro %}
