-- Bills that would have been there at a month end and were not: service delivered and not yet billed.
with late_bills as (

    select * from {{ ref('int_penalties__impact_late_bills') }}

),

at_month_ends as (

    select
        *,
        {{ explode_range(month_number('restated_on'), month_number('issued_on') ~ ' - 1') }} as month_no
    from late_bills

),

final as (

    select
        utility_id,
        episode_id,
        account_key,
        customer_class,
        covered_by,
        {{ month_end_of('month_no') }} as month_end_on,
        {{ sum_money('amount_usd') }} as amount_usd
    from at_month_ends
    group by utility_id, episode_id, account_key, customer_class, covered_by, month_no

)

select * from final
