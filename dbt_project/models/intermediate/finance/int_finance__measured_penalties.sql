with penalties as (

    select * from {{ ref('int_penalties__charged') }}

),

service_funds as (

    select * from {{ ref('int_receivables__service_funds') }}

),

fund_years as (

    select * from {{ ref('int_finance__fund_years') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

-- Of years that the ledger of accounts has whole.
final as (

    select
        fund_years.utility_id,
        fund_years.fund,
        fund_years.fiscal_year,
        {{ sum_money('penalties.assessed_usd - penalties.waived_event_usd - penalties.waived_courtesy_usd') }} as measured_usd
    from fund_years
    inner join utilities
        on
            fund_years.utility_id = utilities.utility_id
            and utilities.has_adjustments
            and fund_years.starts_on >= {{ add_days(month_end_of(month_number('utilities.first_posted_on') ~ ' - 1'), '1') }}
    inner join service_funds
        on fund_years.utility_id = service_funds.utility_id and fund_years.fund = service_funds.fund
    left join penalties
        on
            service_funds.utility_id = penalties.utility_id
            and service_funds.service = penalties.service
            and penalties.posted_on between fund_years.starts_on and fund_years.ends_on
    where fund_years.year_kind = 'actual'
    group by fund_years.utility_id, fund_years.fund, fund_years.fiscal_year

)

select * from final
