{% set history_years = 10 %}
{% set projected_years = 10 %}

with ledger_years as (

    select * from {{ ref('int_finance__ledger_years') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

delivered_years as (

    select
        utility_id,
        fund,
        fiscal_year,
        ledger_scenario,
        max(month_count) = 12 or max(case when has_whole_year then 1 else 0 end) = 1 as is_whole
    from ledger_years
    group by utility_id, fund, fiscal_year, ledger_scenario

),

dated as (

    select
        delivered_years.*,
        utilities.fiscal_year_start_month,
        {{ fiscal_year_end('delivered_years.fiscal_year', 'utilities.fiscal_year_start_month') }} as ends_on,
        -- The last days of a month may be without a posting.
        last_day(coalesce(utilities.as_of_on, utilities.latest_delivered_on)) as known_on
    from delivered_years
    inner join utilities
        on delivered_years.utility_id = utilities.utility_id

),

actual_years as (

    select
        utility_id,
        fund,
        fiscal_year,
        max(fiscal_year) over (partition by utility_id, fund) as last_actual_year
    from dated
    where ledger_scenario = 'actual' and is_whole and ends_on <= known_on

),

budget_years as (

    select distinct
        utility_id,
        fund,
        fiscal_year
    from dated
    where ledger_scenario = 'budget'

),

-- The first year that is not actual: after the last one, else the first that is budgeted or projected.
open_years as (

    select
        dated.utility_id,
        dated.fund,
        dated.fiscal_year_start_month,
        coalesce(
            max(actual_years.last_actual_year) + 1,
            min(case when dated.ledger_scenario = 'budget' then dated.fiscal_year end),
            min(case when dated.ledger_scenario = 'projection' then dated.fiscal_year end)
        ) as first_open_year
    from dated
    left join actual_years
        on dated.utility_id = actual_years.utility_id and dated.fund = actual_years.fund
    group by dated.utility_id, dated.fund, dated.fiscal_year_start_month

),

years_ahead as (

    select
        utility_id,
        fund,
        fiscal_year_start_month,
        first_open_year,
        {{ explode_range('first_open_year', 'first_open_year + ' ~ projected_years) }} as fiscal_year
    from open_years

),

all_years as (

    select
        actual_years.utility_id,
        actual_years.fund,
        open_years.fiscal_year_start_month,
        open_years.first_open_year,
        actual_years.fiscal_year,
        'actual' as year_kind
    from actual_years
    inner join open_years
        on actual_years.utility_id = open_years.utility_id and actual_years.fund = open_years.fund
    where actual_years.fiscal_year > actual_years.last_actual_year - {{ history_years }}
    union all
    select
        years_ahead.utility_id,
        years_ahead.fund,
        years_ahead.fiscal_year_start_month,
        years_ahead.first_open_year,
        years_ahead.fiscal_year,
        case when budget_years.fiscal_year is not null then 'budget' else 'projection' end as year_kind
    from years_ahead
    left join budget_years
        on
            years_ahead.utility_id = budget_years.utility_id
            and years_ahead.fund = budget_years.fund
            and years_ahead.fiscal_year = budget_years.fiscal_year

),

final as (

    select
        utility_id,
        fund,
        cast(fiscal_year as integer) as fiscal_year,
        year_kind,
        cast(first_open_year as integer) as first_open_year,
        max(case when year_kind != 'projection' then cast(fiscal_year as integer) end) over (partition by utility_id, fund) as base_year,
        {{ add_days(add_months(fiscal_year_end('fiscal_year', 'fiscal_year_start_month'), '-12'), '1') }} as starts_on,
        {{ fiscal_year_end('fiscal_year', 'fiscal_year_start_month') }} as ends_on
    from all_years

)

select * from final
