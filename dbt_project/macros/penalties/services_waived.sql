{# The part of a base that waivers cover, to be added to something: `bases` has a column of dollars for each service, `waived` a switch, 0 or 1. #}
{% macro services_waived(bases, waived) -%}
    {%- for service in services() %} + coalesce({{ bases }}.{{ service }}_usd * {{ waived }}.waives_{{ service }}, 0){% endfor -%}
{%- endmacro %}
