with used as (

    select * from {{ ref('int_finance__assumptions') }}

),

given as (

    select * from {{ ref('stg_policy__assumptions') }}

),

-- What is carried forward was said in the last year given; its owner, day and source hold on.
said_in as (

    select
        used.utility_id,
        used.scenario,
        used.fund,
        used.fiscal_year,
        used.assumption_name,
        max(given.fiscal_year) as given_year
    from used
    inner join given
        on
            used.utility_id = given.utility_id
            and used.scenario = given.scenario
            and used.fund = given.fund
            and used.assumption_name = given.assumption_name
            and used.fiscal_year >= given.fiscal_year
    where used.origin in ('given', 'carried')
    group by used.utility_id, used.scenario, used.fund, used.fiscal_year, used.assumption_name

),

final as (

    select
        used.utility_id,
        used.fund,
        used.scenario,
        used.fiscal_year,
        used.assumption_name,
        used.assumption_value,
        used.origin,
        said_in.given_year,
        given.owner,
        given.assumed_on,
        given.source,
        given.is_assumed,
        given.note
    from used
    left join said_in
        on
            used.utility_id = said_in.utility_id
            and used.scenario = said_in.scenario
            and used.fund = said_in.fund
            and used.fiscal_year = said_in.fiscal_year
            and used.assumption_name = said_in.assumption_name
    left join given
        on
            said_in.utility_id = given.utility_id
            and said_in.scenario = given.scenario
            and said_in.fund = given.fund
            and said_in.assumption_name = given.assumption_name
            and said_in.given_year = given.fiscal_year

)

select * from final
