{# Within each group a number never rises from one row to the next. #}
{% test falls_along(model, column, along, partition_by) %}
    select *
    from (
        select
            *,
            lag({{ column }}) over (partition by {{ partition_by | join(', ') }} order by {{ along }}) as number_before
        from {{ model }}
    ) as ordered
    where {{ column }} is null or {{ column }} > number_before
{% endtest %}
