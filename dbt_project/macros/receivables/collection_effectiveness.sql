{# Collection effectiveness, percent: of what could have been collected in a month (all but what is not yet due at its end), how much was. #}
{% macro collection_effectiveness(opening, charged, closing, not_yet_due) -%}
    {{ percentage(opening ~ ' + ' ~ charged ~ ' - ' ~ closing, opening ~ ' + ' ~ charged ~ ' - ' ~ not_yet_due) }}
{%- endmacro %}
