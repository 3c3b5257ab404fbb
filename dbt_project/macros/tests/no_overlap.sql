{# Intervals [from, to) of one key neither overlap nor end before they begin; with `no_gap` each begins where the one before ends. #}
{% test no_overlap(model, partition_by, from_column, to_column, no_gap=false) %}
    select *
    from (
        select
            *,
            lead({{ from_column }}) over (partition by {{ partition_by | join(', ') }} order by {{ from_column }}) as next_from
        from {{ model }}
    ) as ordered
    where
        {{ from_column }} is null
        or {{ to_column }} is null
        or {{ from_column }} >= {{ to_column }}
        or next_from < {{ to_column }}
        {% if no_gap %} or next_from > {{ to_column }}{% endif %}
{% endtest %}
