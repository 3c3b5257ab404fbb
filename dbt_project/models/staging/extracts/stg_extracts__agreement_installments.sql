with source as (

    select * from {{ source('raw', 'agreement_installments') }}

),

final as (

    select
        -- ids
        utility_id,
        agreement_id,

        -- numbers
        installment_no,

        -- money
        amount as installment_usd,

        -- dates
        due_on,

        -- lineage
        _load_id,
        _line_number
    from source

)

select * from final
