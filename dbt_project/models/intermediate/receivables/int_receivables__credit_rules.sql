with valued as (

    {{ rule_stretches(['leak_credit.', 'refunds.', 'deposits.']) }}

),

final as (

    select
        utility_id,
        from_on,
        to_on,
        {{ rule_value('leak_credit.limit', 'integer', '1') }} as leak_limit,
        {{ rule_value('leak_credit.limit_per', otherwise='address_and_account') }} as leak_limit_per,
        {{ rule_value('leak_credit.posts', otherwise='following_month') }} as leak_posts,
        {{ rule_value('leak_credit.needs', otherwise='') }} as leak_needs,
        {{ rule_value('refunds.more_than_typical_bills', 'decimal(9, 2)', '6') }} as refund_bills,
        {{ rule_value('refunds.typical_bill_count', 'integer', '12') }} as typical_bill_count,
        {{ rule_value('refunds.only_on_request', otherwise='true') }} = 'true' as is_only_on_request,
        {{ rule_value('deposits.refund_after_months', 'integer', '0') }} as refund_after_months
    from valued
    group by utility_id, from_on, to_on

)

select * from final
