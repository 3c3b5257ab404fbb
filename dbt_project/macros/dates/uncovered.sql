{# The parts of spans that nothing covers. All intervals are days after from_on through to_on.

   spans:  a relation of span_key, from_on, to_on; one row a key.
   covers: a relation of span_key, from_on, to_on; as many as there are, in any order, overlapping or not. #}
{% macro uncovered_spans(spans, covers) %}
    select
        ends.span_key,
        greatest(spans.from_on, coalesce(ends.reached_on, spans.from_on)) as from_on,
        least(spans.to_on, ends.from_on) as to_on
    from (
        select
            span_key,
            from_on,
            max(to_on) over (
                partition by span_key order by from_on, to_on
                rows between unbounded preceding and 1 preceding
            ) as reached_on
        from (
            select span_key, from_on, to_on from {{ covers }}
            union all
            select span_key, to_on as from_on, {{ end_of_time() }} as to_on from {{ spans }}
        ) as laid
    ) as ends
    inner join {{ spans }} as spans
        on ends.span_key = spans.span_key
    where least(spans.to_on, ends.from_on) > greatest(spans.from_on, coalesce(ends.reached_on, spans.from_on))
{% endmacro %}
