-- A bill comes with what money is to pay of it, and goes as money pays it. What credits, cancellations and transfers take off was never to be paid.
with collected as (

    select * from {{ ref('int_receivables__collected') }}
    where means != 'written_off'

),

months as (

    select
        months.utility_id,
        months.month_no,
        months.month_end_on
    from {{ ref('int_receivables__event_months') }} as months
    inner join {{ ref('int_quality__utilities') }} as utilities
        on months.utility_id = utilities.utility_id and months.month_end_on <= utilities.as_of_on

),

moved as (

    select
        utility_id,
        case when means in ('own_money', 'assistance') then billed_month_no + age_months else billed_month_no end as month_no,
        sum(case when means = 'billed' then amount_usd else -amount_usd end) as amount_usd
    from collected
    group by utility_id, case when means in ('own_money', 'assistance') then billed_month_no + age_months else billed_month_no end

),

final as (

    select
        months.utility_id,
        months.month_no,
        months.month_end_on,
        {{ as_money('sum(coalesce(moved.amount_usd, 0)) over (partition by months.utility_id order by months.month_no)') }} as open_usd
    from months
    left join moved
        on months.utility_id = moved.utility_id and months.month_no = moved.month_no

)

select * from final
