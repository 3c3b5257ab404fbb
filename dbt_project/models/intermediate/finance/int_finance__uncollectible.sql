with factors as (

    select * from {{ ref('int_finance__collection_factors') }}
    where is_used

),

-- Dollars first, then the share.
summed as (

    select
        utility_id,
        fund,
        measure,
        sum(lost_usd) as lost_amount,
        sum(of_usd) as of_amount,
        {{ listed('cast(fiscal_year as varchar)', 'fiscal_year') }} as years
    from factors
    group by utility_id, fund, measure

),

final as (

    select
        utility_id,
        fund,
        cast(greatest(100.0 * lost_amount / of_amount, 0) as decimal(18, 6)) as uncollectible_percent,
        case
            when measure = 'written_off' then 'What was billed in clean years and written off since, less what came back'
            else 'What was billed in months without an event and not paid 24 months later, all services together'
        end as basis,
        replace(years, ',', ', ') as years
    from summed

)

select * from final
