{# Inside a window: a running total in which each step depends on the total so far, as interest on interest does. Gives the total after the last row
   of the window's frame, dollars; 0 where the frame is empty.

   fields: the columns that a step needs, name to expression.
   step:   the total after a row, in terms of `step_total` (the total so far) and `step.<field>`.
   over:   the window, with its frame. #}
{% macro folded(fields, step, over) %}{{ return(adapter.dispatch('folded')(fields, step, over)) }}{% endmacro %}

{% macro default__folded(fields, step, over) -%}
    list_reduce(
        list_prepend(
            struct_pack(total := cast(0 as decimal(18, 2)){% for name, expression in fields.items() %}, {{ name }} := {{ expression }}{% endfor %}),
            list(
                struct_pack(total := cast(0 as decimal(18, 2)){% for name, expression in fields.items() %}, {{ name }} := {{ expression }}{% endfor %})
            ) over {{ over }}
        ),
        lambda so_far, step: struct_pack(
            total := cast({{ step | replace('step_total', 'so_far.total') }} as decimal(18, 2))
            {%- for name in fields %}, {{ name }} := step.{{ name }}{% endfor %}
        )
    ).total
{%- endmacro %}

{% macro spark__folded(fields, step, over) -%}
    aggregate(
        collect_list(
            named_struct({% for name, expression in fields.items() %}'{{ name }}', {{ expression }}{{ ', ' if not loop.last }}{% endfor %})
        ) over {{ over }},
        cast(0 as decimal(18, 2)),
        (step_total, step) -> cast({{ step }} as decimal(18, 2))
    )
{%- endmacro %}

{# Inside a window: the product of its frame's rows so far, to twelve decimals. #}
{% macro running_product(factor, over) %}{{ return(adapter.dispatch('running_product')(factor, over)) }}{% endmacro %}
{% macro default__running_product(factor, over) -%}
    list_reduce(
        list(cast({{ factor }} as decimal(18, 12))) over {{ over }},
        lambda so_far, next_one: cast(cast(so_far as decimal(24, 12)) * next_one as decimal(18, 12))
    )
{%- endmacro %}
{% macro spark__running_product(factor, over) -%}
    aggregate(
        collect_list(cast({{ factor }} as decimal(18, 12))) over {{ over }},
        cast(1 as decimal(18, 12)),
        (so_far, next_one) -> cast(so_far * next_one as decimal(18, 12))
    )
{%- endmacro %}
