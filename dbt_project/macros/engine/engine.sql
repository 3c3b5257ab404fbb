{# What DuckDB and Spark say differently. Nothing outside this folder may know which engine runs. #}

{% macro days_between(first_day, last_day) %}{{ return(adapter.dispatch('days_between')(first_day, last_day)) }}{% endmacro %}
{% macro default__days_between(first_day, last_day) %}datediff('day', {{ first_day }}, {{ last_day }}){% endmacro %}
{% macro spark__days_between(first_day, last_day) %}datediff({{ last_day }}, {{ first_day }}){% endmacro %}

{% macro add_days(day, days) %}{{ return(adapter.dispatch('add_days')(day, days)) }}{% endmacro %}
{% macro default__add_days(day, days) %}cast({{ day }} + cast({{ days }} as integer) as date){% endmacro %}
{% macro spark__add_days(day, days) %}date_add({{ day }}, {{ days }}){% endmacro %}

{# The same day some months later, or the last day of that month where it has no such day. #}
{% macro add_months(day, months) %}{{ return(adapter.dispatch('add_months')(day, months)) }}{% endmacro %}
{% macro default__add_months(day, months) %}cast({{ day }} + to_months({{ months }}) as date){% endmacro %}
{% macro spark__add_months(day, months) %}add_months({{ day }}, {{ months }}){% endmacro %}

{% macro is_weekend(day) %}{{ return(adapter.dispatch('is_weekend')(day)) }}{% endmacro %}
{% macro default__is_weekend(day) %}isodow({{ day }}) in (6, 7){% endmacro %}
{% macro spark__is_weekend(day) %}dayofweek({{ day }}) in (1, 7){% endmacro %}

{# One output row for each whole number from first to last, both included; none where last is below first. #}
{% macro explode_range(first_number, last_number) %}{{ return(adapter.dispatch('explode_range')(first_number, last_number)) }}{% endmacro %}
{% macro default__explode_range(first_number, last_number) %}unnest(range({{ first_number }}, {{ last_number }} + 1)){% endmacro %}
{% macro spark__explode_range(first_number, last_number) %}explode(case when {{ first_number }} <= {{ last_number }} then sequence({{ first_number }}, {{ last_number }}) else array() end){% endmacro %}

{# Inside a window: the first value that is not null. #}
{% macro first_known(expression) %}{{ return(adapter.dispatch('first_known')(expression)) }}{% endmacro %}
{% macro default__first_known(expression) %}first_value({{ expression }} ignore nulls){% endmacro %}
{% macro spark__first_known(expression) %}first_value({{ expression }}, true){% endmacro %}

{% macro last_known(expression) %}{{ return(adapter.dispatch('last_known')(expression)) }}{% endmacro %}
{% macro default__last_known(expression) %}last_value({{ expression }} ignore nulls){% endmacro %}
{% macro spark__last_known(expression) %}last_value({{ expression }}, true){% endmacro %}

{# A whole number that equal columns share. #}
{% macro row_hash(columns) %}{{ return(adapter.dispatch('row_hash')(columns)) }}{% endmacro %}
{% macro default__row_hash(columns) %}hash({{ columns | join(', ') }}){% endmacro %}
{% macro spark__row_hash(columns) %}xxhash64({{ columns | join(', ') }}){% endmacro %}

{# How often a whole number goes into another: both without a fraction, both 0 or more. #}
{% macro whole_quotient(numerator, denominator) %}{{ return(adapter.dispatch('whole_quotient')(numerator, denominator)) }}{% endmacro %}
{% macro default__whole_quotient(numerator, denominator) %}(({{ numerator }}) // ({{ denominator }})){% endmacro %}
{% macro spark__whole_quotient(numerator, denominator) %}(({{ numerator }}) div ({{ denominator }})){% endmacro %}

{# The type of whole numbers of up to 38 digits. #}
{% macro widest_whole() %}{{ return(adapter.dispatch('widest_whole')()) }}{% endmacro %}
{% macro default__widest_whole() %}hugeint{% endmacro %}
{% macro spark__widest_whole() %}decimal(38, 0){% endmacro %}

{# The rows of a relation whose name is a parameter of a table function; there are none on Spark. #}
{% macro rows_of(name) %}query_table({{ name }}){% endmacro %}

{# The frame of a window over the days, as whole numbers, that lie up to so many before the row's own; Spark counts a fixed year. #}
{% macro range_before(days) %}{{ return(adapter.dispatch('range_before')(days)) }}{% endmacro %}
{% macro default__range_before(days) %}range between {{ days }} preceding and 1 preceding{% endmacro %}
{% macro spark__range_before(days) %}range between 380 preceding and 1 preceding{% endmacro %}

{# Behind the name of a query that others read more than once: it is computed once and kept. #}
{% macro computed_once() %}{{ return(adapter.dispatch('computed_once')()) }}{% endmacro %}
{% macro default__computed_once() %}materialized{% endmacro %}
{% macro spark__computed_once() %}{% endmacro %}

{# The texts of a group as one, in order, with commas between; nulls are left out, and without any it is null. #}
{% macro listed(expression, order_by) %}{{ return(adapter.dispatch('listed')(expression, order_by)) }}{% endmacro %}
{% macro default__listed(expression, order_by) %}string_agg({{ expression }}, ',' order by {{ order_by }}){% endmacro %}
{% macro spark__listed(expression, order_by) -%}
    nullif(array_join(transform(array_sort(collect_list(case when {{ expression }} is not null then struct({{ order_by }} as place, {{ expression }} as word) end)), x -> x.word), ','), '')
{%- endmacro %}

{# The product of growth factors over the rows of a named window up to this one, at full precision: of dollars that are cut to cents once, at the end. Prices
   that are cut to a tariff's decimals take `running_product`, which is exact. #}
{% macro compounded(expression, window) %}{{ return(adapter.dispatch('compounded')(expression, window)) }}{% endmacro %}
{% macro default__compounded(expression, window) %}product(cast({{ expression }} as double)) over {{ window }}{% endmacro %}
{% macro spark__compounded(expression, window) %}aggregate(collect_list(cast({{ expression }} as double)) over {{ window }}, cast(1 as double), (so_far, next) -> so_far * next){% endmacro %}
