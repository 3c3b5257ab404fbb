-- Bills that are followed, by age at each month end: what was billed, and what of it is open, by Settlement. Bills are added up by day first.
with bills as (

    select
        *,
        {{ numbered_key('account_key', days_between(beginning_of_time(), 'billed_on')) }} as day_key
    from {{ ref('int_penalties__impact_bills') }}

),

months as (

    select * from {{ ref('int_penalties__impact_months') }}

),

open_rows as (

    select
        {{ numbered_key('account_key', days_between(beginning_of_time(), 'posted_on')) }} as day_key,
        at_on,
        open_usd
    from {{ ref('int_receivables__open_months') }}
    where {{ days_between('posted_on', 'at_on') }} <= {{ followed_days() }}

),

bill_days as (

    select
        day_key,
        min(utility_id) as utility_id,
        min(cluster_no) as cluster_no,
        min(customer_class) as customer_class,
        min(billed_on) as billed_on,
        sum(amount_usd) as amount_usd,
        sum(net_usd) as net_usd
    from bills
    group by day_key

),

billed as (

    select
        utility_id,
        cluster_no,
        customer_class,
        billed_on,
        sum(amount_usd) as amount_usd,
        sum(net_usd) as net_usd
    from bill_days
    group by utility_id, cluster_no, customer_class, billed_on

),

laid as (

    select
        billed.utility_id,
        billed.cluster_no,
        billed.customer_class,
        months.month_no,
        {{ month_number('billed.billed_on') }} as billed_month_no,
        {{ age_step('billed.billed_on', 'months.month_end_on') }} as age_step,
        billed.amount_usd,
        billed.net_usd,
        0 as open_usd
    from billed
    inner join months
        on
            billed.utility_id = months.utility_id
            and months.month_end_on between billed.billed_on and {{ add_days('billed.billed_on', followed_days()) }}

    union all

    select
        bill_days.utility_id,
        bill_days.cluster_no,
        bill_days.customer_class,
        {{ month_number('open_rows.at_on') }} as month_no,
        {{ month_number('bill_days.billed_on') }} as billed_month_no,
        {{ age_step('bill_days.billed_on', 'open_rows.at_on') }} as age_step,
        0 as amount_usd,
        0 as net_usd,
        open_rows.open_usd
    from open_rows
    inner join bill_days
        on open_rows.day_key = bill_days.day_key

),

final as (

    select
        utility_id,
        cluster_no,
        customer_class,
        month_no,
        billed_month_no,
        age_step,
        {{ sum_money('amount_usd') }} as amount_usd,
        {{ sum_money('net_usd') }} as net_usd,
        {{ sum_money('open_usd') }} as open_usd
    from laid
    group by utility_id, cluster_no, customer_class, month_no, billed_month_no, age_step

)

select * from final
