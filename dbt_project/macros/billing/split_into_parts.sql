{# Bills' services cut where prices change: by bill date one set of prices holds, by day of use every one that prices some of the days. Of a
   quantity the part through a day is its share of the days, rounded to hundredths; the next part has the rest (docs/policy.md).

   services: one row for each thing to price, columns as in `int_billing__classed_services`.
   keys:     the columns that identify a row of it. #}
{% macro split_into_parts(services, keys) %}
    select
        {% for key in keys %}cut.{{ key }}, {% endfor %}
        cut.service,
        cut.days_before,
        cut.days_through,
        cut.days_before = 0 as is_first_part,
        cut.effective_from_on,
        cut.tariff_class,
        cut.meter_size,
        cut.season_day,
        {% for total, part in [
            ('months_total', 'months'), ('base_months_total', 'base_months'), ('usage_total', 'usage_quantity'),
            ('average_total', 'average_quantity'), ('demand_quantity', 'demand_quantity')
        ] -%}
            cast(
                case
                    when cut.days_before = 0 and cut.days_through = cut.days then cut.{{ total }}
                    when cut.days_through = cut.days then cut.{{ total }} - {{ share_of_days('cut.' ~ total, 'cut.days_before', 'cut.days') }}
                    else
                        {{ share_of_days('cut.' ~ total, 'cut.days_through', 'cut.days') }}
                        - {{ share_of_days('cut.' ~ total, 'cut.days_before', 'cut.days') }}
                end as decimal(18, 6)
            ) as {{ part }},
        {% endfor -%}
        cast(cut.assistance_rate_usd as decimal(18, 6)) as assistance_rate_usd
    from (
        select
            services.*,
            tariff_periods.effective_from_on,
            tariff_periods.season_day,
            coalesce(services.service_days, 1) as days,
            case
                when services.service_days is null or tariff_periods.effective_on = 'bill' then 0
                else greatest(cast({{ days_between('services.service_from_on', 'tariff_periods.from_on') }} as integer) - 1, 0)
            end as days_before,
            case
                when services.service_days is null then 1
                when tariff_periods.effective_on = 'bill' then services.service_days
                else cast(
                    {{ days_between('services.service_from_on', 'least(tariff_periods.through_on, services.service_to_on)') }} as integer
                )
            end as days_through
        from {{ services }} as services
        inner join {{ ref('int_billing__tariff_periods') }} as tariff_periods
            on
                services.utility_id = tariff_periods.utility_id
                and services.service = tariff_periods.service
                and services.tariff_class = tariff_periods.tariff_class
                and case
                    when services.service_days is null or tariff_periods.effective_on = 'bill'
                        then services.billed_on >= tariff_periods.from_on and services.billed_on <= tariff_periods.through_on
                    else services.service_to_on >= tariff_periods.from_on and services.service_from_on < tariff_periods.through_on
                end
    ) as cut
{% endmacro %}
