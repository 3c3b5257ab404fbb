-- By month in which penalties would be posted: what policy asks for of what happened in the episode's waivers (`mechanical_usd`), what it is taken of and
-- the net bills behind it (`billed_usd`); and the bills as they would have been issued without the event, less what credits would have taken out of the
-- question (`expected_of_usd`). `penalty_share`: dollars of penalty for each dollar that penalties are taken of.
with waivers as (

    select * from {{ ref('int_penalties__impact_events') }}
    where event_kind = 'penalty_waiver'

),

episode_waivers as (

    select
        utility_id,
        episode_id,
        min(starts_on) as starts_on,
        max(ends_on) as ends_on,
        max(case when customer_classes is null then 1 else 0 end) = 1 as is_for_all
    from waivers
    group by utility_id, episode_id

),

cells as (

    select * from {{ ref('int_penalties__impact_penalty_cells') }}

),

lags as (

    select * from {{ ref('int_penalties__impact_lags') }}

),

would_be_bills as (

    select * from {{ ref('int_penalties__impact_would_be_bills') }}

),

uses as (

    select * from {{ ref('int_penalties__impact_credit_uses') }}

),

waived_classes as (

    select distinct
        episode_waivers.utility_id,
        episode_waivers.episode_id,
        cells.customer_class
    from episode_waivers
    inner join (select distinct utility_id, customer_class from cells) as cells
        on episode_waivers.utility_id = cells.utility_id
    inner join waivers
        on
            episode_waivers.utility_id = waivers.utility_id
            and episode_waivers.episode_id = waivers.episode_id
            and (waivers.customer_classes is null or {{ names_word('waivers.customer_classes', 'cells.customer_class') }})

),

happened as (

    select
        episode_waivers.utility_id,
        episode_waivers.episode_id,
        cells.month_no,
        cells.customer_class,
        sum(cells.shadow_usd) as mechanical_usd,
        sum(cells.waived_base_usd) as base_usd,
        sum(cells.waived_net_usd) as billed_usd
    from episode_waivers
    inner join cells
        on
            episode_waivers.utility_id = cells.utility_id
            and cells.month_no between {{ month_number('episode_waivers.starts_on') }} and {{ month_number('episode_waivers.ends_on') }}
    inner join waived_classes
        on
            episode_waivers.utility_id = waived_classes.utility_id
            and episode_waivers.episode_id = waived_classes.episode_id
            and cells.customer_class = waived_classes.customer_class
    group by episode_waivers.utility_id, episode_waivers.episode_id, cells.month_no, cells.customer_class

),

moves as (

    select
        utility_id,
        episode_id,
        customer_class,
        would_be_on,
        would_be_on as from_on,
        amount_usd
    from would_be_bills
    union all
    select
        utility_id,
        episode_id,
        customer_class,
        would_be_on,
        used_on as from_on,
        -gone_usd as amount_usd
    from uses

),

would_be as (

    select
        moves.utility_id,
        moves.episode_id,
        {{ month_number(add_days('moves.would_be_on', 'lags.penalty_days')) }} as month_no,
        moves.customer_class,
        sum(moves.amount_usd) as expected_of_usd
    from moves
    inner join lags
        on moves.utility_id = lags.utility_id
    inner join episode_waivers
        on
            moves.utility_id = episode_waivers.utility_id
            and moves.episode_id = episode_waivers.episode_id
            and {{ add_days('moves.would_be_on', 'lags.penalty_days') }} between episode_waivers.starts_on and episode_waivers.ends_on
            and {{ add_days('moves.would_be_on', 'lags.penalty_days') }} >= moves.from_on
    inner join waived_classes
        on
            moves.utility_id = waived_classes.utility_id
            and moves.episode_id = waived_classes.episode_id
            and moves.customer_class = waived_classes.customer_class
    group by
        moves.utility_id, moves.episode_id, {{ month_number(add_days('moves.would_be_on', 'lags.penalty_days')) }}, moves.customer_class

),

penalty_shares as (

    select
        happened.utility_id,
        happened.episode_id,
        sum(happened.mechanical_usd) / nullif(sum(happened.base_usd), 0) as penalty_share
    from happened
    group by happened.utility_id, happened.episode_id

),

final as (

    select
        coalesce(happened.utility_id, would_be.utility_id) as utility_id,
        coalesce(happened.episode_id, would_be.episode_id) as episode_id,
        coalesce(happened.month_no, would_be.month_no) as month_no,
        coalesce(happened.customer_class, would_be.customer_class) as customer_class,
        {{ as_money('coalesce(happened.mechanical_usd, 0)') }} as mechanical_usd,
        {{ as_money('coalesce(happened.billed_usd, 0)') }} as billed_usd,
        {{ as_money('coalesce(would_be.expected_of_usd, 0)') }} as expected_of_usd,
        cast(penalty_shares.penalty_share as double) as penalty_share
    from happened
    full join would_be
        on
            happened.utility_id = would_be.utility_id
            and happened.episode_id = would_be.episode_id
            and happened.month_no = would_be.month_no
            and happened.customer_class = would_be.customer_class
    inner join penalty_shares
        on
            coalesce(happened.utility_id, would_be.utility_id) = penalty_shares.utility_id
            and coalesce(happened.episode_id, would_be.episode_id) = penalty_shares.episode_id

)

select * from final
