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
