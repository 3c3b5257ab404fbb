with accounts as (

    select * from {{ ref('stg_extracts__accounts') }}

),

-- A whole number stands for the account in the large tables: it joins and sorts several times faster than two texts.
final as (

    select
        utility_id,
        account_id,
        cast(row_number() over (order by utility_id, account_id) as integer) as account_key
    from accounts

)

select * from final
