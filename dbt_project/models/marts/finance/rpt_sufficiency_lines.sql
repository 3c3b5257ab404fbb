with term_lines as (

    select * from {{ ref('int_finance__term_lines') }}

),

final as (

    select
        utility_id,
        fund,
        scenario,
        path,
        fiscal_year,
        test_id,
        side,
        position,
        line,
        title,
        category,
        lien,
        cast(sign as integer) as sign,
        amount_usd
    from term_lines
    where missing is null

)

select * from final
