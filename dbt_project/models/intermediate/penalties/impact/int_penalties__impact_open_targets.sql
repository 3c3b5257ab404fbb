-- At each month end from two before an episode's window to a year after: what the usual shares are taken of without the event (bills as they would
-- have been issued, less what credits would have taken out of the question), and what stood on the books as it happened.
with episodes as (

    select
        *,
        {{ month_number('window_from_on') }} - {{ months_shown_before() }} as first_month_no,
        {{ month_number('window_to_on') }} + 12 as last_month_no
    from {{ ref('int_penalties__impact_episodes') }}

),

months as (

    select * from {{ ref('int_penalties__impact_months') }}

),

would_be_bills as (

    select * from {{ ref('int_penalties__impact_would_be_bills') }}

),

uses as (

    select * from {{ ref('int_penalties__impact_credit_uses') }}

),

open_cells as (

    select * from {{ ref('int_penalties__impact_open_cells') }}

),

month_ends as (

    select
        episodes.utility_id,
        episodes.episode_id,
        months.month_no,
        months.month_end_on
    from episodes
    inner join months
        on
            episodes.utility_id = months.utility_id
            and months.month_no between episodes.first_month_no and episodes.last_month_no

),

-- By day, no bill by itself, from here on.
moves as (

    select
        utility_id,
        episode_id,
        customer_class,
        would_be_on,
        would_be_on as from_on,
        issued_on,
        sum(amount_usd) as amount_usd
    from would_be_bills
    group by utility_id, episode_id, customer_class, would_be_on, issued_on
    union all
    select
        utility_id,
        episode_id,
        customer_class,
        would_be_on,
        used_on as from_on,
        used_on as issued_on,
        -sum(gone_usd) as amount_usd
    from uses
    group by utility_id, episode_id, customer_class, would_be_on, used_on

),

laid as (

    select
        month_ends.*,
        moves.customer_class,
        {{ age_step('moves.would_be_on', 'month_ends.month_end_on') }} as age_step,
        moves.amount_usd as expected_of_usd,
        case when moves.issued_on > month_ends.month_end_on then moves.amount_usd else 0 end as not_issued_usd,
        0 as open_usd,
        0 as billed_usd
    from month_ends
    inner join moves
        on
            month_ends.utility_id = moves.utility_id
            and month_ends.episode_id = moves.episode_id
            and month_ends.month_end_on >= moves.from_on
            and month_ends.month_end_on <= {{ add_days('moves.would_be_on', followed_days()) }}

    union all

    select
        month_ends.*,
        open_cells.customer_class,
        open_cells.age_step,
        0 as expected_of_usd,
        0 as not_issued_usd,
        open_cells.open_usd,
        open_cells.net_usd as billed_usd
    from month_ends
    inner join open_cells
        on month_ends.utility_id = open_cells.utility_id and month_ends.month_no = open_cells.month_no

),

final as (

    select
        utility_id,
        episode_id,
        month_no,
        month_end_on,
        customer_class,
        age_step,
        {{ sum_money('expected_of_usd') }} as expected_of_usd,
        {{ sum_money('not_issued_usd') }} as not_issued_usd,
        {{ sum_money('open_usd') }} as open_usd,
        {{ sum_money('billed_usd') }} as billed_usd
    from laid
    group by utility_id, episode_id, month_no, month_end_on, customer_class, age_step

)

select * from final
