{%- set late_days = 45 -%}
{%- set month_days = 30.4375 -%}
-- The days of service of a catch-up bill and of the account's next bill are cut into equal months; each month's bill is dated as long after its last
-- day of service as bills usually are. The next bill is in it because the catch-up bill is read later than usual and the next one is short.
with suspensions as (

    select * from {{ ref('int_penalties__impact_events') }}
    where event_kind = 'billing_suspension'

),

bills as (

    select * from {{ ref('int_penalties__impact_bills') }}
    where bill_kind in ('regular', 'final') and service_to_on > service_from_on

),

lags as (

    select * from {{ ref('int_penalties__impact_lags') }}

),

near as (

    select
        bills.*,
        suspensions.episode_id,
        lags.bill_days,
        lags.is_off_weekends,
        {{ days_between('bills.service_from_on', 'bills.service_to_on') }} as service_days,
        case
            when
                bills.billed_on <= {{ add_days('suspensions.ends_on', late_days) }}
                and (
                    {{ days_between('bills.service_from_on', 'bills.service_to_on') }} > 1.5 * {{ month_days }}
                    or {{ days_between('bills.service_to_on', 'bills.billed_on') }} > lags.bill_days + 5
                )
                then 1
            else 0
        end as is_caught
    from bills
    inner join suspensions
        on
            bills.utility_id = suspensions.utility_id
            and bills.billed_on between suspensions.starts_on and {{ add_days('suspensions.ends_on', late_days ~ ' + 31') }}
    inner join lags
        on bills.utility_id = lags.utility_id

),

accounts as (

    select
        account_key,
        episode_id,
        min(service_from_on) as from_on,
        {{ days_between('min(service_from_on)', 'max(service_to_on)') }} as run_days,
        greatest(
            1, cast(floor({{ days_between('min(service_from_on)', 'max(service_to_on)') }} / {{ month_days }} + 0.5) as integer)
        ) as part_count
    from near
    group by account_key, episode_id
    having max(is_caught) = 1

),

parts as (

    select
        *,
        {{ explode_range('1', 'part_count') }} as part_no
    from accounts

),

bounded as (

    select
        account_key,
        episode_id,
        part_no,
        {{ add_days('from_on', "floor((part_no - 1) * run_days / part_count + 0.5)") }} as part_from_on,
        {{ add_days('from_on', "floor(part_no * run_days / part_count + 0.5)") }} as part_to_on
    from parts

),

-- Amounts by days, cumulative from the bill's first day, so that the parts add up to the bill.
cut as (

    select
        near.*,
        bounded.part_no,
        bounded.part_to_on,
        {{ days_between('near.service_from_on', 'greatest(bounded.part_from_on, near.service_from_on)') }} as days_before,
        {{ days_between('near.service_from_on', 'least(bounded.part_to_on, near.service_to_on)') }} as days_until
    from near
    inner join bounded
        on near.account_key = bounded.account_key and near.episode_id = bounded.episode_id
    where
        bounded.part_from_on < near.service_to_on
        and bounded.part_to_on > near.service_from_on

),

dated as (

    select
        *,
        {{ add_days('part_to_on', 'bill_days') }} as usual_on
    from cut

),

final as (

    select
        utility_id,
        episode_id,
        bill_id,
        cast(part_no as integer) as part_no,
        account_key,
        customer_class,
        case
            when is_off_weekends and {{ is_weekend('usual_on') }} and {{ is_weekend(add_days('usual_on', '1')) }} then {{ add_days('usual_on', '2') }}
            when is_off_weekends and {{ is_weekend('usual_on') }} then {{ add_days('usual_on', '1') }}
            else usual_on
        end as restated_on,
        billed_on as issued_on,
        {{ as_money(as_money('amount_usd * days_until / service_days') ~ ' - ' ~ as_money('amount_usd * days_before / service_days')) }} as amount_usd,
        -- credits come off the latest part first: by then the others would have been paid
        {{ as_money(
            'least(net_usd, ' ~ as_money('amount_usd * days_until / service_days') ~ ') - least(net_usd, '
            ~ as_money('amount_usd * days_before / service_days') ~ ')'
        ) }} as net_usd
    from dated

)

select * from final
