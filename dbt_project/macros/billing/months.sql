{# Whole numbers divided and rounded half up; both 0 or more. #}
{% macro rounded_quotient(numerator, denominator) -%}
    {{ whole_quotient('2 * (' ~ numerator ~ ') + (' ~ denominator ~ ')', '2 * (' ~ denominator ~ ')') }}
{%- endmacro %}

{# The same for a numerator of either sign, half away from zero. #}
{% macro signed_quotient(numerator, denominator) -%}
    (case when ({{ numerator }}) < 0 then -1 else 1 end * {{ rounded_quotient('abs(' ~ numerator ~ ')', denominator) }})
{%- endmacro %}

{# Months that a bill over so many service days has (docs/policy.md, Months): one up to 45 days, above that the nearest whole number of
   months of 30.4375 days, and where short bills count their days a thirtieth of a month a day below 20. Without days, those between two bills. #}
{% macro months_of_days(days, months_covered, frequency_months) -%}
    cast(
        case
            when {{ days }} is null then {{ frequency_months }}
            when {{ days }} < 20 and {{ months_covered }} = 'nearest_whole_long_days_short'
                then cast({{ rounded_quotient('100 * ' ~ days, '30') }} as decimal(18, 2)) * 0.01
            when {{ days }} <= 45 then 1
            else {{ rounded_quotient('10000 * ' ~ days, '304375') }}
        end as decimal(18, 6)
    )
{%- endmacro %}

{# The part of a quantity that falls on the first of its days, to hundredths, half away from zero. #}
{% macro share_of_days(quantity, days_through, days) -%}
    cast(
        {{ signed_quotient('cast(' ~ times(quantity, '1000000') ~ ' as bigint) * (' ~ days_through ~ ')', '10000 * cast(' ~ days ~ ' as bigint)') }}
        as decimal(18, 2)
    ) * 0.01
{%- endmacro %}

{# What one unit of a quantity is in another unit; null where they do not measure the same. #}
{% macro unit_factor(from_unit, to_unit, rules) -%}
    case
        when {{ from_unit }} = {{ to_unit }} then cast(1 as decimal(18, 12))
        when {{ to_unit }} = 'kwh' or {{ from_unit }} = 'kwh' then null
        else cast(
            {{ cubic_feet_of(from_unit, rules) }} / {{ cubic_feet_of(to_unit, rules) }} as decimal(18, 12)
        )
    end
{%- endmacro %}

{% macro cubic_feet_of(unit, rules) -%}
    case {{ unit }}
        when 'cf' then cast(1 as decimal(18, 6))
        when 'ccf' then {{ rules }}.cubic_feet_per_ccf
        when 'gal' then {{ rules }}.cubic_feet_per_ccf / {{ rules }}.gallons_per_ccf
        when 'kgal' then 1000 * {{ rules }}.cubic_feet_per_ccf / {{ rules }}.gallons_per_ccf
    end
{%- endmacro %}

{# A sum over a count, rounded half away from zero to 0, 1 or more decimals (2 at most). #}
{% macro mean_of(total, number, decimals) -%}
    cast(
        case {{ decimals }}
            {% for digits in [0, 1] -%}
                when {{ digits }} then cast(
                    {{ signed_quotient('cast(' ~ times(total, '1000000') ~ ' as bigint)', number ~ ' * ' ~ 10 ** (6 - digits)) }} as decimal(18, 2)
                ) * {{ 10.0 ** -digits }}
            {% endfor -%}
            else cast({{ signed_quotient('cast(' ~ times(total, '1000000') ~ ' as bigint)', number ~ ' * 10000') }} as decimal(18, 2)) * 0.01
        end as decimal(18, 6)
    )
{%- endmacro %}

{# A quantity in another unit, to the decimals that the city keeps (R10); as it is where the unit is the same. #}
{% macro converted(quantity, from_unit, to_unit, rules) -%}
    case
        when {{ from_unit }} = {{ to_unit }} then cast({{ quantity }} as decimal(18, 6))
        else
            case {{ rules }}.converted_usage_decimals
                {% for digits in [0, 1, 2, 3] -%}
                    when {{ digits }} then cast(
                        cast({{ times(quantity, unit_factor(from_unit, to_unit, rules)) }} as decimal(18, {{ digits }})) as decimal(18, 6)
                    )
                {% endfor -%}
                else cast({{ times(quantity, unit_factor(from_unit, to_unit, rules)) }} as decimal(18, 6))
            end
    end
{%- endmacro %}

{# The winter, by the year in which its average begins to count, that prices a day. #}
{% macro winter_of(day, applies_from_month) -%}
    (
        cast(extract(year from {{ day }}) as integer)
        - case when extract(month from {{ day }}) < {{ applies_from_month }} then 1 else 0 end
    )
{%- endmacro %}

{# What a winter average, which is that of a billing period, comes to over the months of a bill, to hundredths. #}
{% macro average_of_bill(average, months, frequency_months) -%}
    cast({{ signed_quotient('cast(' ~ times(average, months) ~ ' * 10000 as bigint)', '100 * ' ~ frequency_months) }} as decimal(18, 2)) * 0.01
{%- endmacro %}
