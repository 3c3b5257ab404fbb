with years as (

    select * from {{ ref('int_finance__clean_years') }}

),

written_off as (

    select * from {{ ref('int_finance__written_off_bills') }}

),

curves as (

    select * from {{ ref('int_finance__uncollected_curves') }}

),

funds as (

    select distinct
        utility_id,
        fund
    from written_off

),

-- Write-offs that nobody delivered are not known, not zero.
measured as (

    select
        years.utility_id,
        written_off.fund,
        years.fiscal_year,
        'written_off' as measure,
        written_off.billed_usd as of_usd,
        {{ as_money('written_off.written_off_usd - written_off.recovered_usd') }} as lost_usd,
        years.is_clean,
        years.episode_ids,
        years.is_window_over as is_complete,
        years.average_months
    from years
    inner join written_off
        on years.utility_id = written_off.utility_id and years.fiscal_year = written_off.fiscal_year
    where years.has_adjustments and written_off.billed_usd > 0
    union all
    -- The curves follow all services of a bill together, in months without an event.
    select
        years.utility_id,
        funds.fund,
        years.fiscal_year,
        'not_collected_24_months' as measure,
        curves.collectible_usd,
        {{ as_money('curves.collectible_usd - curves.collected_usd') }},
        true as is_clean,
        cast(null as varchar) as episode_ids,
        true as is_complete,
        years.average_months
    from years
    inner join curves
        on years.utility_id = curves.utility_id and years.fiscal_year = curves.fiscal_year
    inner join funds
        on years.utility_id = funds.utility_id
    where curves.collectible_usd > 0

),

ranked as (

    select
        *,
        case when is_clean and is_complete then 1 else 0 end as is_fit,
        row_number() over (
            partition by utility_id, fund, measure order by case when is_clean and is_complete then 0 else 1 end, fiscal_year desc
        ) as place,
        max(case when measure = 'written_off' and is_clean and is_complete then 1 else 0 end) over (partition by utility_id, fund) as has_written_off_years
    from measured

),

-- As many of the latest clean years as the allowance averages over; the curves only where no such year has its write-offs.
final as (

    select
        utility_id,
        fund,
        fiscal_year,
        measure,
        of_usd,
        lost_usd,
        {{ percentage('lost_usd', 'of_usd') }} as lost_pct,
        is_clean,
        episode_ids,
        is_complete,
        is_fit = 1
        and 12 * place <= greatest(average_months, 12)
        and (measure = 'written_off' or has_written_off_years = 0) as is_used
    from ranked

)

select * from final
