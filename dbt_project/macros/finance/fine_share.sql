{# Money times a whole number over another, to eight decimals: shares that are added up before they are rounded to the cent. The divisor is
   above zero. #}
{% macro fine_share(amount, part, whole) -%}
    (
        cast({{ signed_quotient(
            'cast(' ~ amount ~ ' * 100 as ' ~ widest_whole() ~ ') * 1000000 * (' ~ part ~ ')', 'cast(' ~ whole ~ ' as ' ~ widest_whole() ~ ')'
        ) }} as decimal(28, 0)) * cast(0.00000001 as decimal(8, 8))
    )
{%- endmacro %}
