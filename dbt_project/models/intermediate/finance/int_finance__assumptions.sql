with given as (

    select * from {{ ref('stg_policy__assumptions') }}

),

fund_years as (

    select * from {{ ref('int_finance__fund_years') }}

),

policy_scenarios as (

    select * from {{ ref('stg_policy__scenarios') }}

),

uncollectible as (

    select * from {{ ref('int_finance__uncollectible') }}

),

existing_revenue as (

    select * from {{ ref('int_finance__existing_revenue') }}

),

-- A city without assumptions has one scenario all the same.
scenarios as (

    select
        utility_id,
        scenario
    from policy_scenarios
    union
    select
        utility_id,
        'base' as scenario
    from fund_years
    where utility_id not in (select policy_scenarios.utility_id from policy_scenarios)

),

neutral as (

    {% for name, value in assumption_defaults().items() -%}
        select
            '{{ name }}' as assumption_name,
            cast({{ value }} as decimal(18, 6)) as assumption_value
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

measured as (

    select
        utility_id,
        fund,
        'uncollectible_percent' as assumption_name,
        cast(uncollectible_percent as decimal(18, 6)) as assumption_value
    from uncollectible
    union all
    select
        utility_id,
        fund,
        'volumetric_share_percent' as assumption_name,
        cast(100 * volumetric_share as decimal(18, 6)) as assumption_value
    from existing_revenue

),

spans as (

    select
        *,
        case
            when assumption_name in ('{{ assumptions_of_one_year() | join("', '") }}') then fiscal_year
            else coalesce(lead(fiscal_year) over (partition by utility_id, scenario, fund, assumption_name order by fiscal_year) - 1, 9999)
        end as through_year
    from given

),

names as (

    select
        fund_years.utility_id,
        scenarios.scenario,
        fund_years.fund,
        fund_years.fiscal_year,
        neutral.assumption_name,
        neutral.assumption_value as neutral_value
    from fund_years
    inner join scenarios
        on fund_years.utility_id = scenarios.utility_id
    cross join neutral
    union all
    select distinct
        fund_years.utility_id,
        given.scenario,
        fund_years.fund,
        fund_years.fiscal_year,
        given.assumption_name,
        cast(null as decimal(18, 6)) as neutral_value
    from fund_years
    inner join given
        on fund_years.utility_id = given.utility_id and fund_years.fund = given.fund
    where given.assumption_name not in (select neutral.assumption_name from neutral)

),

final as (

    select
        names.utility_id,
        names.scenario,
        names.fund,
        names.fiscal_year,
        names.assumption_name,
        coalesce(spans.assumption_value, measured.assumption_value, names.neutral_value) as assumption_value,
        case
            when spans.fiscal_year = names.fiscal_year then 'given'
            when spans.fiscal_year is not null then 'carried'
            when measured.assumption_value is not null then 'measured'
            else 'neutral'
        end as origin
    from names
    left join spans
        on
            names.utility_id = spans.utility_id
            and names.scenario = spans.scenario
            and names.fund = spans.fund
            and names.assumption_name = spans.assumption_name
            and names.fiscal_year between spans.fiscal_year and spans.through_year
    left join measured
        on
            names.utility_id = measured.utility_id
            and names.fund = measured.fund
            and names.assumption_name = measured.assumption_name
    where names.neutral_value is not null or spans.assumption_value is not null

)

select * from final
