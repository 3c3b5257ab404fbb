{# What is past due in each candidate, less what is received and not posted, put off or disputed: `measured`. #}
{% macro shutoff_measured() %}
-- The bills of what is open; once, for it reads the largest table.
billed_items as {{ computed_once() }} (

    select
        settled.account_key,
        settled.at_on,
        settled.queue_no,
        settled.service,
        settled.due_on,
        settled.open_usd,
        debits.source_id as bill_id
    from candidates
    inner join settled
        on candidates.account_key = settled.account_key and candidates.at_on = settled.at_on
    inner join {{ ref('int_receivables__debits') }} as debits
        on settled.account_key = debits.account_key and settled.queue_no = debits.queue_no and debits.source_entity = 'bills'

),

-- A dispute concerns what is open of its bill, at most.
disputed_items as (

    select
        billed_items.account_key,
        billed_items.at_on,
        billed_items.queue_no,
        least(
            billed_items.open_usd,
            greatest(
                0,
                disputed_bills.disputed_usd - coalesce(
                    sum(billed_items.open_usd) over (
                        partition by billed_items.account_key, billed_items.at_on, billed_items.bill_id
                        order by billed_items.queue_no
                        rows between unbounded preceding and 1 preceding
                    ), 0
                )
            )
        ) as disputed_usd
    from disputed_bills
    inner join billed_items
        on
            disputed_bills.account_key = billed_items.account_key
            and disputed_bills.at_on = billed_items.at_on
            and disputed_bills.bill_id = billed_items.bill_id

),

-- The oldest debt is what money not yet posted pays and what an agreement puts off.
reduced as (

    select
        late_items.*,
        coalesce(disputed_items.disputed_usd, 0) as disputed_usd,
        coalesce(pending.pending_usd, 0) as pending_usd,
        coalesce(agreed.put_off_usd, 0) as put_off_usd,
        sum(late_items.open_usd) over queue as reached_usd,
        sum(late_items.open_usd - coalesce(disputed_items.disputed_usd, 0)) over queue as undisputed_reached_usd
    from late_items
    inner join candidates
        on late_items.account_key = candidates.account_key and late_items.at_on = candidates.at_on
    left join disputed_items
        on
            late_items.account_key = disputed_items.account_key
            and late_items.at_on = disputed_items.at_on
            and late_items.queue_no = disputed_items.queue_no
    left join pending
        on late_items.account_key = pending.account_key and late_items.at_on = pending.at_on
    left join agreed
        on late_items.account_key = agreed.account_key and late_items.at_on = agreed.at_on
    window
        queue as (
            partition by late_items.account_key, late_items.at_on order by late_items.queue_no
            rows between unbounded preceding and current row
        )

),

measured as (

    select
        account_key,
        at_on,
        {{ sum_money('disputed_usd') }} as disputed_past_due_usd,
        {{ sum_money(
            'least(open_usd - disputed_usd, greatest(0, undisputed_reached_usd - pending_usd - put_off_usd))'
        ) }} as effective_past_due_usd,
        min(
            case when open_usd > disputed_usd and undisputed_reached_usd > pending_usd + put_off_usd then due_on end
        ) as effective_oldest_due_on,
        min(
            case when open_usd > disputed_usd then {{ add_days('aged_from_on', 'disconnect_days') }} end
        ) as undisputed_eligible_on,
        min(
            case when reached_usd > pending_usd then {{ add_days('aged_from_on', 'disconnect_days') }} end
        ) as unpaid_eligible_on
    from reduced
    group by account_key, at_on

)
{% endmacro %}
