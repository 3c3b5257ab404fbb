with valued as (

    {{ rule_stretches(['disconnect.', 'agreements.', 'disputes.', 'payments.returned_limit', 'payments.tenders_after_', 'fees.disconnect_usd', 'fees.reconnect_usd']) }}

),

-- What a city's file leaves out is the plainest reading of Missouri law and practice; the files of policy name all of it.
final as (

    select
        utility_id,
        from_on,
        to_on,
        {% for rule, name, kind, otherwise in [
            ('disconnect.days_past_due', 'disconnect_days', 'integer', '60'),
            ('disconnect.written_notice_days', 'written_notice_days', 'integer', '30'),
            ('disconnect.owner_told_after_days', 'owner_told_after_days', 'integer', '30'),
            ('disconnect.owner_liable_days', 'owner_liable_days', 'integer', '90'),
            ('fees.disconnect_usd', 'disconnect_fee_usd', 'decimal(18, 2)', '0'),
            ('fees.reconnect_usd', 'reconnect_fee_usd', 'decimal(18, 2)', '0'),
            ('agreements.max_months', 'agreement_months', 'integer', '6'),
            ('agreements.grace_days', 'grace_days', 'integer', '1'),
            ('disputes.window_days', 'dispute_window_days', 'integer', '15'),
            ('disputes.received_days_paper', 'received_days_paper', 'integer', '3'),
            ('disputes.received_days_electronic', 'received_days_electronic', 'integer', '0'),
            ('payments.returned_limit', 'returned_limit', 'integer', '3'),
        ] -%}
            {{ rule_value(rule, kind, otherwise) }} as {{ name }},
        {% endfor -%}
        {% for rule, name, otherwise in [
            ('disconnect.basis', 'disconnect_basis', 'due_date'),
            ('disconnect.customer_classes', 'disconnect_classes', 'residential,commercial,industrial,irrigation,municipal'),
            ('disconnect.notices', 'notices', ''),
            ('disconnect.holds', 'holds', 'moratorium,agreement,dispute,medical,weather,bankruptcy,other'),
            ('disconnect.restore_needs', 'restore_needs', 'balance,disconnect_fee,reconnect_fee'),
            ('agreements.kinds', 'agreement_kinds', 'hardship'),
            ('disputes.counted_from', 'dispute_counted_from', 'received'),
            ('disputes.levels', 'dispute_levels', 'collector,finance_director'),
            ('payments.tenders_after_returned_limit', 'tenders_after_returned_limit', 'cash,card'),
            ('payments.tenders_after_disconnect', 'tenders_after_disconnect', 'cash,card'),
        ] -%}
            {{ rule_value(rule, otherwise=otherwise) }} as {{ name }},
        {% endfor -%}
        {% for rule, name, otherwise in [
            ('disconnect.moratorium_voids_notices', 'has_voided_notices', 'false'),
            ('agreements.after_disconnect', 'has_agreements_after_disconnect', 'false'),
            ('agreements.blocks_shutoff', 'has_shutoff_blocked_by_agreement', 'true'),
            ('disputes.blocks_shutoff', 'has_shutoff_blocked_by_dispute', 'true'),
        ] -%}
            {{ rule_value(rule, otherwise=otherwise) }} = 'true' as {{ name }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from valued
    group by utility_id, from_on, to_on

)

select * from final
