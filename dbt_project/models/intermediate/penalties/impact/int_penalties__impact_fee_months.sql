with fees as (

    select * from {{ ref('int_penalties__fee_postings') }}
    where fee_kind in ('disconnect_fee', 'reconnect_fee')

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

months as (

    select
        utility_id,
        month_no,
        month_end_on,
        max(case when is_clean then 1 else 0 end) = 1 as is_clean
    from {{ ref('int_penalties__impact_months') }}
    group by utility_id, month_no, month_end_on

),

charged as (

    select
        fees.utility_id,
        coalesce(periods.customer_class, 'unknown') as customer_class,
        {{ month_number('fees.posted_on') }} as month_no,
        {{ sum_money('fees.charged_usd - fees.waived_usd') }} as charged_usd
    from fees
    inner join accounts
        on fees.utility_id = accounts.utility_id and fees.account_id = accounts.account_id
    left join periods
        on
            accounts.account_key = periods.account_key
            and fees.posted_on >= periods.from_on
            and fees.posted_on < periods.to_on
    group by fees.utility_id, periods.customer_class, month_no

),

classes as (

    select distinct
        utility_id,
        customer_class
    from charged

),

final as (

    select
        months.*,
        classes.customer_class,
        coalesce(charged.charged_usd, {{ as_money('0') }}) as charged_usd
    from months
    inner join classes
        on months.utility_id = classes.utility_id
    left join charged
        on
            months.utility_id = charged.utility_id
            and classes.customer_class = charged.customer_class
            and months.month_no = charged.month_no

)

select * from final
