with orders as (

    select * from {{ ref('stg_extracts__service_orders') }}
    where order_kind = 'disconnect'

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

done as (

    select
        utility_id,
        account_id,
        coalesce(effective_on, ordered_on) as done_on,
        min(order_id) as order_id
    from orders
    group by utility_id, account_id, coalesce(effective_on, ordered_on)

),

-- Judged on the postings through the day before: what came in on the day itself may have come after the shut-off.
cases as (

    select
        done.utility_id,
        done.account_id,
        accounts.account_key,
        done.order_id,
        {{ add_days('done.done_on', '-1') }} as at_on,
        done.done_on as judged_on,
        done.done_on as known_on
    from done
    inner join accounts
        on done.utility_id = accounts.utility_id and done.account_id = accounts.account_id
    inner join utilities
        on done.utility_id = utilities.utility_id and done.done_on <= utilities.as_of_on

),

{{ shutoff_cases('cases', 'true') }},

final as (

    select
        utility_id,
        account_id,
        order_id,
        judged_on as off_on,
        customer_class,
        oldest_due_on,
        eligible_on,
        past_due_usd,
        effective_past_due_usd,
        {{ names_word('disconnect_classes', 'customer_class') }} and coalesce(eligible_on <= judged_on, false) as is_eligible,
        is_moratorium,
        is_blocked_by_agreement,
        is_blocked_by_dispute,
        is_blocked_by_payment,
        has_medical or has_weather or has_bankruptcy or has_other as has_hold,
        is_already_off,
        notice_gaps,
        written_notice_occupant_on,
        voided_notice_on
    from judged

)

select * from final
