{# What is past due in each case, as posted. Ends with `candidates`: the cases that go on, those that are `listed`. #}
{% macro shutoff_candidates(cases, listed) %}
ruled as (

    select
        cases.*,
        periods.customer_class,
        periods.billing_group,
        periods.account_status,
        off_periods.from_on as off_from_on,
        accounts.owner_id,
        accounts.has_phone,
        coalesce(accounts.occupancy, 'unknown') = 'tenant'
        or (coalesce(accounts.occupancy, 'unknown') = 'unknown' and accounts.owner_id is not null) as has_owner_apart,
        rules.disconnect_days,
        rules.disconnect_basis,
        rules.disconnect_classes,
        rules.notices,
        rules.written_notice_days,
        rules.owner_told_after_days,
        rules.holds,
        rules.has_voided_notices,
        rules.has_shutoff_blocked_by_agreement,
        rules.has_shutoff_blocked_by_dispute
    from {{ cases }} as cases
    inner join {{ ref('int_penalties__collection_rules') }} as rules
        on cases.utility_id = rules.utility_id and cases.judged_on >= rules.from_on and cases.judged_on < rules.to_on
    inner join {{ ref('int_penalties__shutoff_accounts') }} as accounts
        on cases.utility_id = accounts.utility_id and cases.account_id = accounts.account_id
    inner join {{ ref('int_receivables__account_periods') }} as periods
        on cases.account_key = periods.account_key and cases.at_on >= periods.from_on and cases.at_on < periods.to_on
    left join {{ ref('int_penalties__off_periods') }} as off_periods
        on
            cases.utility_id = off_periods.utility_id
            and cases.account_id = off_periods.account_id
            and cases.at_on >= off_periods.from_on
            and cases.at_on < off_periods.to_on

),

open_rows as (

    select
        cases.account_key,
        cases.at_on,
        queue.queue_no,
        queue.place_no,
        queue.service,
        queue.posted_on,
        queue.due_on,
        queue.net_usd
    from {{ cases }} as cases
    inner join {{ ref('int_receivables__queue') }} as queue
        on cases.account_key = queue.account_key and cases.at_on >= queue.from_on and cases.at_on < queue.to_on

),

balances_at as (

    select
        cases.account_key,
        cases.at_on,
        balances.balance_usd
    from {{ cases }} as cases
    inner join {{ ref('int_receivables__balances') }} as balances
        on cases.account_key = balances.account_key and cases.at_on >= balances.from_on and cases.at_on < balances.to_on

),

settled as {{ computed_once() }} (

    {{ settle('open_rows', 'balances_at') }}

),

late_items as {{ computed_once() }} (

    select
        settled.account_key,
        settled.at_on,
        settled.queue_no,
        settled.service,
        settled.due_on,
        settled.open_usd,
        ruled.disconnect_days,
        case ruled.disconnect_basis when 'bill_date' then settled.posted_on else settled.due_on end as aged_from_on
    from settled
    inner join ruled
        on settled.account_key = ruled.account_key and settled.at_on = ruled.at_on and settled.due_on < ruled.judged_on

),

posted_ages as (

    select
        account_key,
        at_on,
        min(due_on) as oldest_due_on,
        min({{ add_days('aged_from_on', 'disconnect_days') }}) as eligible_on,
        {{ sum_money('open_usd') }} as past_due_usd
    from late_items
    group by account_key, at_on

),

aged as (

    select
        ruled.*,
        coalesce(balances_at.balance_usd, cast(0 as decimal(18, 2))) as balance_usd,
        posted_ages.oldest_due_on,
        posted_ages.eligible_on,
        {{ days_between('posted_ages.oldest_due_on', 'ruled.judged_on') }} as days_past_due,
        coalesce(posted_ages.past_due_usd, cast(0 as decimal(18, 2))) as past_due_usd
    from ruled
    left join balances_at
        on ruled.account_key = balances_at.account_key and ruled.at_on = balances_at.at_on
    left join posted_ages
        on ruled.account_key = posted_ages.account_key and ruled.at_on = posted_ages.at_on

),

candidates as {{ computed_once() }} (

    select * from aged
    where {{ listed }}

)
{% endmacro %}
