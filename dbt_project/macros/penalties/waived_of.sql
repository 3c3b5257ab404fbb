{# What of a bill's waivers falls on one of its penalties: laid along the penalties from the first on, from `from_usd` up to `to_usd`. What goes
   beyond all of them, never more than `most_usd`, stands with the last. Stands over columns assessed_usd, before_usd (the bill's earlier
   penalties) and is_last; nothing may be null. #}
{% macro waived_of(to_usd, from_usd, most_usd) -%}
    greatest(0, least(before_usd + assessed_usd, {{ to_usd }}) - greatest(before_usd, {{ from_usd }}))
    + case when is_last then least({{ most_usd }}, greatest(0, {{ to_usd }} - before_usd - assessed_usd)) else 0 end
{%- endmacro %}
