with findings as (

    select * from {{ ref('int_billing__never_billed') }}

),

missed as (

    select * from {{ ref('int_billing__missed_revenue') }}

),

service_units as (

    select * from {{ ref('int_billing__service_units') }}

),

bills as (

    select * from {{ ref('int_billing__bill_revenue') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

last_bills as (

    select bills.*
    from bills
    inner join utilities
        on
            bills.utility_id = utilities.utility_id
            and bills.billed_on > {{ add_months('utilities.as_of_on', '-12') }}
            and bills.billed_on <= utilities.as_of_on
    where not bills.is_cancel and bills.cancelled_on is null

),

-- What a bill of the class usually brings: the middle one of the last twelve months.
medians as (

    {% for service in services() -%}
        {% if not loop.first %}
            union all
        {% endif %}
        select
            utility_id,
            '{{ service }}' as service,
            customer_class,
            percentile_disc(0.5) within group (order by {{ service }}_revenue_usd) as median_bill_usd
        from last_bills
        where {{ service }}_revenue_usd != 0
        group by utility_id, customer_class
    {%- endfor %}

),

final as (

    select
        findings.utility_id,
        findings.finding,
        findings.subject_id,
        findings.account_id,
        findings.source_account_id,
        findings.premise_id,
        findings.customer_class,
        findings.service,
        {{ add_days('findings.from_on', '1') }} as from_on,
        findings.to_on,
        findings.days,
        findings.is_ongoing,
        coalesce(missed.read_count, 0) as read_count,
        coalesce(missed.usage_quantity, 0) as usage_quantity,
        service_units.unit as usage_unit,
        missed.missed_usd,
        case
            when missed.missed_usd is null then 'none'
            when missed.read_count = 0 then 'base_only'
            when missed.has_unread_days then 'reads_and_base'
            else 'reads'
        end as missed_basis,
        {{ as_money('medians.median_bill_usd') }} as median_bill_usd
    from findings
    left join missed
        on
            findings.utility_id = missed.utility_id
            and findings.finding = missed.finding
            and findings.subject_id = missed.subject_id
            and findings.service = missed.service
            and findings.from_on = missed.from_on
    left join service_units
        on findings.utility_id = service_units.utility_id and findings.service = service_units.service
    left join medians
        on
            findings.utility_id = medians.utility_id
            and findings.service = medians.service
            and findings.customer_class = medians.customer_class

)

select * from final
