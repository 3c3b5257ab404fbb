with valued as (

    {{ rule_stretches(['penalty.']) }}

),

final as (

    select
        utility_id,
        from_on,
        to_on,
        {{ rule_value('penalty.days', 'integer') }} as penalty_days,
        {{ rule_value('penalty.rolls', otherwise='none') }} = 'next_business_day' as is_rolled,
        {{ rule_value('penalty.moves_with_extended_due_date', otherwise='true') }} = 'true' as is_extended_with_due_date,
        {{ rule_value('penalty.timely_by', otherwise='received_on') }} = 'received_on' as is_timely_by_receipt,
        {{ rule_value('penalty.paid_on_penalty_date_is_timely', otherwise='true') }} = 'true' as is_penalty_date_timely,
        {{ rule_value('penalty.kind', otherwise='percent') }} = 'flat' as is_flat,
        {{ rule_value('penalty.percent', 'decimal(9, 4)', '0') }} as penalty_pct,
        {{ rule_value('penalty.flat_usd', 'decimal(18, 2)', '0') }} as flat_usd,
        {{ rule_value('penalty.minimum_usd', 'decimal(18, 2)', '0') }} as minimum_usd,
        {{ rule_value('penalty.base_floor_usd', 'decimal(18, 2)', '0') }} as base_floor_usd,
        {{ rule_value('penalty.base', otherwise='current_and_past_due') }} as base_scope,
        {{ rule_value('penalty.includes_fees', otherwise='true') }} = 'true' as has_fees_in_base,
        {{ rule_value('penalty.compounding', otherwise='compounding') }} as compounding,
        {{ rule_value('penalty.assessed', otherwise='penalty_date') }} = 'next_bill' as is_assessed_with_next_bill,
        {{ rule_value('penalty.customer_classes') }} as customer_classes,
        {{ rule_value('penalty.after_late_return', otherwise='none') }} = 'on_return_date' as has_penalty_on_return,
        {{ rule_value('penalty.on_disputed_part', otherwise='false') }} = 'true' as has_disputed_in_base,
        {{ rule_value('penalty.on_agreed_balance', otherwise='false') }} = 'true' as has_agreed_in_base,
        {{ rule_value('penalty.on_new_charges_under_agreement', otherwise='true') }} = 'true' as has_penalty_under_agreement,
        max(case when is_assumed then 1 else 0 end) = 1 as is_assumed
    from valued
    group by utility_id, from_on, to_on

)

select * from final
