with ranked as (

    select
        *,
        row_number() over (partition by utility_id order by abs(billed_usd - recomputed_usd) desc, bill_id, service) as place
    from {{ ref('int_billing__recomputed_services') }}
    where billed_usd != recomputed_usd and is_charged and has_lines and cancelled_on is null

),

-- Where more differ than this it is the tariff that is wrong, and no bill by itself: the largest differences are explained.
different as (

    select * from ranked
    where place <= 50000

),

tariffs as (

    select * from {{ ref('stg_policy__tariffs') }}

),

classes as (

    select distinct
        utility_id,
        service,
        tariff_class as variant
    from tariffs

),

sizes as (

    select distinct
        utility_id,
        service,
        meter_size as variant
    from tariffs
    where meter_size != ''

),

-- One thing changed at a time: what reproduces the bill to the cent is what was done differently.
changed as (

    {% for alternative, changes, variants in [
        ('quantity', {'usage_total': 'coalesce(different.billed_quantity, 0)', 'average_total': 'coalesce(different.billed_quantity, 0)'}, none),
        ('months', {'months_total': 'cast(1 as decimal(18, 6))', 'base_months_total': 'cast(1 as decimal(18, 6))'}, none),
        ('class', {'tariff_class': 'variants.variant'}, 'classes'),
        ('meter_size', {'meter_size': 'variants.variant'}, 'sizes')
    ] -%}
        {% if not loop.first %}union all{% endif %}
        select
            '{{ alternative }}' as alternative,
            {{ 'variants.variant' if variants else "''" }} as variant,
            {% for column in ['utility_id', 'bill_id', 'service', 'billed_on', 'service_from_on', 'service_to_on', 'service_days',
                'demand_quantity', 'assistance_rate_usd', 'tariff_class', 'meter_size', 'usage_total', 'average_total', 'months_total',
                'base_months_total'] -%}
                {{ changes.get(column, 'different.' ~ column) }} as {{ column }}{% if not loop.last %},{% endif %}
            {% endfor %}
        from different
        {% if variants -%}
            inner join {{ variants }} as variants
                on different.utility_id = variants.utility_id and different.service = variants.service
        {%- endif %}
    {% endfor %}

),

parts as (

    {{ split_into_parts('changed', ['alternative', 'variant', 'utility_id', 'bill_id']) }}

),

-- The whole bill under another version of the tariff, in any of its seasons.
versions as (

    select distinct
        'version' as alternative,
        cast(tariff_periods.effective_from_on as varchar) as variant,
        different.utility_id,
        different.bill_id,
        different.service,
        tariff_periods.effective_from_on,
        tariff_periods.season_day,
        different.tariff_class,
        different.meter_size,
        different.months_total,
        different.base_months_total,
        different.usage_total,
        different.average_total,
        different.demand_quantity,
        different.assistance_rate_usd
    from different
    inner join {{ ref('int_billing__tariff_periods') }} as tariff_periods
        on
            different.utility_id = tariff_periods.utility_id
            and different.service = tariff_periods.service
            and different.tariff_class = tariff_periods.tariff_class

),

units as (

    select
        alternative, variant, utility_id, bill_id, service, effective_from_on, season_day, tariff_class, meter_size, months, base_months,
        usage_quantity, average_quantity, demand_quantity, assistance_rate_usd, '' as season_tried
    from parts
    union all
    select
        alternative, variant, utility_id, bill_id, service, effective_from_on, season_day, tariff_class, meter_size, months_total,
        base_months_total, usage_total, average_total, demand_quantity, assistance_rate_usd, season_day as season_tried
    from versions

),

final as (

    select
        cast(row_number() over (order by utility_id, bill_id, service, alternative, variant, effective_from_on, season_day) as bigint)
        as unit_id,
        units.*
    from units

)

select * from final
