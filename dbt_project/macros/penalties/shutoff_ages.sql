{# What is past due in each case: as posted, and less what is received and not posted, put off or disputed. Ends with `measured`; `candidates` are
   the cases that go on. #}
{% macro shutoff_ages(cases, listed) %}
{{ shutoff_candidates(cases, listed) }},
{{ shutoff_put_off() }},
{{ shutoff_measured() }}
{% endmacro %}
