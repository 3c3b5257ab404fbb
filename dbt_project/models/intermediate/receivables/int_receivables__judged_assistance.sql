with assistance as (

    select * from {{ ref('int_receivables__assistance') }}

),

programmes as (

    select * from {{ ref('int_receivables__programmes') }}

),

titles as (

    select
        utility_id,
        programme,
        max(programme_title) as programme_title
    from programmes
    group by utility_id, programme

),

events as (

    select
        utility_id,
        event_id,
        max(event_title) as event_title,
        min(starts_on) as starts_on
    from {{ ref('stg_policy__events') }}
    group by utility_id, event_id

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

-- A city whose policy names no programme, or money that names none, says nothing that could be judged.
naming as (

    select distinct utility_id from programmes

),

judged as (

    select
        assistance.*,
        coalesce(titles.programme_title, events.event_title) as programme_title,
        case
            when assistance.money_kind = 'rebate' then null
            when assistance.money_kind = 'one_time_credit' and events.event_id is null then 'unknown_event'
            when assistance.money_kind = 'one_time_credit' and assistance.given_on < events.starts_on then 'outside_its_dates'
            when assistance.money_kind = 'one_time_credit' then null
            when assistance.money_kind = 'discount' and assistance.programme is null then 'not_enrolled'
            when assistance.programme is null or naming.utility_id is null then null
            when titles.programme is null then 'unknown_programme'
            when open_programmes.programme is null then 'outside_its_dates'
            when assistance.money_kind = 'discount' and open_programmes.programme_kind != 'discount' then 'not_enrolled'
            when open_programmes.season_from_month is null or open_programmes.season_to_month is null then null
            when
                (extract(month from assistance.given_on) - open_programmes.season_from_month + 12) % 12
                > (open_programmes.season_to_month - open_programmes.season_from_month + 12) % 12
                then 'out_of_season'
        end as breach
    from assistance
    left join naming
        on assistance.utility_id = naming.utility_id
    left join titles
        on assistance.utility_id = titles.utility_id and assistance.programme = titles.programme
    left join programmes as open_programmes
        on
            assistance.utility_id = open_programmes.utility_id
            and assistance.programme = open_programmes.programme
            and assistance.given_on >= open_programmes.from_on
            and assistance.given_on < open_programmes.to_on
    left join events
        on assistance.utility_id = events.utility_id and assistance.event_id = events.event_id

),

final as (

    select
        judged.utility_id,
        judged.source_entity,
        judged.source_id,
        judged.account_id,
        judged.money_kind,
        coalesce(judged.programme, judged.event_id) as programme,
        judged.programme_title,
        judged.service,
        judged.given_on,
        judged.posted_on,
        judged.amount_usd,
        case
            when judged.breach is not null then false
            when judged.programme is not null or judged.money_kind in ('rebate', 'one_time_credit') then true
        end as is_eligible,
        judged.breach
    from judged
    inner join utilities
        on judged.utility_id = utilities.utility_id and judged.posted_on <= utilities.as_of_on

)

select * from final
