-- Money that is not the customer's own and came while an episode lasted: assistance, and credits to everybody.
with assistance as (

    select * from {{ ref('int_receivables__assistance') }}
    where money_kind in ('assistance', 'one_time_credit')

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

episodes as (

    select * from {{ ref('int_penalties__impact_episodes') }}

),

events as (

    select * from {{ ref('int_penalties__impact_events') }}

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

received as (

    select
        assistance.utility_id,
        assistance.source_entity,
        assistance.source_id,
        accounts.account_key,
        assistance.money_kind,
        assistance.event_id,
        assistance.given_on,
        assistance.amount_usd
    from assistance
    inner join accounts
        on assistance.utility_id = accounts.utility_id and assistance.account_id = accounts.account_id
    inner join utilities
        on assistance.utility_id = utilities.utility_id and assistance.posted_on <= utilities.as_of_on

),

days as (

    select distinct
        utility_id,
        given_on
    from received
    where money_kind = 'assistance'

),

covers as (

    select
        days.utility_id,
        days.given_on,
        {{ listed("'episode:' || episodes.episode_id", 'episodes.episode_no') }} as covered_by
    from days
    inner join episodes
        on days.utility_id = episodes.utility_id and days.given_on between episodes.window_from_on and episodes.window_to_on
    group by days.utility_id, days.given_on

),

-- A credit to everybody belongs to the windows that its event falls into.
credit_events as (

    select distinct
        events.utility_id,
        events.event_id
    from events
    inner join episodes
        on
            events.utility_id = episodes.utility_id
            and events.starts_on <= episodes.window_to_on
            and events.ends_on >= episodes.window_from_on
    where events.event_kind = 'one_time_credit'

),

covered as (

    select
        received.*,
        coalesce(covers.covered_by, credit_events.event_id) as covered_by
    from received
    left join covers
        on received.utility_id = covers.utility_id and received.money_kind = 'assistance' and received.given_on = covers.given_on
    left join credit_events
        on
            received.utility_id = credit_events.utility_id
            and received.money_kind = 'one_time_credit'
            and received.event_id = credit_events.event_id

),

final as (

    select
        covered.utility_id,
        covered.source_entity,
        covered.source_id,
        covered.account_key,
        case when covered.money_kind = 'assistance' then 'assistance' else 'unrelated_credits' end as component,
        periods.customer_class,
        periods.billing_group,
        covered.given_on,
        covered.covered_by,
        covered.amount_usd
    from covered
    left join periods
        on
            covered.account_key = periods.account_key
            and covered.given_on >= periods.from_on
            and covered.given_on < periods.to_on
    where covered.covered_by is not null

)

select * from final
