{% set flags = [
    'rollover', 'negative', 'falling', 'gap', 'read_missing', 'stuck', 'outlier', 'days_apart', 'duplicate', 'usage_differing',
    'estimate_differing', 'unit_change', 'without_account', 'before_install', 'after_removal', 'unknown'
] -%}

with reads as (

    select
        *,
        coalesce(billing_group, '') as read_group,
        last_day(read_on) as month_end_on
    from {{ ref('fct_reads') }}

),

counted as (

    select
        utility_id,
        service,
        month_end_on,
        read_group as billing_group,
        unit,
        count(*) as read_count,
        sum(case when is_change_read then 1 else 0 end) as change_read_count,
        sum(case when read_kind = 'estimated' then 1 else 0 end) as estimated_count,
        {% for reason in ['weather', 'access'] -%}
            sum(case when read_kind = 'estimated' and estimate_reason = '{{ reason }}' then 1 else 0 end) as estimated_{{ reason }}_count,
        {% endfor -%}
        sum(case when read_kind = 'customer' then 1 else 0 end) as customer_count,
        sum(case when is_true_up then 1 else 0 end) as true_up_count,
        sum(usage_quantity) as usage_quantity,
        sum(case when read_kind = 'estimated' then usage_quantity end) as estimated_quantity,
        sum(case when is_true_up then usage_quantity end) as true_up_quantity,
        {% for flag in flags -%}
            sum(case when is_{{ flag }} then 1 else 0 end) as {{ flag }}_count,
        {% endfor -%}
        sum(case when explained_by_event is not null then 1 else 0 end) as explained_gap_count
    from reads
    group by utility_id, service, month_end_on, read_group, unit

),

-- The two reads of a change are no visit of the reader, so that they would make the share smaller than it is.
final as (

    select
        utility_id,
        service,
        month_end_on,
        billing_group,
        unit,
        {% for name in ['read', 'change_read', 'estimated', 'estimated_weather', 'estimated_access', 'customer', 'true_up'] -%}
            cast({{ name }}_count as integer) as {{ name }}_count,
        {% endfor -%}
        cast(estimated_count - estimated_weather_count - estimated_access_count as integer) as estimated_other_count,
        cast(100.0 * estimated_count / nullif(read_count - change_read_count, 0) as decimal(18, 6)) as estimated_pct,
        {% for name in ['usage', 'estimated', 'true_up'] -%}
            cast(coalesce({{ name }}_quantity, 0) as decimal(18, 6)) as {{ name }}_quantity,
        {% endfor -%}
        {% for flag in flags + ['explained_gap'] -%}
            cast({{ flag }}_count as integer) as {{ flag }}_count{{ ',' if not loop.last }}
        {% endfor %}
    from counted

)

select * from final
