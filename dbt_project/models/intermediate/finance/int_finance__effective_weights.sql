-- A service without a tariff is left out: no new rate takes effect on it.
with years_over as (

    select * from {{ ref('int_finance__years_over') }}
    where is_billed_from_start

),

-- The latest year over; one in which billing was suspended only where there is no other.
years as (

    select
        *,
        row_number() over (partition by utility_id order by case when has_suspended_billing then 1 else 0 end, fiscal_year desc) as place
    from years_over

),

bills as (

    select * from {{ ref('int_billing__bill_revenue') }}
    where not is_cancel

),

tariffs as (

    select
        utility_id,
        service,
        max(effective_on) as effective_on
    from {{ ref('int_finance__tariffs_in_force') }}
    group by utility_id, service

),

service_funds as (

    select * from {{ ref('int_receivables__service_funds') }}

),

-- Bills over the same days are as one.
spans as (

    select
        bills.utility_id,
        bills.billed_on,
        bills.service_from_on,
        bills.service_to_on,
        bills.service_days,
        years.from_on,
        years.fiscal_year,
        {% for service in services() -%}
            cast(sum(bills.{{ service }}_revenue_usd) as decimal(18, 2)) as {{ service }}_amount{% if not loop.last %},{% endif %}
        {% endfor %}
    from bills
    inner join years
        on bills.utility_id = years.utility_id and bills.billed_on between years.from_on and years.through_on and years.place = 1
    where coalesce(bills.cancelled_on > years.as_of_on, true)
    group by bills.utility_id, bills.billed_on, bills.service_from_on, bills.service_to_on, bills.service_days, years.from_on, years.fiscal_year

),

service_spans as (

    {% for service in services() -%}
        {% if not loop.first %}
            union all
        {% endif %}
        select
            utility_id,
            '{{ service }}' as service,
            billed_on,
            service_from_on,
            service_to_on,
            service_days,
            from_on,
            fiscal_year,
            {{ service }}_amount as amount
        from spans
        where {{ service }}_amount != 0
    {%- endfor %}

),

months as (

    select
        service_spans.*,
        {{ explode_range('1', '12') }} as effective_month
    from service_spans

),

dated as (

    select
        *,
        {{ add_months('from_on', 'cast(effective_month as integer) - 1') }} as effective_from_on
    from months

),

-- Of each bill the days from the new rate's first day on, or all of them where the bill date decides.
weighed as (

    select
        service_funds.utility_id,
        service_funds.fund,
        dated.fiscal_year,
        dated.effective_month,
        dated.amount,
        case
            when tariffs.effective_on = 'bill'
                then cast(case when dated.billed_on >= dated.effective_from_on then dated.amount else 0 end as decimal(36, 8))
            else {{ fine_share(
                'dated.amount',
                'greatest(0, ' ~ days_between('greatest(dated.service_from_on, ' ~ add_days('dated.effective_from_on', '-1') ~ ')', 'dated.service_to_on') ~ ')',
                'dated.service_days'
            ) }}
        end as new_amount
    from dated
    inner join tariffs
        on dated.utility_id = tariffs.utility_id and dated.service = tariffs.service
    inner join service_funds
        on dated.utility_id = service_funds.utility_id and dated.service = service_funds.service

),

final as (

    select
        utility_id,
        fund,
        cast(effective_month as integer) as effective_month,
        fiscal_year,
        cast(sum(new_amount) / sum(amount) as decimal(18, 12)) as weight
    from weighed
    group by utility_id, fund, effective_month, fiscal_year
    having sum(amount) > 0

)

select * from final
