{# May an account be shut off on a day? CTEs that end with `judged`: one row for each case with what is past due, what stands in the way, and
   the notices given. docs/disconnects.md has the definitions.

   cases:  a relation of utility_id, account_id, account_key, at_on (postings up to its end count), judged_on (the day of the shut-off; the same, or the
           day after) and known_on (versions of events known by then count). One row for each account and at_on.
   listed: which cases go on: a condition on the columns of `aged`. #}
{% macro shutoff_cases(cases, listed) %}
{{ shutoff_ages(cases, listed) }},
{{ shutoff_moratoria() }},
{{ shutoff_holds() }},
{{ shutoff_notices() }},

judged as (

    select
        candidates.*,
        coalesce(measured.disputed_past_due_usd, cast(0 as decimal(18, 2))) as disputed_past_due_usd,
        coalesce(measured.effective_past_due_usd, cast(0 as decimal(18, 2))) as effective_past_due_usd,
        measured.effective_oldest_due_on,
        coalesce(pending.pending_usd, cast(0 as decimal(18, 2))) as pending_usd,
        coalesce(agreed.put_off_usd, cast(0 as decimal(18, 2))) as put_off_usd,
        agreed.agreement_ends_on,
        disputed.dispute_filed_on,
        standing_moratoria.account_key is not null as is_moratorium,
        nullif(standing_moratoria.ends_on, {{ end_of_time() }}) as moratorium_ends_on,
        agreed.account_key is not null as has_agreement,
        disputed.account_key is not null as has_dispute,
        {% for kind in ['medical', 'weather', 'bankruptcy', 'other'] -%}
            held.{{ kind }}_ends_on is not null as has_{{ kind }},
            nullif(held.{{ kind }}_ends_on, {{ end_of_time() }}) as {{ kind }}_ends_on,
        {% endfor -%}
        candidates.off_from_on is not null as is_already_off,
        agreed.account_key is not null and candidates.has_shutoff_blocked_by_agreement as is_blocked_by_agreement,
        -- on the part that is disputed: what is not may be far enough past due by itself
        candidates.has_shutoff_blocked_by_dispute
        and measured.disputed_past_due_usd > 0
        and not coalesce(measured.undisputed_eligible_on <= candidates.judged_on, false) as is_blocked_by_dispute,
        coalesce(pending.pending_usd, 0) > 0
        and not coalesce(measured.unpaid_eligible_on <= candidates.judged_on, false) as is_blocked_by_payment,
        noticed.hang_tag_on,
        noticed.courtesy_call_on,
        noticed.written_notice_occupant_on,
        noticed.written_notice_owner_on,
        noticed.voided_notice_on,
        substr(
            case when {{ names_word('candidates.notices', "'hang_tag'") }} and noticed.hang_tag_on is null then ',hang_tag_missing' else '' end
            || case
                when {{ names_word('candidates.notices', "'courtesy_call'") }} and candidates.has_phone and noticed.courtesy_call_on is null
                    then ',courtesy_call_missing'
                else ''
            end
            || case
                when {{ names_word('candidates.notices', "'written_notice'") }} and noticed.written_notice_occupant_on is null
                    then ',written_notice_occupant_missing'
                when {{ names_word('candidates.notices', "'written_notice'") }} and noticed.occupant_ready_on > candidates.judged_on
                    then ',written_notice_occupant_too_young'
                else ''
            end
            || case
                when not {{ names_word('candidates.notices', "'written_notice'") }} or not candidates.has_owner_apart
                    or candidates.days_past_due < candidates.owner_told_after_days then ''
                when noticed.written_notice_owner_on is null then ',written_notice_owner_missing'
                when noticed.owner_ready_on > candidates.judged_on then ',written_notice_owner_too_young'
                else ''
            end
            || case when noticed.announced_on > candidates.judged_on then ',before_the_announced_day' else '' end, 2
        ) as notice_gaps
    from candidates
    left join measured
        on candidates.account_key = measured.account_key and candidates.at_on = measured.at_on
    left join pending
        on candidates.account_key = pending.account_key and candidates.at_on = pending.at_on
    left join agreed
        on candidates.account_key = agreed.account_key and candidates.at_on = agreed.at_on
    left join disputed
        on candidates.account_key = disputed.account_key and candidates.at_on = disputed.at_on
    left join standing_moratoria
        on candidates.account_key = standing_moratoria.account_key and candidates.at_on = standing_moratoria.at_on
    left join held
        on candidates.account_key = held.account_key and candidates.at_on = held.at_on
    left join noticed
        on candidates.account_key = noticed.account_key and candidates.at_on = noticed.at_on

)
{% endmacro %}


{# What is past due in each case: as posted, and less what is received and not posted, put off or disputed. Ends with `measured`; `candidates` are
   the cases that go on. #}
{% macro shutoff_ages(cases, listed) %}
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

),

pending as (

    select
        candidates.account_key,
        candidates.at_on,
        {{ sum_money('payments.amount_usd') }} as pending_usd
    from candidates
    inner join {{ ref('int_penalties__pending_payments') }} as payments
        on
            candidates.utility_id = payments.utility_id
            and candidates.account_id = payments.account_id
            and candidates.at_on >= payments.received_on
            and candidates.at_on < payments.posted_on
    group by candidates.account_key, candidates.at_on

),

agreed as (

    select
        candidates.account_key,
        candidates.at_on,
        {{ sum_money('agreement_periods.put_off_usd') }} as put_off_usd,
        max(agreements.last_due_on) as agreement_ends_on
    from candidates
    inner join {{ ref('int_penalties__agreement_periods') }} as agreement_periods
        on
            candidates.utility_id = agreement_periods.utility_id
            and candidates.account_id = agreement_periods.account_id
            and candidates.judged_on >= agreement_periods.from_on
            and candidates.judged_on < agreement_periods.to_on
    inner join {{ ref('int_penalties__agreements') }} as agreements
        on
            agreement_periods.utility_id = agreements.utility_id
            and agreement_periods.agreement_id = agreements.agreement_id
    group by candidates.account_key, candidates.at_on

),

disputed_bills as (

    select
        candidates.account_key,
        candidates.at_on,
        disputes.bill_id,
        disputes.from_on,
        disputes.disputed_usd
    from candidates
    inner join {{ ref('int_penalties__dispute_periods') }} as disputes
        on
            candidates.utility_id = disputes.utility_id
            and candidates.account_id = disputes.account_id
            and candidates.judged_on >= disputes.from_on
            and candidates.judged_on < disputes.to_on

),

disputed as (

    select
        account_key,
        at_on,
        min(from_on) as dispute_filed_on
    from disputed_bills
    group by account_key, at_on

),

-- The bills of what is open; once, for it reads the largest table.
billed_items as {{ computed_once() }} (

    select
        settled.account_key,
        settled.at_on,
        settled.queue_no,
        settled.service,
        settled.due_on,
        settled.open_usd,
        debits.source_id as bill_id
    from candidates
    inner join settled
        on candidates.account_key = settled.account_key and candidates.at_on = settled.at_on
    inner join {{ ref('int_receivables__debits') }} as debits
        on settled.account_key = debits.account_key and settled.queue_no = debits.queue_no and debits.source_entity = 'bills'

),

-- A dispute concerns what is open of its bill, at most.
disputed_items as (

    select
        billed_items.account_key,
        billed_items.at_on,
        billed_items.queue_no,
        least(
            billed_items.open_usd,
            greatest(
                0,
                disputed_bills.disputed_usd - coalesce(
                    sum(billed_items.open_usd) over (
                        partition by billed_items.account_key, billed_items.at_on, billed_items.bill_id
                        order by billed_items.queue_no
                        rows between unbounded preceding and 1 preceding
                    ), 0
                )
            )
        ) as disputed_usd
    from disputed_bills
    inner join billed_items
        on
            disputed_bills.account_key = billed_items.account_key
            and disputed_bills.at_on = billed_items.at_on
            and disputed_bills.bill_id = billed_items.bill_id

),

-- The oldest debt is what money not yet posted pays and what an agreement puts off.
reduced as (

    select
        late_items.*,
        coalesce(disputed_items.disputed_usd, 0) as disputed_usd,
        coalesce(pending.pending_usd, 0) as pending_usd,
        coalesce(agreed.put_off_usd, 0) as put_off_usd,
        sum(late_items.open_usd) over queue as reached_usd,
        sum(late_items.open_usd - coalesce(disputed_items.disputed_usd, 0)) over queue as undisputed_reached_usd
    from late_items
    inner join candidates
        on late_items.account_key = candidates.account_key and late_items.at_on = candidates.at_on
    left join disputed_items
        on
            late_items.account_key = disputed_items.account_key
            and late_items.at_on = disputed_items.at_on
            and late_items.queue_no = disputed_items.queue_no
    left join pending
        on late_items.account_key = pending.account_key and late_items.at_on = pending.at_on
    left join agreed
        on late_items.account_key = agreed.account_key and late_items.at_on = agreed.at_on
    window
        queue as (
            partition by late_items.account_key, late_items.at_on order by late_items.queue_no
            rows between unbounded preceding and current row
        )

),

measured as (

    select
        account_key,
        at_on,
        {{ sum_money('disputed_usd') }} as disputed_past_due_usd,
        {{ sum_money(
            'least(open_usd - disputed_usd, greatest(0, undisputed_reached_usd - pending_usd - put_off_usd))'
        ) }} as effective_past_due_usd,
        min(
            case when open_usd > disputed_usd and undisputed_reached_usd > pending_usd + put_off_usd then due_on end
        ) as effective_oldest_due_on,
        min(
            case when open_usd > disputed_usd then {{ add_days('aged_from_on', 'disconnect_days') }} end
        ) as undisputed_eligible_on,
        min(
            case when reached_usd > pending_usd then {{ add_days('aged_from_on', 'disconnect_days') }} end
        ) as unpaid_eligible_on
    from reduced
    group by account_key, at_on

)
{% endmacro %}
