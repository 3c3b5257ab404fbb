with revenue as (

    select * from {{ ref('int_billing__revenue_figures') }}

),

cash as (

    select * from {{ ref('fct_cash_monthly') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

complete_days as (

    select * from {{ ref('int_billing__complete_days') }}

),

-- Without a tariff, or where no bill tells its days of service, what is not yet billed is not known.
priced_services as (

    select
        utility_id,
        service
    from revenue
    where (utility_id, service) in (select (utility_id, service) from {{ ref('stg_policy__tariffs') }})
    group by utility_id, service
    having sum(case when figure = 'billed' then amount_usd when figure = 'undated' then -amount_usd else 0 end) != 0

),

suspensions as (

    select * from {{ ref('int_billing__suspended_months') }}

),

figures as (

    select * from revenue
    union all
    select utility_id, service, customer_class, {{ month_number('month_end_on') }} as month_no, 'cash' as figure, cash_usd as amount_usd
    from cash

),

spans as (

    select
        figures.utility_id,
        figures.service,
        figures.customer_class,
        min(figures.month_no) as first_month_no,
        greatest(max(figures.month_no), max({{ month_number('utilities.as_of_on') }})) as last_month_no
    from figures
    inner join utilities
        on figures.utility_id = utilities.utility_id
    group by figures.utility_id, figures.service, figures.customer_class

),

-- A month without any bill has a row all the same.
months as (

    select
        utility_id,
        service,
        customer_class,
        {{ explode_range('first_month_no', 'last_month_no') }} as month_no
    from spans

),

summed as (

    select
        months.utility_id,
        months.service,
        months.customer_class,
        months.month_no,
        {{ month_end_of('months.month_no') }} as month_end_on,
        {% for figure in ['billed', 'undated', 'earned', 'opening_unbilled', 'unbilled', 'known_unbilled', 'cash'] -%}
            {{ sum_money("case when figures.figure = '" ~ figure ~ "' then figures.amount_usd end") }} as {{ figure }}_usd{% if not loop.last %},{% endif %}
        {% endfor %}
    from months
    left join figures
        on
            months.utility_id = figures.utility_id
            and months.service = figures.service
            and months.customer_class = figures.customer_class
            and months.month_no = figures.month_no
    group by months.utility_id, months.service, months.customer_class, months.month_no

),

final as (

    select
        summed.utility_id,
        summed.service,
        summed.customer_class,
        summed.month_end_on,
        summed.billed_usd,
        summed.undated_usd,
        summed.opening_unbilled_usd,
        summed.earned_usd,
        summed.unbilled_usd,
        case
            when summed.month_end_on between complete_days.first_billed_on and utilities.as_of_on and priced_services.service is not null
                then summed.known_unbilled_usd
        end as known_unbilled_usd,
        case
            when summed.month_end_on between complete_days.first_billed_on and complete_days.through_on and priced_services.service is not null
                then {{ as_money('summed.known_unbilled_usd - summed.unbilled_usd') }}
        end as unbilled_error_usd,
        case when summed.month_end_on <= utilities.as_of_on then summed.cash_usd end as cash_usd,
        coalesce(
            summed.month_end_on <= complete_days.through_on
            and {{ month_end_of('summed.month_no - 1') }} >= {{ add_days('complete_days.from_on', '-1') }},
            false
        ) as is_complete,
        suspensions.month_no is not null as has_suspended_billing
    from summed
    inner join utilities
        on summed.utility_id = utilities.utility_id
    left join complete_days
        on summed.utility_id = complete_days.utility_id
    left join priced_services
        on summed.utility_id = priced_services.utility_id and summed.service = priced_services.service
    left join suspensions
        on
            summed.utility_id = suspensions.utility_id
            and summed.service = suspensions.service
            and summed.customer_class = suspensions.customer_class
            and summed.month_no = suspensions.month_no

)

select * from final
