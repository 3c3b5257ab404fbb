with payments as (

    select
        *,
        replace(channel, '_', ' ') as channel_words
    from {{ ref('int_penalties__payments') }}

),

closures as (

    select * from {{ ref('int_penalties__channel_closures') }}

),

-- Nothing can be posted while the way is closed, nor what came in on its last evening.
posted_later as (

    select
        payments.*,
        'posted_later' as finding,
        'R88' as rule,
        'Received by channel ' || payments.channel_words || ' on ' || cast(payments.received_on as varchar) || ' and posted on '
        || cast(payments.posted_on as varchar) || '.' as detail
    from payments
    left join closures
        on
            payments.utility_id = closures.utility_id
            and payments.channel = closures.channel
            and {{ add_days('payments.received_on', '1') }} >= closures.from_on
            and payments.received_on < closures.to_on
    where payments.is_posted_later and closures.channel is null

),

while_closed as (

    select
        payments.*,
        'channel_closed' as finding,
        'R66' as rule,
        'Received on ' || cast(payments.received_on as varchar) || ' by channel ' || payments.channel_words
        || ', which was closed from ' || cast(closures.from_on as varchar) || '.' as detail
    from payments
    inner join closures
        on
            payments.utility_id = closures.utility_id
            and payments.channel = closures.channel
            and payments.received_on >= closures.from_on
            and payments.received_on < closures.to_on

),

final as (

    {% for part in ['posted_later', 'while_closed'] -%}
        select
            utility_id, finding, rule, account_id, 'payments' as source_entity, payment_id as source_id, posted_on as found_on, amount_usd,
            cast(null as decimal(18, 2)) as expected_usd, detail
        from {{ part }}
        {% if not loop.last %} union all {% endif %}
    {% endfor %}

)

select * from final
