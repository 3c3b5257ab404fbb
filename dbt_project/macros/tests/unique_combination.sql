{# No two rows share the columns: the declared grain holds. A null in a key column is a failure too. The key's hash goes first, because
   grouping tens of millions of texts takes several times longer than grouping as many numbers. #}
{% test unique_combination(model, columns) %}
    select
        {{ columns | join(', ') }},
        count(*) as row_count
    from {{ model }}
    where
        {{ row_hash(columns) }} in (
            select {{ row_hash(columns) }} as key_hash
            from {{ model }}
            group by {{ row_hash(columns) }}
            having count(*) > 1
        )
        {% for column in columns %} or {{ column }} is null{% endfor %}
    group by {{ columns | join(', ') }}
    having
        count(*) > 1
        {% for column in columns %} or {{ column }} is null{% endfor %}
{% endtest %}
