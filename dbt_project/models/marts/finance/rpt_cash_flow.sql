with cash_flow as (

    {{ finance_cash_flow(ref('int_finance__lines'), ref('int_finance__drivers'), ref('int_finance__tests'), ref('int_finance__paths')) }}

),

final as (

    select
        utility_id,
        fund,
        scenario,
        path,
        fiscal_year,
        line,
        year_kind,
        section,
        title,
        row_kind,
        unit,
        amount_usd,
        cast(value as decimal(18, 6)) as value,
        result,
        cast(section_no as integer) as section_no,
        cast(sort as integer) as sort
    from cash_flow

)

select * from final
