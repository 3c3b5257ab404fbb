with debits as (

    select * from {{ ref('int_receivables__debit_parts') }}

),

named as (

    select * from {{ ref('int_receivables__named_postings') }}
    where credit_usd > 0

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

application_order as (

    select * from {{ ref('stg_policy__application_order') }}

),

named_by_service as (

    select
        account_key,
        bill_id,
        fits_class,
        named_service,
        sum(credit_usd) as credit_usd
    from named
    where named_service is not null
    group by account_key, bill_id, fits_class, named_service

),

named_by_bill as (

    select
        account_key,
        bill_id,
        fits_class,
        sum(credit_usd) as credit_usd
    from named
    where named_service is null
    group by account_key, bill_id, fits_class

),

-- The most that credits naming its bill could ever take off a debit.
bounded as (

    select
        debits.*,
        coalesce(kinds.application_rank, 99) as kind_rank,
        coalesce(services.application_rank, 99) as service_rank,
        named_by_service.credit_usd is not null or named_by_bill.credit_usd is not null as is_named,
        least(
            debits.amount_usd, coalesce(named_by_service.credit_usd, 0) + coalesce(named_by_bill.credit_usd, 0)
        ) as most_named_usd
    from debits
    inner join accounts
        on debits.account_key = accounts.account_key
    left join application_order as kinds
        on
            accounts.utility_id = kinds.utility_id
            and kinds.dimension = 'kind'
            and debits.debit_class = kinds.item
    left join application_order as services
        on
            accounts.utility_id = services.utility_id
            and services.dimension = 'service'
            and debits.service = services.item
    left join named_by_service
        on
            debits.account_key = named_by_service.account_key
            and debits.bill_id = named_by_service.bill_id
            and debits.debit_class = named_by_service.fits_class
            and debits.service = named_by_service.named_service
    left join named_by_bill
        on
            debits.account_key = named_by_bill.account_key
            and debits.bill_id = named_by_bill.bill_id
            and debits.debit_class = named_by_bill.fits_class

),

queued as (

    select
        *,
        row_number() over queue as queue_no,
        sum(amount_usd - most_named_usd) over queue as least_hi_usd
    from bounded
    window
        queue as (
            partition by account_key
            order by {{ queue_key('due_on', 'posted_on', 'kind_rank', 'service_rank') }}, posting_id, part_no
            rows between unbounded preceding and current row
        )

),

final as (

    select
        account_key,
        cast(queue_no as integer) as queue_no,
        source_entity,
        source_id,
        case when is_named then bill_id end as bill_id,
        debit_class,
        service,
        part_no,
        is_part,
        posted_on,
        due_on,
        due_known_on,
        case
            when due_known_on = posted_on then null
            else {{ waiting_place('posted_on', 'coalesce(wait_no, queue_no)') }}
        end as waiting_no,
        is_named,
        amount_usd,
        {{ as_money('most_named_usd') }} as most_named_usd,
        {{ as_money('least_hi_usd') }} as least_hi_usd
    from queued

)

select * from final
