{# The values of policy rules by day: one row for each utility and stretch of days [from_on, to_on) over which none of the rules
   changed, and for each rule that has a value then. The first value also holds for the days before it was adopted.

   prefixes: beginnings of the rules' names. #}
{% macro rule_stretches(prefixes, utilities=none) %}
    select
        stretches.utility_id,
        stretches.from_on,
        stretches.to_on,
        rules.rule_name,
        rules.rule_value,
        rules.is_assumed
    from (
        select
            utility_id,
            from_on,
            coalesce(lead(from_on) over days, {{ end_of_time() }}) as to_on,
            case when row_number() over days = 1 then coalesce(lead(from_on) over days, from_on) else from_on end as valued_on
        from (
            select utility_id, effective_from_on as from_on from {{ ref('stg_policy__rules') }}
            where {% for prefix in prefixes %}{% if not loop.first %} or {% endif %}rule_name like '{{ prefix }}%'{% endfor %}
            union
            select utility_id, {{ add_days('effective_to_on', '1') }} as from_on from {{ ref('stg_policy__rules') }}
            where effective_to_on is not null and ({% for prefix in prefixes %}{% if not loop.first %} or {% endif %}rule_name like '{{ prefix }}%'{% endfor %})
            union
            select utility_id, {{ beginning_of_time() }} as from_on from {{ utilities or ref('stg_policy__utilities') }}
        ) as days_of_change
        window days as (partition by utility_id order by from_on)
    ) as stretches
    left join {{ ref('stg_policy__rules') }} as rules
        on
            stretches.utility_id = rules.utility_id
            and stretches.valued_on >= rules.effective_from_on
            and stretches.valued_on <= coalesce(rules.effective_to_on, {{ end_of_time() }})
            and ({% for prefix in prefixes %}{% if not loop.first %} or {% endif %}rules.rule_name like '{{ prefix }}%'{% endfor %})
{% endmacro %}

{# Whether a comma-separated list, as policy rules and events keep them, has a word. #}
{% macro names_word(listed, word) %}(',' || {{ listed }} || ',' like '%,' || {{ word }} || ',%'){% endmacro %}


{# One rule of `valued`, grouped by stretch: its value as a type, or another where the city is silent (without one: null). #}
{% macro rule_value(name, kind='varchar', otherwise=none) -%}
    {%- set value = "max(case when rule_name = '" ~ name ~ "' then rule_value end)" -%}
    {%- set value = "coalesce(" ~ value ~ ", '" ~ otherwise ~ "')" if otherwise is not none else value -%}
    {{ "cast(" ~ value ~ " as " ~ kind ~ ")" if kind != 'varchar' else value }}
{%- endmacro %}
