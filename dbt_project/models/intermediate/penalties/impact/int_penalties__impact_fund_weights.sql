{%- set bases = {
    'penalties': 'penalties_usd', 'disconnect_fees': 'fees_usd', 'card_fees': 'billed_usd', 'uncollectible': 'write_offs_usd', 'carrying_cost': 'billed_usd',
} -%}
-- Penalties, fees and write-offs stand in the funds in which the ledger has them; the rest is divided as the bills are.
with flows as (

    select * from {{ ref('int_receivables__monthly_flows') }}

),

summed as (

    {% for line, base in bases.items() -%}
        {% if not loop.first %}
            union all
        {% endif %}
        select
            utility_id,
            '{{ line }}' as component,
            fund,
            sum({{ base }}) as base_usd,
            sum(billed_usd) as billed_usd
        from flows
        group by utility_id, fund
    {%- endfor %}

),

weighed as (

    select
        utility_id,
        component,
        fund,
        cast(ceil(
            case when max(base_usd) over (partition by utility_id, component) > 0 then greatest(0, base_usd) else greatest(0, billed_usd) end
        ) as bigint) as weight_no
    from summed

),

final as (

    select
        utility_id,
        component,
        fund,
        weight_no,
        cast(sum(weight_no) over (
            partition by utility_id, component order by fund rows between unbounded preceding and current row
        ) as bigint) as weight_so_far_no,
        cast(sum(weight_no) over (partition by utility_id, component) as bigint) as weight_total_no
    from weighed
    where weight_no > 0

)

select * from final
