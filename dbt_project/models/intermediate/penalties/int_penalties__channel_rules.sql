with valued as (

    {{ rule_stretches(['payments.tenders.', 'fees.customer_usd.', 'fees.customer_fee_goes_to.', 'fees.absorbed_card_usd']) }}

),

stretches as (

    select
        utility_id,
        from_on,
        to_on,
        max(case when rule_name like 'payments.tenders.%' then 1 else 0 end) as has_tenders,
        {{ rule_value('fees.absorbed_card_usd', 'decimal(18, 2)', '0') }} as absorbed_card_usd
    from valued
    group by utility_id, from_on, to_on

),

ways as (

    {% for channel in ['walk_in', 'mail', 'drop_box', 'phone', 'online', 'autopay', 'agent', 'assistance'] -%}
        {% set is_last_channel = loop.last -%}
        {% for tender in ['cash', 'check', 'money_order', 'card', 'bank_draft', 'assistance'] -%}
            select '{{ channel }}' as channel, '{{ tender }}' as tender
            {% if not (loop.last and is_last_channel) -%} union all {% endif %}
        {% endfor -%}
    {% endfor %}

),

-- What is not listed is refused; a city that lists nothing has not said yet.
final as (

    select
        stretches.utility_id,
        ways.channel,
        ways.tender,
        stretches.from_on,
        stretches.to_on,
        taken.rule_value as tenders,
        stretches.has_tenders = 0 or {{ names_word("coalesce(taken.rule_value, '')", 'ways.tender') }} as is_taken,
        cast(coalesce(fees.rule_value, '0') as decimal(18, 2)) as customer_fee_usd,
        coalesce(paid_to.rule_value, 'city') as paid_to,
        cast(case when ways.tender = 'card' then stretches.absorbed_card_usd else 0 end as decimal(18, 2)) as absorbed_usd
    from stretches
    cross join ways
    left join valued as taken
        on
            stretches.utility_id = taken.utility_id
            and stretches.from_on = taken.from_on
            and taken.rule_name = 'payments.tenders.' || ways.channel
    left join valued as fees
        on
            stretches.utility_id = fees.utility_id
            and stretches.from_on = fees.from_on
            and fees.rule_name = 'fees.customer_usd.' || ways.channel || '.' || ways.tender
    left join valued as paid_to
        on
            stretches.utility_id = paid_to.utility_id
            and stretches.from_on = paid_to.from_on
            and paid_to.rule_name = 'fees.customer_fee_goes_to.' || ways.channel

)

select * from final
