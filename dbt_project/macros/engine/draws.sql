{# A whole number from 0 to below `count`, as good as drawn by lot from a text: the same text gives the same number on every engine and in every build. #}
{% macro drawn(text, count) %}{{ return(adapter.dispatch('drawn')(text, count)) }}{% endmacro %}
{% macro default__drawn(text, count) %}cast(cast('0x' || substr(md5({{ text }}), 1, 13) as bigint) % ({{ count }}) as integer){% endmacro %}
{% macro spark__drawn(text, count) %}cast(pmod(cast(conv(substr(md5({{ text }}), 1, 13), 16, 10) as bigint), {{ count }}) as int){% endmacro %}
