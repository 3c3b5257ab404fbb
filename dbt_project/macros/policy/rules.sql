{# The rules of some sections of the policy over time: CTEs that end with `valued`, one row for each utility, stretch of days [from_on, to_on) in
   which no rule changes, and rule in force. The first value also holds for the days before it was adopted; a stretch without any rule has one row
   without a name.

   utilities: a relation with utility_id.
   sections:  the first parts of the rules' names. #}
{% macro rule_stretches(utilities, sections) %}
rules as (

    select
        utility_id,
        rule_name,
        rule_value,
        effective_from_on,
        coalesce(effective_to_on, {{ end_of_time() }}) as effective_to_on
    from {{ ref('stg_policy__rules') }}
    where {% for section in sections %}{{ 'or ' if not loop.first }}rule_name like '{{ section }}.%' {% endfor %}

),

rule_days as (

    select
        utility_id,
        effective_from_on as from_on
    from rules
    union
    select
        utility_id,
        {{ beginning_of_time() }} as from_on
    from {{ utilities }}

),

stretches as (

    select
        utility_id,
        from_on,
        coalesce(lead(from_on) over (partition by utility_id order by from_on), {{ end_of_time() }}) as to_on,
        case
            when row_number() over (partition by utility_id order by from_on) = 1
                then coalesce(lead(from_on) over (partition by utility_id order by from_on), from_on)
            else from_on
        end as valued_on
    from rule_days

),

valued as (

    select
        stretches.utility_id,
        stretches.from_on,
        stretches.to_on,
        rules.rule_name,
        rules.rule_value
    from stretches
    left join rules
        on
            stretches.utility_id = rules.utility_id
            and stretches.valued_on between rules.effective_from_on and rules.effective_to_on

)
{% endmacro %}


{# One rule of `valued`, grouped by stretch: its value as a type, or another where the city is silent (without one: null). #}
{% macro rule_value(name, kind='varchar', otherwise=none) -%}
    {%- set value = "max(case when rule_name = '" ~ name ~ "' then rule_value end)" -%}
    {%- set value = "coalesce(" ~ value ~ ", '" ~ otherwise ~ "')" if otherwise is not none else value -%}
    {{ "cast(" ~ value ~ " as " ~ kind ~ ")" if kind != 'varchar' else value }}
{%- endmacro %}
