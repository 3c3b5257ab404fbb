{# Nothing is lost or doubled between two relations: for each group the one's amount equals the other's. A group that only one of
   them has is a failure unless its amount is zero.

   amount, other_amount: expressions that are summed.
   group_by:             columns that both relations have. #}
{% test conserved_between(model, amount, other, other_amount, group_by, where="true", other_where="true") %}
    with here as (

        select
            {{ group_by | join(', ') }},
            coalesce(sum({{ amount }}), 0) as amount
        from {{ model }}
        where {{ where }}
        group by {{ group_by | join(', ') }}

    ),

    there as (

        select
            {{ group_by | join(', ') }},
            coalesce(sum({{ other_amount }}), 0) as amount
        from {{ other }}
        where {{ other_where }}
        group by {{ group_by | join(', ') }}

    )

    select
        {% for column in group_by %}coalesce(here.{{ column }}, there.{{ column }}) as {{ column }}, {% endfor %}
        here.amount as amount_here,
        there.amount as amount_there
    from here
    full outer join there
        on {% for column in group_by %}here.{{ column }} = there.{{ column }}{% if not loop.last %} and {% endif %}{% endfor %}
    where coalesce(here.amount, 0) != coalesce(there.amount, 0)
{% endtest %}
