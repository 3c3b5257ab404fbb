-- Money that stands to the credit of accounts. What usually does is taken of clean months, for each dollar billed in the last thirty days; what credits that are
-- no payments would have left over without the event (`left_usd`) comes on top.
with unapplied as (

    select * from {{ ref('int_penalties__impact_unapplied') }}

),

months as (

    select * from {{ ref('int_penalties__impact_months') }}

),

targets as (

    select
        utility_id,
        episode_id,
        month_no,
        customer_class,
        sum(case when age_step <= 2 then expected_of_usd else 0 end) as recent_usd
    from {{ ref('int_penalties__impact_open_targets') }}
    group by utility_id, episode_id, month_no, customer_class

),

open_cells as (

    select * from {{ ref('int_penalties__impact_open_cells') }}
    where age_step <= 2

),

uses as (

    select * from {{ ref('int_penalties__impact_credit_uses') }}

),

clean_billed as (

    select
        open_cells.utility_id,
        sum(open_cells.net_usd) as net_usd
    from open_cells
    inner join months
        on open_cells.utility_id = months.utility_id and open_cells.month_no = months.month_no
    where months.is_clean
    group by open_cells.utility_id

),

usual as (

    select
        unapplied.utility_id,
        cast(sum(unapplied.unapplied_usd) / nullif(max(clean_billed.net_usd), 0) as decimal(9, 8)) as unapplied_share
    from unapplied
    inner join clean_billed
        on unapplied.utility_id = clean_billed.utility_id
    inner join months
        on unapplied.utility_id = months.utility_id and unapplied.month_no = months.month_no
    where months.is_clean
    group by unapplied.utility_id

),

credit_moves as (

    select
        utility_id,
        episode_id,
        customer_class,
        {{ month_number('min(posted_on)') }} as from_month_no,
        max(credit_usd) as left_usd
    from uses
    group by utility_id, episode_id, account_key, credit_no, customer_class
    union all
    select
        utility_id,
        episode_id,
        customer_class,
        {{ month_number('used_on') }} as from_month_no,
        -used_usd as left_usd
    from uses

),

credit_months as (

    select
        utility_id,
        episode_id,
        customer_class,
        from_month_no,
        sum(left_usd) as left_usd
    from credit_moves
    group by utility_id, episode_id, customer_class, from_month_no

),

lefts as (

    select
        targets.utility_id,
        targets.episode_id,
        targets.month_no,
        targets.customer_class,
        sum(credit_months.left_usd) as left_usd
    from targets
    inner join credit_months
        on
            targets.utility_id = credit_months.utility_id
            and targets.episode_id = credit_months.episode_id
            and targets.customer_class = credit_months.customer_class
            and targets.month_no >= credit_months.from_month_no
    group by targets.utility_id, targets.episode_id, targets.month_no, targets.customer_class

),

final as (

    select
        targets.utility_id,
        targets.episode_id,
        targets.month_no,
        targets.customer_class,
        {{ as_money('coalesce(unapplied.unapplied_usd, 0)') }} as unapplied_usd,
        {{ as_money('coalesce(usual.unapplied_share, 0) * targets.recent_usd') }} as usual_usd,
        {{ as_money('coalesce(lefts.left_usd, 0)') }} as left_usd
    from targets
    left join unapplied
        on
            targets.utility_id = unapplied.utility_id
            and targets.month_no = unapplied.month_no
            and targets.customer_class = unapplied.customer_class
    left join usual
        on targets.utility_id = usual.utility_id
    left join lefts
        on
            targets.utility_id = lefts.utility_id
            and targets.episode_id = lefts.episode_id
            and targets.month_no = lefts.month_no
            and targets.customer_class = lefts.customer_class

)

select * from final
