-- By month in which penalties would be posted: what policy asks for of what happened in the episode's waivers (`mechanical_usd`), what it is taken of and
-- the net bills behind it (`billed_usd`); and the bills as they would have been issued without the event, less what credits would have taken out of the
-- question (`expected_of_usd`). `penalty_share`: dollars of penalty for each dollar that penalties are taken of.
with cells as (

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

    select * from {{ ref('int_penalties__impact_waived_classes') }}

),

happened as (

    select
        waived_classes.utility_id,
        waived_classes.episode_id,
        cells.month_no,
        cells.customer_class,
        sum(cells.shadow_usd) as mechanical_usd,
        sum(cells.waived_base_usd) as base_usd,
        sum(cells.waived_net_usd) as billed_usd
    from waived_classes
    inner join cells
        on
            waived_classes.utility_id = cells.utility_id
            and waived_classes.customer_class = cells.customer_class
            and cells.month_no between {{ month_number('waived_classes.starts_on') }} and {{ month_number('waived_classes.ends_on') }}
    group by waived_classes.utility_id, waived_classes.episode_id, cells.month_no, cells.customer_class

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

placed as (

    select
        moves.*,
        {{ add_days('moves.would_be_on', 'lags.penalty_days') }} as penalty_on
    from moves
    inner join lags
        on moves.utility_id = lags.utility_id

),

would_be as (

    select
        placed.utility_id,
        placed.episode_id,
        {{ month_number('placed.penalty_on') }} as month_no,
        placed.customer_class,
        sum(placed.amount_usd) as expected_of_usd
    from placed
    inner join waived_classes
        on
            placed.utility_id = waived_classes.utility_id
            and placed.episode_id = waived_classes.episode_id
            and placed.customer_class = waived_classes.customer_class
            and placed.penalty_on between waived_classes.starts_on and waived_classes.ends_on
    where placed.penalty_on >= placed.from_on
    group by placed.utility_id, placed.episode_id, {{ month_number('placed.penalty_on') }}, placed.customer_class

),

penalty_shares as (

    select
        utility_id,
        episode_id,
        sum(mechanical_usd) / nullif(sum(base_usd), 0) as penalty_share
    from happened
    group by utility_id, episode_id

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
        cast(penalty_shares.penalty_share as decimal(12, 8)) as penalty_share
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
