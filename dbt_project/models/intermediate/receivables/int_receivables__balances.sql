with postings as (

    select * from {{ ref('int_receivables__postings') }}

),

daily as (

    select
        account_key,
        posted_on,
        sum(amount_usd) as change_usd
    from postings
    group by account_key, posted_on

),

running as (

    select
        account_key,
        posted_on as from_on,
        {{ as_money('sum(change_usd) over days') }} as balance_usd,
        coalesce(lead(posted_on) over (partition by account_key order by posted_on), {{ end_of_time() }}) as to_on
    from daily
    window
        days as (partition by account_key order by posted_on rows between unbounded preceding and current row)

),

final as (

    select
        account_key,
        from_on,
        to_on,
        balance_usd
    from running
    where balance_usd != 0

)

select * from final
