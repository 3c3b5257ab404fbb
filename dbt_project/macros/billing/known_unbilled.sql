{# What was unbilled on a day as could be known then: days since the last read that was billed, usual use, tariff in force, base by day
   (docs/revenue.md). A list of CTEs that ends with `known_unbilled` (utility_id, service, customer_class, at_on, unbilled_usd).

   bills_at: rows of int_billing__bill_use, each with every day `at_on` on which it is one of the account's bills of the last twelve months
             and not cancelled.
   new_at:   rows of int_billing__account_days, each with every day `at_on` on which the account waits for its first bill.
   tariffs:  price rows with the columns of `stg_policy__tariffs`. #}
{% macro known_unbilled_ctes(bills_at, new_at, tariffs) %}
usual as (

    select
        account_key,
        at_on,
        max(bill_no) as last_no,
        {% for service in services() -%}
            cast(sum({{ service }}_use) as decimal(38, 6)) as {{ service }}_use,
            sum(case when {{ service }}_use is not null then service_days end) as {{ service }}_days{% if not loop.last %},{% endif %}
        {% endfor %}
    from {{ bills_at }}
    group by account_key, at_on

),

-- An account has the class of the day, and no days after it was closed.
last_bills as (

    select
        usual.*,
        periods.utility_id,
        periods.customer_class,
        cast({{ days_between(
            'bills.service_to_on',
            'least(usual.at_on, coalesce(spans.closed_on, usual.at_on), '
            ~ "case when periods.account_status in ('final', 'inactive') then periods.from_on else usual.at_on end)"
        ) }} as integer) as days,
        {% for service in services() -%}
            bills.{{ service }}_profile_id{% if not loop.last %},{% endif %}
        {% endfor %}
    from usual
    inner join {{ ref('int_billing__bill_use') }} as bills
        on usual.account_key = bills.account_key and usual.last_no = bills.bill_no
    inner join {{ ref('int_billing__account_days') }} as spans
        on usual.account_key = spans.account_key
    inner join {{ ref('int_receivables__account_periods') }} as periods
        on usual.account_key = periods.account_key and usual.at_on >= periods.from_on and usual.at_on < periods.to_on

),

waiting as (

    select * from last_bills
    where days > 0

),

-- Equal accounts are priced once: whole units of use, months to hundredths.
counted as (

    {% for service in services() -%}
        {% if not loop.first %}
            union all
        {% endif %}
        select
            at_on,
            customer_class,
            {{ service }}_profile_id as profile_id,
            days,
            cast({{ signed_quotient(
                'cast(' ~ times(service ~ '_use', '1000000') ~ ' as bigint) * days', 'cast(' ~ service ~ '_days as bigint) * 1000000'
            ) }} as decimal(18, 6)) as usage_quantity,
            count(*) as account_count
        from waiting
        where {{ service }}_profile_id is not null
        group by at_on, customer_class, {{ service }}_profile_id, days, {{ service }}_use, {{ service }}_days
    {%- endfor %}

),

dated as (

    select
        counted.*,
        profiles.utility_id,
        profiles.service,
        profiles.tariff_class,
        profiles.meter_size,
        profiles.assistance_rate_usd,
        profiles.average_quantity as month_average_quantity,
        profiles.demand_quantity as month_demand_quantity,
        tariffs.effective_from_on,
        tariffs.season_day,
        cast(cast({{ rounded_quotient('cast(counted.days as bigint) * 1000000', '304375') }} as decimal(18, 2)) * 0.01 as decimal(18, 6)) as months
    from counted
    inner join {{ ref('int_billing__use_profiles') }} as profiles
        on counted.profile_id = profiles.profile_id
    inner join {{ ref('int_billing__tariff_periods') }} as tariffs
        on
            profiles.utility_id = tariffs.utility_id
            and profiles.service = tariffs.service
            and profiles.tariff_class = tariffs.tariff_class
            and counted.at_on between tariffs.from_on and tariffs.through_on

),

units as (

    select
        cast(row_number() over (order by profile_id, effective_from_on, season_day, months, usage_quantity) as bigint) as unit_id,
        kinds.*,
        months as base_months,
        cast(cast({{ times('month_average_quantity', 'months') }} as decimal(18, 2)) as decimal(18, 6)) as average_quantity,
        cast(cast({{ times('month_demand_quantity', 'months') }} as decimal(18, 2)) as decimal(18, 6)) as demand_quantity
    from (
        select distinct
            profile_id,
            utility_id,
            service,
            effective_from_on,
            tariff_class,
            meter_size,
            season_day,
            months,
            usage_quantity,
            month_average_quantity,
            month_demand_quantity,
            assistance_rate_usd
        from dated
    ) as kinds

),

components as (

    select * from {{ tariffs }}

),

priced as (

    {{ price_units('units', 'components') }}

),

unit_prices as (

    select
        unit_id,
        {{ sum_money('amount_usd') }} as revenue_usd
    from priced
    where is_revenue
    group by unit_id

),

priced_classes as (

    select
        dated.utility_id,
        dated.service,
        dated.customer_class,
        dated.at_on,
        {{ sum_money('unit_prices.revenue_usd * dated.account_count') }} as revenue_usd
    from dated
    inner join units
        on
            dated.profile_id = units.profile_id
            and dated.effective_from_on = units.effective_from_on
            and dated.season_day = units.season_day
            and dated.months = units.months
            and dated.usage_quantity = units.usage_quantity
    inner join unit_prices
        on units.unit_id = unit_prices.unit_id
    group by dated.utility_id, dated.service, dated.customer_class, dated.at_on

),

class_days as (

    select
        utility_id,
        customer_class,
        at_on,
        sum(days) as days
    from waiting
    group by utility_id, customer_class, at_on

),

-- Accounts that wait for their first bill: their days at the dollars a day of their class.
new_days as (

    select
        periods.utility_id,
        periods.customer_class,
        fresh.at_on,
        sum({{ days_between('fresh.from_on', 'least(fresh.at_on, coalesce(fresh.closed_on, fresh.at_on))') }}) as days
    from {{ new_at }} as fresh
    inner join {{ ref('int_receivables__account_periods') }} as periods
        on fresh.account_key = periods.account_key and fresh.at_on >= periods.from_on and fresh.at_on < periods.to_on
    group by periods.utility_id, periods.customer_class, fresh.at_on

),

known_unbilled as (

    select
        priced_classes.utility_id,
        priced_classes.service,
        priced_classes.customer_class,
        priced_classes.at_on,
        cast(
            priced_classes.revenue_usd
            + coalesce({{ money_share('priced_classes.revenue_usd', 'new_days.days', 'class_days.days') }}, 0) as decimal(18, 2)
        ) as unbilled_usd
    from priced_classes
    inner join class_days
        on
            priced_classes.utility_id = class_days.utility_id
            and priced_classes.customer_class = class_days.customer_class
            and priced_classes.at_on = class_days.at_on
    left join new_days
        on
            priced_classes.utility_id = new_days.utility_id
            and priced_classes.customer_class = new_days.customer_class
            and priced_classes.at_on = new_days.at_on

)
{% endmacro %}

{# What a quantity over some months is a month, to hundredths. #}
{% macro a_month(quantity, months) -%}
    cast(
        cast({{ signed_quotient('cast(' ~ times(quantity, '100000000') ~ ' as bigint)', 'cast(' ~ months ~ ' * 1000000 as bigint)') }} as decimal(18, 0)) * 0.01
        as decimal(18, 6)
    )
{%- endmacro %}
