-- Revenue earned in a month as could be known at its end: what was billed, and what was then known to be unbilled more than a month before. A
-- service without a tariff has no such estimate: there revenue is earned when it is billed. The first month with bills also holds what was used
-- before the data begin: it is left out.
with revenue as (

    select * from {{ ref('fct_revenue_monthly') }}
    where service != 'account' or billed_usd != 0

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

known as (

    select
        utility_id,
        month_end_on,
        billed_usd,
        known_unbilled_usd,
        billed_usd + coalesce(known_unbilled_usd, 0) - coalesce(
            lag(known_unbilled_usd) over (partition by utility_id, service, customer_class order by month_end_on), 0
        ) as earned_usd,
        min(case when billed_usd != 0 then month_end_on end) over (partition by utility_id) as first_billed_month_end_on
    from revenue

),

final as (

    select
        known.utility_id,
        {{ month_number('known.month_end_on') }} as month_no,
        known.month_end_on,
        cast(extract(day from known.month_end_on) as integer) as month_days,
        {{ sum_money('known.billed_usd') }} as billed_usd,
        {{ sum_money('known.earned_usd') }} as earned_usd,
        {{ sum_money('known.known_unbilled_usd') }} as unbilled_usd
    from known
    inner join utilities
        on known.utility_id = utilities.utility_id and known.month_end_on <= utilities.as_of_on
    where known.month_end_on > known.first_billed_month_end_on
    group by known.utility_id, known.month_end_on

)

select * from final
