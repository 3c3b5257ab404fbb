with years_over as (

    select * from {{ ref('int_finance__years_over') }}

),

rules as (

    select * from {{ ref('int_billing__rules') }}

),

-- The latest year whose days of service are all billed.
ranked as (

    select
        *,
        max(fiscal_year) over (partition by utility_id) as last_year_over,
        row_number() over (partition by utility_id order by case when is_billed then 0 else 1 end, fiscal_year desc) as place
    from years_over

),

final as (

    select
        ranked.utility_id,
        ranked.fiscal_year as test_year,
        ranked.last_year_over,
        ranked.from_on,
        ranked.through_on,
        cast({{ days_between('ranked.from_on', 'ranked.through_on') }} + 1 as integer) as year_days,
        ranked.as_of_on,
        -- Where a bill has one base however long it is, a year has as many as bills.
        case when rules.has_prorated_base then 12 else cast({{ whole_quotient('12', 'rules.frequency_months') }} as integer) end as base_months_a_year
    from ranked
    inner join rules
        on
            ranked.utility_id = rules.utility_id
            and ranked.through_on >= rules.from_on
            and ranked.through_on < rules.to_on
    where ranked.place = 1 and ranked.is_billed

)

select * from final
