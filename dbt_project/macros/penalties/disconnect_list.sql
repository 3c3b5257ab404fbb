{# Who is far enough past due to be shut off, and what stands in the way: CTEs that end with `final`, one row for each account. Accounts that are off
   already are listed while they owe.

   asked: a relation of utility_id, as_of_on and known_on; one row for each utility. #}
{% macro disconnect_list(asked) %}
open_accounts as (

    select
        accounts.utility_id,
        accounts.account_id,
        accounts.account_key,
        asked.as_of_on as at_on,
        asked.as_of_on as judged_on,
        asked.known_on
    from {{ asked }} as asked
    inner join {{ ref('int_receivables__accounts') }} as accounts
        on asked.utility_id = accounts.utility_id
    inner join {{ ref('int_receivables__balances') }} as balances
        on
            accounts.account_key = balances.account_key
            and asked.as_of_on >= balances.from_on
            and asked.as_of_on < balances.to_on
            and balances.balance_usd > 0

),

{{ shutoff_cases(
    'open_accounts',
    "account_status in ('active', 'disconnected_nonpay') and (eligible_on <= judged_on or off_from_on is not null) and "
    ~ names_word('disconnect_classes', 'customer_class')
) }},

{{ shutoff_money() }},

final as (

    select
        judged.utility_id,
        judged.account_id,
        judged.at_on as as_of_on,
        judged.known_on,
        judged.customer_class,
        judged.billing_group,
        judged.owner_id,
        judged.oldest_due_on,
        judged.days_past_due,
        judged.eligible_on,
        coalesce(judged.eligible_on <= judged.judged_on, false) as is_eligible,
        judged.past_due_usd,
        judged.balance_usd,
        judged.put_off_usd as agreed_usd,
        judged.disputed_past_due_usd as disputed_usd,
        judged.pending_usd,
        judged.effective_past_due_usd,
        {{ days_between('judged.effective_oldest_due_on', 'judged.judged_on') }} as effective_days_past_due,
        substr(
            case when judged.is_already_off then ',already_off' else '' end
            || case when judged.is_moratorium then ',moratorium' else '' end
            || case when judged.is_blocked_by_agreement then ',agreement' else '' end
            || case when judged.is_blocked_by_dispute then ',dispute' else '' end
            {% for kind in ['medical', 'weather', 'bankruptcy', 'other'] -%}
                || case when judged.has_{{ kind }} then ',{{ kind }}' else '' end
            {% endfor -%}
            || case when judged.is_blocked_by_payment then ',payment' else '' end
            || case when judged.notice_gaps != '' and not judged.is_already_off then ',notice' else '' end, 2
        ) as blocked_by,
        judged.is_moratorium,
        judged.moratorium_ends_on,
        judged.has_agreement,
        judged.agreement_ends_on,
        judged.has_dispute,
        judged.dispute_filed_on,
        judged.has_medical,
        judged.medical_ends_on,
        judged.has_weather,
        judged.weather_ends_on,
        judged.has_bankruptcy,
        judged.bankruptcy_ends_on,
        judged.has_other as has_other_hold,
        judged.other_ends_on as other_hold_ends_on,
        judged.is_already_off,
        judged.off_from_on,
        judged.notice_gaps != '' and not judged.is_already_off as lacks_notice,
        case when judged.is_already_off then '' else judged.notice_gaps end as notice_gaps,
        {% for notice in ['hang_tag', 'courtesy_call', 'written_notice_occupant', 'written_notice_owner'] -%}
            judged.{{ notice }}_on,
            {{ days_between('judged.' ~ notice ~ '_on', 'judged.judged_on') }} as {{ notice }}_days,
        {% endfor -%}
        judged.voided_notice_on,
        case when not judged.is_already_off then judged.past_due_usd end as amount_to_avoid_usd,
        {{ as_money(
            "case when " ~ names_word('restoring.restore_needs', "'balance'") ~ " then judged.balance_usd else judged.past_due_usd end"
            ~ " + restoring.disconnect_fee_usd + restoring.reconnect_fee_usd"
        ) }} as amount_to_restore_usd,
        owner_parts.owner_part_usd,
        coalesce(held_deposits.deposit_held_usd, cast(0 as decimal(18, 2))) as deposit_held_usd,
        {{ as_money('greatest(0, judged.balance_usd - coalesce(held_deposits.deposit_held_usd, 0))') }} as exposure_usd,
        cast(coalesce(returned.returned_count, 0) as integer) as returned_payment_count,
        not (judged.is_already_off and not {{ names_word('restoring.tenders_after_disconnect', "'check'") }})
        and not (
            coalesce(returned.returned_count, 0) >= restoring.returned_limit
            and not {{ names_word('restoring.tenders_after_returned_limit', "'check'") }}
        ) as accepts_checks
    from judged
    inner join restoring
        on judged.account_key = restoring.account_key and judged.at_on = restoring.at_on
    left join owner_parts
        on judged.account_key = owner_parts.account_key and judged.at_on = owner_parts.at_on
    left join held_deposits
        on judged.account_key = held_deposits.account_key and judged.at_on = held_deposits.at_on
    left join returned
        on judged.account_key = returned.account_key and judged.at_on = returned.at_on

)
{% endmacro %}


{# What it costs each candidate to be restored, what the owner can be asked for, and what secures it: `restoring`, `owner_parts`, `held_deposits` and
   `returned`. #}
{% macro shutoff_money() %}
-- A fee that has been charged since the account was shut off is in the balance already.
charged_fees as (

    select
        candidates.account_key,
        candidates.at_on,
        max(case when adjustments.adjustment_kind = 'disconnect_fee' then 1 else 0 end) = 1 as has_disconnect_fee,
        max(case when adjustments.adjustment_kind = 'reconnect_fee' then 1 else 0 end) = 1 as has_reconnect_fee
    from candidates
    inner join {{ ref('stg_extracts__adjustments') }} as adjustments
        on
            candidates.utility_id = adjustments.utility_id
            and candidates.account_id = adjustments.account_id
            and candidates.off_from_on <= adjustments.posted_on
            and candidates.at_on >= adjustments.posted_on
            and adjustments.adjustment_kind in ('disconnect_fee', 'reconnect_fee')
    group by candidates.account_key, candidates.at_on

),

restoring as (

    select
        candidates.account_key,
        candidates.at_on,
        rules.restore_needs,
        {% for fee in ['disconnect_fee', 'reconnect_fee'] -%}
            case
                when {{ names_word('rules.restore_needs', "'" ~ fee ~ "'") }} and not coalesce(charged_fees.has_{{ fee }}, false)
                    then rules.{{ fee }}_usd
                else 0
            end as {{ fee }}_usd,
        {% endfor -%}
        rules.returned_limit,
        rules.tenders_after_returned_limit,
        rules.tenders_after_disconnect
    from candidates
    inner join {{ ref('int_penalties__collection_rules') }} as rules
        on
            candidates.utility_id = rules.utility_id
            and candidates.judged_on >= rules.from_on
            and candidates.judged_on < rules.to_on
    left join charged_fees
        on candidates.account_key = charged_fees.account_key and candidates.at_on = charged_fees.at_on

),

-- The owner of a rented place answers for no more than the last days of water and sewer service; a bill over their first day counts by its days.
billed_services as (

    select
        candidates.account_key,
        candidates.at_on,
        rules.owner_liable_days,
        billed_items.open_usd,
        coalesce(bills.service_to_on, bills.billed_on) as service_to_on,
        coalesce(bills.service_from_on, {{ add_days('bills.billed_on', '-30') }}) as service_from_on,
        max(coalesce(bills.service_to_on, bills.billed_on)) over (partition by candidates.account_key, candidates.at_on) as last_day_on
    from candidates
    inner join billed_items
        on
            candidates.account_key = billed_items.account_key
            and candidates.at_on = billed_items.at_on
            and billed_items.service in ('water', 'sewer')
    inner join {{ ref('stg_extracts__bills') }} as bills
        on candidates.utility_id = bills.utility_id and billed_items.bill_id = bills.bill_id
    inner join {{ ref('int_penalties__collection_rules') }} as rules
        on
            candidates.utility_id = rules.utility_id
            and candidates.judged_on >= rules.from_on
            and candidates.judged_on < rules.to_on
    where candidates.has_owner_apart

),

claimable_services as (

    select
        *,
        {{ days_between('service_from_on', 'service_to_on') }} as service_days,
        {{ days_between('greatest(service_from_on, ' ~ add_days('last_day_on', '-owner_liable_days') ~ ')', 'service_to_on') }} as claimable_days
    from billed_services

),

owner_parts as (

    select
        account_key,
        at_on,
        {{ sum_money(
            "case when service_days <= 0 or claimable_days >= service_days then open_usd when claimable_days > 0 then "
            ~ money_share('open_usd', 'claimable_days', 'service_days') ~ " end"
        ) }} as owner_part_usd
    from claimable_services
    group by account_key, at_on

),

held_deposits as (

    select
        candidates.account_key,
        candidates.at_on,
        {{ sum_money("case when deposits.deposit_kind in ('applied', 'refunded') then -deposits.amount_usd else deposits.amount_usd end") }} as deposit_held_usd
    from candidates
    inner join {{ ref('stg_extracts__deposits') }} as deposits
        on
            candidates.utility_id = deposits.utility_id
            and candidates.account_id = deposits.account_id
            and candidates.at_on >= deposits.posted_on
    group by candidates.account_key, candidates.at_on

),

returned as (

    select
        candidates.account_key,
        candidates.at_on,
        count(*) as returned_count
    from candidates
    inner join {{ ref('int_penalties__returns') }} as returns
        on
            candidates.utility_id = returns.utility_id
            and candidates.account_id = returns.account_id
            and candidates.at_on >= returns.posted_on
    where
        returns.is_counted
        and (returns.returned_window = 'lifetime' or {{ add_months('returns.posted_on', '12') }} > candidates.at_on)
    group by candidates.account_key, candidates.at_on

)
{% endmacro %}
