with penalties as (

    select * from {{ ref('int_penalties__differences') }}
    where is_error

),

final as (

    select
        utility_id,
        'penalty_' || reason as finding,
        case reason
            when 'in_waiver' then 'R60'
            when 'waived_without_event' then 'R60'
            when 'late_return' then 'R35'
            when 'second_penalty' then 'R31'
            when 'disputed_part' then 'R50'
            when 'agreed_part' then 'R48'
            when 'agreement' then 'R48'
            when 'autopay_outage' then 'R65'
            when 'received_in_time' then 'R21'
            when 'no_base' then 'R30'
            else 'R27'
        end as rule,
        account_id,
        'bills' as source_entity,
        bill_id as source_id,
        coalesce(assessed_on, assess_on, penalty_on) as found_on,
        {{ as_money('assessed_usd - waived_event_usd') }} as amount_usd,
        {{ as_money('expected_usd') }} as expected_usd,
        'Penalty ' || cast({{ as_money('assessed_usd - waived_event_usd') }} as varchar) || ' where policy asks for '
        || cast(expected_usd as varchar) || ': ' || {{ penalty_reason_words('reason') }} || '.' as detail
    from penalties

)

select * from final
