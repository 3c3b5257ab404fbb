{{ config(materialized='view') }}

-- A returned payment counts as never received from its return date on. What exceeds the payment, or comes without one, is a
-- debit that is due on its own date.
with returns as (

    select * from {{ ref('stg_extracts__payment_returns') }}

),

payments as (

    select * from {{ ref('stg_extracts__payments') }}

),

-- A payment restated to a later day after its return arrived must not be given back before it came.
dated as (

    select
        returns.*,
        payments.account_id,
        payments.bill_id,
        payments.amount_usd as paid_usd,
        greatest(returns.posted_on, payments.posted_on) as counts_from_on
    from returns
    inner join payments
        on returns.utility_id = payments.utility_id and returns.payment_id = payments.payment_id

),

cumulated as (

    select
        *,
        coalesce(
            sum(amount_usd) over (
                partition by utility_id, payment_id order by counts_from_on, return_id
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as returned_before_usd
    from dated

),

split as (

    select
        *,
        {{ as_money('greatest(0, least(amount_usd, paid_usd - returned_before_usd))') }} as matched_usd
    from cumulated

),

parts as (

    select
        *,
        matched_usd as part_usd,
        cast(null as varchar) as debit_class
    from split
    where matched_usd > 0
    union all
    select
        *,
        {{ as_money('amount_usd - matched_usd') }} as part_usd,
        'charge' as debit_class
    from split
    where amount_usd > matched_usd

),

final as (

    select
        utility_id,
        account_id,
        counts_from_on as posted_on,
        'return' as posting_kind,
        return_kind as posting_detail,
        debit_class,
        'account' as service,
        part_usd as amount_usd,
        case when debit_class is not null then counts_from_on end as due_on,
        case when debit_class is not null then counts_from_on end as due_known_on,
        case when debit_class is null then bill_id end as bill_id,
        case when debit_class is null and bill_id is not null then 'charge' end as fits_class,
        cast(null as varchar) as named_service,
        case when debit_class is null then 'payment:' || payment_id end as reverses_posting_id,
        'payment_returns' as source_entity,
        return_id as source_id,
        cast(null as varchar) as event_id,
        _load_id,
        _line_number
    from parts

)

select * from final
