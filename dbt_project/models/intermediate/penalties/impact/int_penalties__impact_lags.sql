-- Medians of clean months, or of all months where none is clean.
with bills as (

    select * from {{ ref('int_penalties__impact_bills') }}
    where bill_kind = 'regular'

),

months as (

    select * from {{ ref('int_penalties__impact_months') }}

),

dates as (

    select * from {{ ref('int_penalties__dates') }}

),

final as (

    select
        bills.utility_id,
        cast(
            coalesce(
                median(case when months.is_clean then {{ days_between('bills.service_to_on', 'bills.billed_on') }} end),
                median({{ days_between('bills.service_to_on', 'bills.billed_on') }}), 0
            ) as integer
        ) as bill_days,
        cast(
            coalesce(
                median(case when months.is_clean then {{ days_between('bills.billed_on', 'dates.assess_on') }} end),
                median({{ days_between('bills.billed_on', 'dates.assess_on') }}), 0
            ) as integer
        ) as penalty_days,
        cast(coalesce(median({{ days_between('bills.billed_on', 'dates.due_on') }}), 0) as integer) as due_days,
        avg(case when {{ is_weekend('bills.billed_on') }} then 1.0 else 0.0 end) < 0.02 as is_off_weekends
    from bills
    inner join months
        on bills.utility_id = months.utility_id and bills.billed_month_no = months.month_no
    left join dates
        on bills.utility_id = dates.utility_id and bills.bill_id = dates.bill_id
    group by bills.utility_id

)

select * from final
