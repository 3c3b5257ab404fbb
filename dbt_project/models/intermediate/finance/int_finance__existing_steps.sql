{%- set steps = [
    ('billed', 'Billed in the fiscal year, as in the proof of revenue', 'billed_usd', 'null', 'null'),
    ('not_in_tariff', 'Taken out: billed without a tariff', '-not_priced_usd', 'null', 'null'),
    ('bill_errors', 'What bills got wrong', 'dated_usd - billed_usd + not_priced_usd', 'null', 'null'),
    ('billed_twice', 'Taken out: the same days on a second bill', '-doubled_usd', 'null', 'null'),
    ('service_days', 'Moved to the days of service', 'earned_usd - dated_usd + doubled_usd', 'null', 'null'),
    ('rates_in_force', 'At the rates in force', 'priced_usd - earned_usd', 'null', 'null'),
    ('normal_year', 'A year of 365 days and 12 bills', 'normal_fixed_usd + normal_volumetric_usd - priced_usd', 'null', 'null'),
    ('as_billed', 'Put back: billed without a tariff, by days of service', 'not_priced_normal_usd', 'null', 'null'),
    ('existing', 'Revenue at existing rates', 'normal_fixed_usd + normal_volumetric_usd + not_priced_normal_usd', 'normal_fixed_usd', 'normal_volumetric_usd'),
] -%}
with years as (

    select * from {{ ref('int_finance__test_years') }}

),

billed as (

    select
        components.utility_id,
        components.service,
        components.customer_class,
        sum(components.billed_revenue_usd) as billed_usd
    from {{ ref('int_billing__billed_components') }} as components
    inner join years
        on components.utility_id = years.utility_id and components.fiscal_year = years.test_year
    group by components.utility_id, components.service, components.customer_class

),

levels as (

    select * from {{ ref('int_finance__existing_levels') }}

),

not_priced as (

    select * from {{ ref('int_finance__year_not_priced') }}

),

classes as (

    select utility_id, service, customer_class from billed
    union
    select utility_id, service, customer_class from levels
    union
    select utility_id, service, customer_class from not_priced

),

known as (

    select
        classes.utility_id,
        classes.service,
        classes.customer_class,
        years.test_year,
        coalesce(billed.billed_usd, 0) as billed_usd,
        coalesce(not_priced.dated_usd, 0) as not_priced_usd,
        coalesce(not_priced.normal_usd, 0) as not_priced_normal_usd,
        {% for level in ['dated', 'doubled', 'earned', 'priced', 'normal_fixed', 'normal_volumetric'] -%}
            coalesce(levels.{{ level }}_usd, 0) as {{ level }}_usd{% if not loop.last %},{% endif %}
        {% endfor %}
    from classes
    inner join years
        on classes.utility_id = years.utility_id
    left join billed
        on
            classes.utility_id = billed.utility_id
            and classes.service = billed.service
            and classes.customer_class = billed.customer_class
    left join levels
        on
            classes.utility_id = levels.utility_id
            and classes.service = levels.service
            and classes.customer_class = levels.customer_class
    left join not_priced
        on
            classes.utility_id = not_priced.utility_id
            and classes.service = not_priced.service
            and classes.customer_class = not_priced.customer_class

),

final as (

    {% for step, title, amount, fixed, volumetric in steps -%}
        {% if not loop.first %}
            union all
        {% endif %}
        select
            utility_id,
            service,
            customer_class,
            test_year,
            {{ loop.index }} as step_no,
            '{{ step }}' as step,
            '{{ title }}' as title,
            {{ as_money(amount) }} as amount_usd,
            {{ as_money(fixed) }} as fixed_usd,
            {{ as_money(volumetric) }} as volumetric_usd
        from known
    {%- endfor %}

)

select * from final
