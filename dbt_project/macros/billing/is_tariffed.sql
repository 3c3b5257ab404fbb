{# Whether a charge belongs to a tariff: deposits, loan instalments, connections and what else has no name do not, unless the service's tariff names them.

   charges, tariffs: aliases; `tariffs` is joined from the left with the tariff's components. #}
{% macro is_tariffed(charges, tariffs) -%}
    ({{ charges }}.charge_code not in ('deposit', 'loan', 'connection', 'other') or {{ tariffs }}.component is not null)
{%- endmacro %}
