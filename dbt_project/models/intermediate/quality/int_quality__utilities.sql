with utilities as (

    select * from {{ ref('stg_policy__utilities') }}

),

loads as (

    select * from {{ ref('stg_deliveries__loads') }}

),

postings as (

    select * from {{ ref('int_receivables__postings') }}

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

deliveries as (

    select
        utility_id,
        max(delivered_on) as delivered_on,
        max(case when origin = 'simulated' then 1 else 0 end) = 1 as is_simulated,
        max(case when entity = 'adjustments' then 1 else 0 end) = 1 as has_adjustments
    from loads
    where load_status = 'loaded'
    group by utility_id

),

-- A posting later than the latest delivery cannot have been known: it is an error of the source and does not move the as-of date.
posted as (

    select
        accounts.utility_id,
        min(postings.posted_on) as first_posted_on,
        max(case when postings.posted_on <= deliveries.delivered_on then postings.posted_on end) as latest_posted_on
    from postings
    inner join accounts
        on postings.account_key = accounts.account_key
    inner join deliveries
        on accounts.utility_id = deliveries.utility_id
    group by accounts.utility_id

),

final as (

    select
        utilities.utility_id,
        utilities.utility_name,
        utilities.state,
        utilities.fiscal_year_start_month,
        utilities.account_fund,
        deliveries.delivered_on as latest_delivered_on,
        deliveries.is_simulated,
        deliveries.has_adjustments,
        posted.first_posted_on,
        {% if var('as_of') -%}
            cast('{{ var("as_of") }}' as date) as as_of_on
        {%- else -%}
            posted.latest_posted_on as as_of_on
        {%- endif %}
    from utilities
    inner join deliveries
        on utilities.utility_id = deliveries.utility_id
    left join posted
        on utilities.utility_id = posted.utility_id

)

select * from final
