{# No two rows share the columns: the declared grain holds. A null in a key column is a failure too. #}
{% test unique_combination(model, columns) %}
    select
        {{ columns | join(', ') }},
        count(*) as row_count
    from {{ model }}
    group by {{ columns | join(', ') }}
    having
        count(*) > 1
        {% for column in columns %} or {{ column }} is null{% endfor %}
{% endtest %}
