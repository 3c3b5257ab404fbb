-- Bills around an episode as they would have been issued without it: from before its window, whose debts reach into it, to a year after.
with episodes as (

    select
        *,
        {{ add_days(add_months('window_from_on', '-' ~ months_shown_before()), '-' ~ followed_days()) }} as first_billed_on,
        {{ add_months('window_to_on', '12') }} as last_billed_on
    from {{ ref('int_penalties__impact_episodes') }}

),

bills as (

    select * from {{ ref('int_penalties__impact_bills') }}

),

restated as (

    select * from {{ ref('int_penalties__impact_restated_bills') }}

),

restated_bills as (

    select distinct
        utility_id,
        episode_id,
        bill_id
    from restated

),

final as (

    select
        episodes.utility_id,
        episodes.episode_id,
        bills.bill_id,
        1 as part_no,
        bills.account_key,
        bills.customer_class,
        bills.billed_on as would_be_on,
        bills.billed_on as issued_on,
        bills.amount_usd
    from bills
    inner join episodes
        on
            bills.utility_id = episodes.utility_id
            and bills.billed_on between episodes.first_billed_on and episodes.last_billed_on
    left join restated_bills
        on
            episodes.utility_id = restated_bills.utility_id
            and episodes.episode_id = restated_bills.episode_id
            and bills.bill_id = restated_bills.bill_id
    where restated_bills.bill_id is null

    union all

    select
        utility_id,
        episode_id,
        bill_id,
        part_no,
        account_key,
        customer_class,
        restated_on as would_be_on,
        issued_on,
        amount_usd
    from restated

)

select * from final
