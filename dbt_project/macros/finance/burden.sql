{# The matrix of the household burden (AWWA, NACWA and WEF 2019): the bill's share of the lowest fifth's highest income, by the share of households
   below twice the poverty line; both in percent. #}
{% macro burden(share, in_need) -%}
    case
        when {{ share }} >= 10 then case when {{ in_need }} >= 35 then 'very_high' when {{ in_need }} >= 20 then 'high' else 'moderate_high' end
        when {{ share }} >= 7 then case when {{ in_need }} >= 35 then 'high' when {{ in_need }} >= 20 then 'moderate_high' else 'moderate_low' end
        else case when {{ in_need }} >= 35 then 'moderate_high' when {{ in_need }} >= 20 then 'moderate_low' else 'low' end
    end
{%- endmacro %}
