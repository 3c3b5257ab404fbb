{# The penalty on a base, dollars, to the cent, half away from zero (R27): a percentage of it or a flat amount, none up to the floor, never below the
   minimum. `rules` has the columns of int_penalties__rules. #}
{% macro penalty_on(base, rules) -%}
    case
        when {{ base }} <= greatest(0, {{ rules }}.base_floor_usd) then cast(0 as decimal(18, 2))
        else greatest(
            {{ rules }}.minimum_usd,
            case
                when {{ rules }}.is_flat then {{ rules }}.flat_usd
                else {{ as_money(times(base, rules ~ '.penalty_pct') ~ ' * 0.01') }}
            end
        )
    end
{%- endmacro %}
