with agreements as (

    select * from {{ ref('int_penalties__agreements') }}

),

disputes as (

    select * from {{ ref('int_penalties__disputes') }}

),

shutoffs as (

    select * from {{ ref('int_penalties__shutoffs') }}

),

final as (

    {% for finding, rule, condition, expected, detail in [
        ('agreement_too_long', 'R46', 'is_too_long', 'agreed_usd',
         "'The agreement runs to ' || cast(greatest(ends_on, last_due_on) as varchar) || '; policy allows until ' || cast(latest_end_on as varchar) || '.'"),
        ('agreement_schedule_differs', 'R46', 'is_wrong_sum', 'scheduled_usd',
         "'The installments add up to ' || cast(scheduled_usd as varchar) || ', the agreement is over ' || cast(agreed_usd as varchar) || '.'"),
        ('agreement_while_shut_off', 'R47', 'is_signed_while_off', 'agreed_usd',
         "'The account was shut off for non-payment when the agreement was signed.'"),
        ('agreement_kind_not_offered', 'R67', 'is_unknown_kind', 'agreed_usd',
         "'Policy offered no agreement of kind ' || agreement_kind || ' on that day.'"),
    ] -%}
        select
            utility_id, '{{ finding }}' as finding, '{{ rule }}' as rule, account_id, 'agreements' as source_entity, agreement_id as source_id,
            signed_on as found_on, agreed_usd as amount_usd, {{ expected }} as expected_usd, {{ detail }} as detail
        from agreements
        where {{ condition }}
        union all
    {% endfor -%}

    {% for finding, condition, detail in [
        ('dispute_too_late', 'is_late',
         "'Filed on ' || cast(filed_on as varchar) || '; the deadline was ' || cast(deadline_on as varchar) || '.'"),
        ('dispute_level_skipped', 'is_out_of_order',
         "'Filed with the ' || replace(dispute_level, '_', ' ') || ' before the first level had decided.'"),
    ] -%}
        select
            utility_id, '{{ finding }}' as finding, 'R49' as rule, account_id, 'disputes' as source_entity, dispute_id as source_id,
            filed_on as found_on, disputed_usd as amount_usd, cast(null as decimal(18, 2)) as expected_usd, {{ detail }} as detail
        from disputes
        where {{ condition }}
        union all
    {% endfor -%}

    {% for finding, rule, condition, detail in [
        ('shutoff_too_early', 'R42', 'not is_eligible or is_blocked_by_payment',
         "case when is_blocked_by_payment and is_eligible then 'Money that covers it had been received.' when eligible_on is null then 'Nothing was past due the day before.' "
         ~ "else 'Far enough past due only from ' || cast(eligible_on as varchar) || '.' end"),
        ('shutoff_in_moratorium', 'R62', 'is_moratorium', "'A moratorium known on that day stood.'"),
        ('shutoff_under_agreement', 'R48', 'is_blocked_by_agreement', "'A payment agreement was being kept.'"),
        ('shutoff_during_dispute', 'R50', 'is_blocked_by_dispute', "'The bill was disputed and not decided.'"),
        ('shutoff_during_hold', 'R42', 'has_hold', "'A medical, weather, bankruptcy or other hold stood.'"),
        ('shutoff_on_void_notice', 'R70', "notice_gaps like '%missing%' and voided_notice_on is not null",
         "'The notice of ' || cast(voided_notice_on as varchar) || ' was void after the moratorium.'"),
        ('shutoff_without_notice', 'R43', "notice_gaps like '%missing%' and voided_notice_on is null",
         "'Missing: ' || replace(replace(notice_gaps, '_', ' '), ',', ', ') || '.'"),
        ('shutoff_before_notice_ran', 'R43', "notice_gaps != '' and notice_gaps not like '%missing%'",
         "'Given too shortly before: ' || replace(replace(notice_gaps, '_', ' '), ',', ', ') || '.'"),
    ] -%}
        select
            utility_id, '{{ finding }}' as finding, '{{ rule }}' as rule, account_id, 'service_orders' as source_entity, order_id as source_id,
            off_on as found_on, past_due_usd as amount_usd, cast(null as decimal(18, 2)) as expected_usd, {{ detail }} as detail
        from shutoffs
        where ({{ condition }}) and not is_already_off
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from final
