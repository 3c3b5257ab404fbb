with bills as (

    select * from {{ ref('int_billing__bill_revenue') }}
    where not is_cancel and has_service_days

),

parts as (

    select * from {{ ref('int_billing__bill_parts') }}

),

profiles as (

    select * from {{ ref('int_billing__use_profiles') }}

),

profiled as (

    select
        parts.utility_id,
        parts.bill_id,
        parts.service,
        parts.usage_quantity,
        profiles.profile_id
    from parts
    left join profiles
        on
            parts.is_first_part
            and parts.utility_id = profiles.utility_id
            and parts.service = profiles.service
            and parts.tariff_class = profiles.tariff_class
            and parts.meter_size = profiles.meter_size
            and parts.assistance_rate_usd = profiles.assistance_rate_usd
            and {{ a_month('parts.average_quantity', 'parts.months') }} = profiles.average_quantity
            and {{ a_month('parts.demand_quantity', 'parts.months') }} = profiles.demand_quantity

),

pivoted as (

    select
        utility_id,
        bill_id,
        {% for service in services() -%}
            cast(sum(case when service = '{{ service }}' then usage_quantity end) as decimal(18, 6)) as {{ service }}_use,
            max(case when service = '{{ service }}' then profile_id end) as {{ service }}_profile_id{% if not loop.last %},{% endif %}
        {% endfor %}
    from profiled
    group by utility_id, bill_id

),

-- Bills of an account are numbered by their last day of service: the highest is its last read that was billed.
final as (

    select
        bills.account_key,
        cast(
            row_number() over (partition by bills.account_key order by bills.service_to_on, bills.billed_on, bills.bill_id) as integer
        ) as bill_no,
        bills.billed_on,
        bills.cancelled_on,
        bills.service_to_on,
        bills.service_days,
        {% for service in services() -%}
            pivoted.{{ service }}_use,
            pivoted.{{ service }}_profile_id{% if not loop.last %},{% endif %}
        {% endfor %}
    from bills
    left join pivoted
        on bills.utility_id = pivoted.utility_id and bills.bill_id = pivoted.bill_id

)

select * from final
