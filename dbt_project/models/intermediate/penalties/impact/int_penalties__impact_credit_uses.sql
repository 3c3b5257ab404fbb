-- A credit that is no payment meets what is open that day, oldest bill first, then the bills that come. Nobody knows what would have been open without
-- the event, but the usual share of it is known: of a bill $100 old enough that 20 % is usually open, a credit finds $20 to pay, and with them the
-- whole $100 is out of the question of who pays when.
with episodes as (

    select * from {{ ref('int_penalties__impact_episodes') }}

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

would_be_bills as (

    select * from {{ ref('int_penalties__impact_would_be_bills') }}

),

shares as (

    select * from {{ ref('int_penalties__impact_shares') }}

),

credits as (

    select
        episodes.utility_id,
        episodes.episode_id,
        credits.account_key,
        credits.credit_no,
        credits.posted_on,
        credits.amount_usd
    from {{ ref('int_receivables__credits') }} as credits
    inner join accounts
        on credits.account_key = accounts.account_key
    inner join episodes
        on
            accounts.utility_id = episodes.utility_id
            and credits.posted_on between {{ add_days('episodes.window_from_on', '-' ~ followed_days()) }} and {{ add_months('episodes.window_to_on', '12') }}
    where
        credits.posting_kind = 'adjustment'
        and credits.posting_detail not in ('penalty_waiver', 'fee_waiver', 'assistance', 'deposit_applied')

),

met as (

    select
        credits.*,
        bills.bill_id,
        bills.part_no,
        bills.customer_class,
        bills.would_be_on,
        bills.amount_usd as bill_usd,
        {{ age_step('least(bills.would_be_on, credits.posted_on)', 'credits.posted_on') }} as age_step,
        bills.would_be_on > credits.posted_on as is_later
    from credits
    inner join would_be_bills as bills
        on
            credits.account_key = bills.account_key
            and credits.episode_id = bills.episode_id
            and {{ days_between('bills.would_be_on', 'credits.posted_on') }} <= {{ followed_days() }}
            and bills.amount_usd > 0

),

shared as (

    select
        met.*,
        case
            when met.is_later then cast(1 as decimal(9, 8))
            else greatest(shares.open_share, 0.001)
        end as open_share
    from met
    inner join shares
        on
            met.utility_id = shares.utility_id
            and {{ payer_group('met.customer_class') }} = shares.payer_group
            and met.age_step = shares.age_step

),

capped as (

    select
        *,
        {{ as_money('open_share * least(bill_usd, amount_usd)') }} as open_usd
    from shared

),

queued as (

    select
        *,
        coalesce(
            sum(open_usd) over (
                partition by episode_id, account_key, credit_no order by would_be_on, bill_id, part_no
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as before_usd
    from capped

),

final as (

    select
        utility_id,
        episode_id,
        account_key,
        credit_no,
        bill_id,
        part_no,
        customer_class,
        would_be_on,
        posted_on,
        amount_usd as credit_usd,
        greatest(posted_on, would_be_on) as used_on,
        {{ as_money('least(open_usd, amount_usd - before_usd)') }} as used_usd,
        {{ as_money('least(bill_usd, least(open_usd, amount_usd - before_usd) / open_share)') }} as gone_usd
    from queued
    where before_usd < amount_usd and open_usd > 0

)

select * from final
