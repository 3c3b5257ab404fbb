{# The ages of a debt in their order, as they stand in column names: not yet due, then by days past due. #}
{% macro age_buckets() %}{{ return(['not_yet_due', 'd1_30', 'd31_60', 'd61_90', 'd91_120', 'over_120']) }}{% endmacro %}

{# The age of a debt; null is not due yet, and the due date itself is not yet past due. #}
{% macro age_bucket(due_on, at_on) -%}
    {%- set age = days_between(due_on, at_on) -%}
    case
        when {{ due_on }} is null or {{ age }} <= 0 then 'not_yet_due'
        when {{ age }} <= 30 then 'd1_30'
        when {{ age }} <= 60 then 'd31_60'
        when {{ age }} <= 90 then 'd61_90'
        when {{ age }} <= 120 then 'd91_120'
        else 'over_120'
    end
{%- endmacro %}

{# Whether collections look at an account among those that left (final, inactive) or those that are served. #}
{% macro is_final(account_status) %}(coalesce({{ account_status }}, 'active') in ('final', 'inactive')){% endmacro %}

{# An account and a running number within it as one whole number. #}
{% macro numbered_key(account_key, running_no) %}(cast({{ account_key }} as bigint) * 1000000 + {{ running_no }}){% endmacro %}
