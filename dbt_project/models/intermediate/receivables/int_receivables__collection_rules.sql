with valued as (

    {{ rule_stretches(['penalty.days', 'billing.due_days', 'disconnect.days_past_due', 'write_off.']) }}

),

-- What a city's file leaves out is common practice; the files of policy name all of it.
final as (

    select
        utility_id,
        from_on,
        to_on,
        {{ rule_value('penalty.days', 'integer', '21') }} - {{ rule_value('billing.due_days', 'integer', '21') }} as grace_days,
        {{ rule_value('disconnect.days_past_due', 'integer', '60') }} as disconnect_days,
        {{ rule_value('write_off.days_past_due', 'integer', '180') }} as write_off_days,
        {{ rule_value('write_off.final_accounts_only', otherwise='true') }} = 'true' as is_final_only,
        {{ rule_value('write_off.loss_window_months', 'integer', '12') }} as loss_window_months,
        {{ rule_value('write_off.average_months', 'integer', '36') }} as average_months
    from valued
    group by utility_id, from_on, to_on

)

select * from final
