{# Pairs of debits and credits that meet when both are laid end to end: break points of the one against those of the other.

   debits:  a relation of the keys, queue_no, place_no and amount_usd > 0; laid in the order of their places.
   credits: a relation of the keys, credit_no and amount_usd > 0; laid in the order of their numbers.
   keys:    the columns within which credits may meet debits. #}
{% macro match_in_order(debits, credits, keys) %}
    {%- set keys = keys | join(', ') -%}
    select
        {{ keys }},
        queue_no,
        credit_no,
        cast(matched_usd as decimal(18, 2)) as amount_usd
    from (
        select
            {{ keys }},
            {{ first_known('debit_here') }} over ahead as queue_no,
            {{ first_known('credit_here') }} over ahead as credit_no,
            hi_usd - coalesce(lag(hi_usd) over (partition by {{ keys }} order by hi_usd, is_credit), 0) as matched_usd
        from (
            select
                {{ keys }},
                queue_no as debit_here,
                cast(null as integer) as credit_here,
                0 as is_credit,
                sum(amount_usd) over (
                    partition by {{ keys }} order by place_no
                    rows between unbounded preceding and current row
                ) as hi_usd
            from {{ debits }}
            union all
            select
                {{ keys }},
                cast(null as integer) as debit_here,
                credit_no as credit_here,
                1 as is_credit,
                sum(amount_usd) over (
                    partition by {{ keys }} order by credit_no
                    rows between unbounded preceding and current row
                ) as hi_usd
            from {{ credits }}
        ) as break_points
        window
            ahead as (
                partition by {{ keys }} order by hi_usd, is_credit
                rows between current row and unbounded following
            )
    ) as met
    where matched_usd > 0 and queue_no is not null and credit_no is not null
{% endmacro %}
