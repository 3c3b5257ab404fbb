{# Every service that the extracts' contract knows, `account` included: totals of bills stand in one column for each, because one row a
   bill joins and groups several times faster than one row a bill and service. #}
{% macro services() %}{{ return(['account', 'electric', 'sewer', 'trash', 'water']) }}{% endmacro %}
