with source as (

    select * from {{ source('raw', 'adjustments') }}

),

final as (

    select
        -- ids
        utility_id,
        adjustment_id,
        account_id,
        bill_id,
        related_account_id,
        event_id,
        document_ref,

        -- codes and texts
        kind as adjustment_kind,
        service,
        fund_source,
        note,

        -- money
        amount as amount_usd,

        -- dates
        posted_on,
        due_on,
        origin_due_on,
        requested_on,
        approved_on,

        -- lineage
        _load_id,
        _line_number
    from source

)

select * from final
