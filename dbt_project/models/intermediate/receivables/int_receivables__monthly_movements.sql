with postings as (

    select * from {{ ref('int_receivables__postings') }}

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

dated as (

    select
        account_key,
        service,
        {{ month_number('posted_on') }} as month_no,
        amount_usd
    from postings
    where posting_kind not in ('payment', 'return')

),

final as (

    select
        periods.utility_id,
        dated.service,
        periods.customer_class,
        dated.month_no,
        {{ sum_money('dated.amount_usd') }} as amount_usd
    from dated
    inner join periods
        on
            dated.account_key = periods.account_key
            and {{ month_end_of('dated.month_no') }} >= periods.from_on
            and {{ month_end_of('dated.month_no') }} < periods.to_on
    group by periods.utility_id, dated.service, periods.customer_class, dated.month_no

)

select * from final
