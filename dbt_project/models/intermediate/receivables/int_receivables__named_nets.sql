-- What credits that name a bill leave of its debits, from each day on which that changes. Credits for one service go to that
-- service's debits first; the others then go to what is left of the bill's, in queue order. Only totals matter, so the order in
-- which postings arrive does not.
with debits as (

    select * from {{ ref('int_receivables__debits') }}
    where is_named

),

named as (

    select * from {{ ref('int_receivables__named_postings') }}

),

change_days as (

    select account_key, bill_id, debit_class, posted_on as on_day from debits
    union
    select account_key, bill_id, debit_class, due_known_on as on_day from debits
    where due_known_on is not null
    union
    select account_key, bill_id, fits_class as debit_class, posted_on as on_day from named

),

pools as (

    select
        change_days.account_key,
        change_days.bill_id,
        change_days.debit_class,
        change_days.on_day,
        named.named_service,
        sum(named.credit_usd) as pool_usd
    from change_days
    inner join named
        on
            change_days.account_key = named.account_key
            and change_days.bill_id = named.bill_id
            and change_days.debit_class = named.fits_class
            and change_days.on_day >= named.posted_on
    group by
        change_days.account_key, change_days.bill_id, change_days.debit_class, change_days.on_day, named.named_service

),

states as (

    select
        debits.account_key,
        debits.queue_no,
        debits.bill_id,
        debits.debit_class,
        debits.service,
        debits.amount_usd,
        change_days.on_day,
        case when debits.due_known_on <= change_days.on_day then debits.due_on end as due_on,
        case when debits.due_known_on <= change_days.on_day then debits.queue_no else debits.waiting_no end as place_no
    from debits
    inner join change_days
        on
            debits.account_key = change_days.account_key
            and debits.bill_id = change_days.bill_id
            and debits.debit_class = change_days.debit_class
            and debits.posted_on <= change_days.on_day

),

with_service_pool as (

    select
        states.*,
        coalesce(pools.pool_usd, 0) as service_pool_usd,
        coalesce(
            sum(states.amount_usd) over (
                partition by states.account_key, states.bill_id, states.debit_class, states.on_day, states.service
                order by states.place_no
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as service_before_usd
    from states
    left join pools
        on
            states.account_key = pools.account_key
            and states.bill_id = pools.bill_id
            and states.debit_class = pools.debit_class
            and states.on_day = pools.on_day
            and states.service = pools.named_service

),

after_service as (

    select
        *,
        amount_usd - least(amount_usd, greatest(0, service_pool_usd - service_before_usd)) as left_usd
    from with_service_pool

),

with_bill_pool as (

    select
        after_service.*,
        coalesce(pools.pool_usd, 0) as bill_pool_usd,
        coalesce(
            sum(after_service.left_usd) over (
                partition by
                    after_service.account_key, after_service.bill_id, after_service.debit_class, after_service.on_day
                order by after_service.place_no
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as bill_before_usd
    from after_service
    left join pools
        on
            after_service.account_key = pools.account_key
            and after_service.bill_id = pools.bill_id
            and after_service.debit_class = pools.debit_class
            and after_service.on_day = pools.on_day
            and pools.named_service is null

),

final as (

    select
        account_key,
        queue_no,
        place_no,
        due_on,
        on_day as from_on,
        coalesce(
            lead(on_day) over (partition by account_key, queue_no order by on_day), {{ end_of_time() }}
        ) as to_on,
        {{ as_money('left_usd - least(left_usd, greatest(0, bill_pool_usd - bill_before_usd))') }} as net_usd
    from with_bill_pool

)

select * from final
