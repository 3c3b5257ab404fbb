with payments as (

    select
        *,
        replace(channel, '_', ' ') as channel_words,
        case tender when 'assistance' then 'assistance' when 'cash' then 'cash' else 'a ' || replace(tender, '_', ' ') end as tender_words
    from {{ ref('int_penalties__payments') }}

),

delivered as (

    select * from {{ ref('stg_extracts__payments') }}

),

channel_rules as (

    select * from {{ ref('int_penalties__channel_rules') }}

),

restrictions as (

    select * from {{ ref('int_penalties__check_restrictions') }}

),

off_periods as (

    select * from {{ ref('int_penalties__off_periods') }}

),

refused_tenders as (

    select
        payments.*,
        'tender_not_taken' as finding,
        'R40' as rule,
        'Paid with ' || payments.tender_words || ' by channel ' || payments.channel_words || ', which takes '
        || coalesce(nullif(replace(replace(channel_rules.tenders, '_', ' '), ',', ', '), ''), 'no payment') || '.' as detail
    from payments
    inner join channel_rules
        on
            payments.utility_id = channel_rules.utility_id
            and payments.channel = channel_rules.channel
            and payments.tender = channel_rules.tender
            and payments.received_on >= channel_rules.from_on
            and payments.received_on < channel_rules.to_on
    where not payments.is_taken

),

refused_brands as (

    select
        payments.*,
        'card_brand_not_taken' as finding,
        'R40' as rule,
        'Paid with a card of ' || replace(delivered.card_brand, '_', ' ') || ', which is not taken.' as detail
    from payments
    inner join delivered
        on payments.utility_id = delivered.utility_id and payments.payment_id = delivered.payment_id
    where payments.is_brand_refused

),

-- What came in on the day of the third return may have come before it.
after_returns as (

    select
        payments.*,
        'check_after_returns' as finding,
        'R36' as rule,
        'Paid with ' || payments.tender_words || ' after ' || cast(restrictions.returned_count as varchar)
        || ' returned payments, which this account may no longer do.' as detail
    from payments
    inner join restrictions
        on
            payments.utility_id = restrictions.utility_id
            and payments.account_id = restrictions.account_id
            and {{ add_days('payments.received_on', '-1') }} >= restrictions.from_on
            and {{ add_days('payments.received_on', '-1') }} < restrictions.to_on
    where payments.is_refused_after_returns

),

while_off as (

    select
        payments.*,
        'check_while_shut_off' as finding,
        'R45' as rule,
        'Paid with ' || payments.tender_words || ' while shut off since ' || cast(off_periods.from_on as varchar)
        || ', when it is not taken.' as detail
    from payments
    inner join off_periods
        on
            payments.utility_id = off_periods.utility_id
            and payments.account_id = off_periods.account_id
            and payments.received_on > off_periods.from_on
            and payments.received_on <= off_periods.to_on
    where payments.is_refused_while_off

),

final as (

    {% for part in ['refused_tenders', 'refused_brands', 'after_returns', 'while_off'] -%}
        select
            utility_id, finding, rule, account_id, 'payments' as source_entity, payment_id as source_id, posted_on as found_on, amount_usd,
            cast(null as decimal(18, 2)) as expected_usd, detail
        from {{ part }}
        {% if not loop.last %} union all {% endif %}
    {% endfor %}

)

select * from final
