with valued as (

    {{ rule_stretches(['payments.', 'fees.']) }}

),

-- Where a city says nothing of returned payments, none costs a fee.
final as (

    select
        utility_id,
        from_on,
        to_on,
        {{ rule_value('fees.returned_payment_usd', 'decimal(18, 2)', '0') }} as return_fee_usd,
        {% for tender in ['check', 'money_order', 'bank_draft', 'card'] -%}
            {{ rule_value('fees.returned_payment_tender_usd.' ~ tender, 'decimal(18, 2)') }} as {{ tender }}_return_fee_usd,
        {% endfor -%}
        {{ rule_value('fees.returned_payment_on', otherwise='') }} as return_fee_grounds,
        {{ rule_value('fees.returned_payment_stands_in_waivers', otherwise='true') }} = 'true' as has_return_fee_in_waivers,
        {{ rule_value('fees.declined_card_is_return', otherwise='false') }} = 'true' as has_declined_card_as_return,
        {{ rule_value('fees.bank_correction_is_return', otherwise='false') }} = 'true' as has_bank_correction_as_return,
        {{ rule_value('fees.disconnect_usd', 'decimal(18, 2)', '0') }} as disconnect_fee_usd,
        {{ rule_value('fees.reconnect_usd', 'decimal(18, 2)', '0') }} as reconnect_fee_usd,
        {{ rule_value('fees.account_view_usd', 'decimal(18, 2)', '0') }} as view_fee_usd,
        {{ rule_value('payments.card_brands') }} as card_brands,
        {{ rule_value('payments.posted_when_received', otherwise='') }} as posted_when_received_channels,
        {{ rule_value('payments.returned_limit', 'integer', '3') }} as returned_limit,
        {{ rule_value('payments.returned_counts', otherwise='check,bank_draft') }} as returned_counts,
        {{ rule_value('payments.returned_window', otherwise='lifetime') }} as returned_window,
        {{ rule_value('payments.tenders_after_returned_limit', otherwise='cash,card') }} as tenders_after_returned_limit,
        {{ rule_value('payments.tenders_after_disconnect', otherwise='cash,card') }} as tenders_after_disconnect
    from valued
    group by utility_id, from_on, to_on

)

select * from final
