-- Revenue earned in a month as could be known at its end: what was billed, and what was then known to be unbilled more than a month before. A
-- service without a tariff has no such estimate: there revenue is earned when it is billed. The first month with bills also holds what was used
-- before the data begin: it is left out.
with figures as (

    select * from {{ ref('int_billing__revenue_figures') }}
    where figure in ('billed', 'known_unbilled')

),

months as (

    select months.*
    from {{ ref('int_receivables__event_months') }} as months
    inner join {{ ref('int_quality__utilities') }} as utilities
        on months.utility_id = utilities.utility_id and months.month_end_on <= utilities.as_of_on

),

monthly as (

    select
        utility_id,
        month_no,
        sum(case when figure = 'billed' then amount_usd else 0 end) as billed_usd,
        sum(case when figure = 'known_unbilled' then amount_usd else 0 end) as unbilled_usd
    from figures
    group by utility_id, month_no

),

known as (

    select
        months.utility_id,
        months.month_no,
        months.month_end_on,
        coalesce(monthly.billed_usd, 0) as billed_usd,
        coalesce(monthly.unbilled_usd, 0) as unbilled_usd,
        coalesce(lag(monthly.unbilled_usd) over (partition by months.utility_id order by months.month_no), 0) as opening_unbilled_usd,
        min(case when monthly.billed_usd != 0 then months.month_no end) over (partition by months.utility_id) as first_billed_month_no
    from months
    left join monthly
        on months.utility_id = monthly.utility_id and months.month_no = monthly.month_no

),

final as (

    select
        utility_id,
        month_no,
        cast(extract(day from month_end_on) as integer) as month_days,
        {{ as_money('billed_usd + unbilled_usd - opening_unbilled_usd') }} as earned_usd,
        {{ as_money('unbilled_usd') }} as unbilled_usd
    from known
    where month_no > first_billed_month_no

)

select * from final
