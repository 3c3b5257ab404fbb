{# A build's file is renamed when it is published or copied, and DuckDB keeps the file's name in views and functions: so no
   relation is rendered with its database. The raw database is attached as `raw`, which reads as a schema. #}

{% macro ref() %}
    {% do return(builtins.ref(*varargs, **kwargs).include(database=false)) %}
{% endmacro %}

{% macro source(source_name, table_name) %}
    {% do return(builtins.source(source_name, table_name).include(database=false)) %}
{% endmacro %}

{% macro generate_schema_name(custom_schema_name, node) %}
    {{ (custom_schema_name or target.schema) | trim }}
{% endmacro %}
