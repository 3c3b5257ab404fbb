with payments as (

    select
        *,
        replace(channel, '_', ' ') as channel_words,
        case tender when 'assistance' then 'assistance' when 'cash' then 'cash' else 'a ' || replace(tender, '_', ' ') end as tender_words
    from {{ ref('int_penalties__payments') }}

),

restrictions as (

    select * from {{ ref('int_penalties__check_restrictions') }}

),

off_periods as (

    select * from {{ ref('int_penalties__off_periods') }}

),

closures as (

    select * from {{ ref('int_penalties__channel_closures') }}

),

refused_tenders as (

    select
        *,
        'tender_not_taken' as finding,
        'R40' as rule,
        'Paid with ' || tender_words || ' by channel ' || channel_words || ', which takes '
        || coalesce(nullif(replace(replace(tenders, '_', ' '), ',', ', '), ''), 'no payment') || '.' as detail
    from payments
    where not is_taken

),

refused_brands as (

    select
        *,
        'card_brand_not_taken' as finding,
        'R40' as rule,
        'Paid with a card of ' || replace(card_brand, '_', ' ') || ', which is not taken.' as detail
    from payments
    where is_brand_refused

),

-- What came in on the day of the third return may have come before it.
after_returns as (

    select
        payments.*,
        'check_after_returns' as finding,
        'R36' as rule,
        'Paid with ' || payments.tender_words || ' after ' || cast(restrictions.returned_count as varchar)
        || ' returned payments; the account pays with ' || replace(payments.tenders_after_returned_limit, ',', ' or ') || ' only.' as detail
    from payments
    inner join restrictions
        on
            payments.utility_id = restrictions.utility_id
            and payments.account_id = restrictions.account_id
            and {{ add_days('payments.received_on', '-1') }} >= restrictions.from_on
            and {{ add_days('payments.received_on', '-1') }} < restrictions.to_on
    where payments.tender != 'assistance' and not {{ names_word('payments.tenders_after_returned_limit', 'payments.tender') }}

),

while_off as (

    select
        payments.*,
        'check_while_shut_off' as finding,
        'R45' as rule,
        'Paid with ' || payments.tender_words || ' while shut off since ' || cast(off_periods.from_on as varchar)
        || '; then ' || replace(replace(payments.tenders_after_disconnect, '_', ' '), ',', ' or ') || ' only.' as detail
    from payments
    inner join off_periods
        on
            payments.utility_id = off_periods.utility_id
            and payments.account_id = off_periods.account_id
            and payments.received_on > off_periods.from_on
            and payments.received_on <= off_periods.to_on
    where payments.tender != 'assistance' and not {{ names_word('payments.tenders_after_disconnect', 'payments.tender') }}

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

    {% for part in ['refused_tenders', 'refused_brands', 'after_returns', 'while_off', 'posted_later', 'while_closed'] -%}
        select
            utility_id, finding, rule, account_id, 'payments' as source_entity, payment_id as source_id, posted_on as found_on, amount_usd,
            cast(null as decimal(18, 2)) as expected_usd, detail
        from {{ part }}
        {% if not loop.last %} union all {% endif %}
    {% endfor %}

)

select * from final
